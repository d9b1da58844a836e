CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL,
    CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId")
);

CREATE TABLE "DatasetNames" (
    "Name" text COLLATE "C" NOT NULL,
    "LastVersion" integer NOT NULL,
    CONSTRAINT "PK_DatasetNames" PRIMARY KEY ("Name")
);

CREATE TABLE "Datasets" (
    "Id" uuid NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "Rows" bigint NOT NULL,
    "Columns" text NOT NULL,
    "Bytes" bigint NOT NULL,
    "Sha256" text COLLATE "C" NOT NULL,
    "Origin" text,
    "CreatedAt" timestamp with time zone NOT NULL,
    CONSTRAINT "PK_Datasets" PRIMARY KEY ("Id")
);

CREATE TABLE "ModelVersions" (
    "JobId" uuid NOT NULL,
    "Name" text COLLATE "C" NOT NULL,
    "Version" integer NOT NULL,
    "DatasetId" uuid,
    "Target" text COLLATE "C",
    "CreatedAt" timestamp with time zone NOT NULL,
    "Trained" text NOT NULL,
    CONSTRAINT "PK_ModelVersions" PRIMARY KEY ("JobId")
);

CREATE TABLE "Models" (
    "Name" text COLLATE "C" NOT NULL,
    "LastVersion" integer NOT NULL,
    "Revision" integer NOT NULL,
    CONSTRAINT "PK_Models" PRIMARY KEY ("Name")
);

CREATE TABLE "TrainingCheckpoints" (
    "JobId" uuid NOT NULL,
    "Part" integer NOT NULL,
    "IsFinal" boolean NOT NULL,
    "State" bytea NOT NULL,
    CONSTRAINT "PK_TrainingCheckpoints" PRIMARY KEY ("JobId", "Part")
);

CREATE TABLE "TrainingHistories" (
    "JobId" uuid NOT NULL,
    "Points" bytea NOT NULL,
    CONSTRAINT "PK_TrainingHistories" PRIMARY KEY ("JobId")
);

CREATE TABLE "TrainingJobs" (
    "Id" uuid NOT NULL,
    "Status" text NOT NULL,
    "Request" text NOT NULL,
    "DatasetId" uuid,
    "CreatedAt" timestamp with time zone NOT NULL,
    "StartedAt" timestamp with time zone,
    "FinishedAt" timestamp with time zone,
    "Attempts" integer NOT NULL,
    "Epoch" bigint NOT NULL,
    "Worker" text COLLATE "C",
    "Beat" bigint NOT NULL,
    "Crashes" integer NOT NULL,
    "CancelRequested" boolean NOT NULL,
    "StopRequested" boolean NOT NULL,
    "Progress" text,
    "Memory" text,
    "ModelName" text COLLATE "C",
    "ModelVersion" integer,
    "Error" text,
    CONSTRAINT "PK_TrainingJobs" PRIMARY KEY ("Id")
);

CREATE TABLE "TrainingData" (
    "JobId" uuid NOT NULL,
    "Rows" integer NOT NULL,
    "Columns" integer NOT NULL,
    "Values" bytea NOT NULL,
    CONSTRAINT "PK_TrainingData" PRIMARY KEY ("JobId"),
    CONSTRAINT "FK_TrainingData_TrainingJobs_JobId" FOREIGN KEY ("JobId") REFERENCES "TrainingJobs" ("Id") ON DELETE CASCADE
);

CREATE UNIQUE INDEX "IX_Datasets_Name_Version" ON "Datasets" ("Name", "Version");

CREATE UNIQUE INDEX "IX_ModelVersions_Name_Version" ON "ModelVersions" ("Name", "Version");

CREATE INDEX "IX_TrainingJobs_DatasetId" ON "TrainingJobs" ("DatasetId");

CREATE INDEX "IX_TrainingJobs_Queued" ON "TrainingJobs" ("Id") WHERE "Status" = 'Queued';

CREATE INDEX "IX_TrainingJobs_Status_Id" ON "TrainingJobs" ("Status", "Id");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124180038_Initial', '10.0.15');

CREATE TABLE "IdempotentAnswers" (
    "Key" text COLLATE "C" NOT NULL,
    "Fingerprint" text COLLATE "C" NOT NULL,
    "Status" integer NOT NULL,
    "Headers" text NOT NULL,
    "Body" bytea NOT NULL,
    "CreatedAt" timestamp with time zone NOT NULL,
    CONSTRAINT "PK_IdempotentAnswers" PRIMARY KEY ("Key")
);

CREATE INDEX "IX_IdempotentAnswers_CreatedAt" ON "IdempotentAnswers" ("CreatedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124182346_Idempotency', '10.0.15');

CREATE INDEX "IX_TrainingJobs_FinishedAt" ON "TrainingJobs" ("FinishedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124184014_Retention', '10.0.15');

ALTER TABLE "TrainingJobs" ADD "Warnings" text;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261130061303_JobWarnings', '10.0.15');

CREATE TABLE "ListedDatasets" (
    "DatasetId" uuid NOT NULL,
    "ColumnCount" integer NOT NULL,
    "Bytes" bigint NOT NULL,
    "Sha256" text COLLATE "C" NOT NULL,
    "Format" text,
    "CreatedAt" timestamp with time zone NOT NULL,
    CONSTRAINT "PK_ListedDatasets" PRIMARY KEY ("DatasetId"),
    CONSTRAINT "FK_ListedDatasets_Datasets_DatasetId" FOREIGN KEY ("DatasetId") REFERENCES "Datasets" ("Id") ON DELETE CASCADE
);

CREATE TABLE "ListedModels" (
    "JobId" uuid NOT NULL,
    "Classes" text NOT NULL,
    "Terms" integer NOT NULL,
    "Penalty" text,
    "C" double precision,
    "Metrics" text NOT NULL,
    "Converged" boolean NOT NULL,
    CONSTRAINT "PK_ListedModels" PRIMARY KEY ("JobId"),
    CONSTRAINT "FK_ListedModels_ModelVersions_JobId" FOREIGN KEY ("JobId") REFERENCES "ModelVersions" ("JobId") ON DELETE CASCADE
);

INSERT INTO "ListedDatasets" ("DatasetId", "ColumnCount", "Bytes", "Sha256", "Format", "CreatedAt")
SELECT "Id", json_array_length(replace("Columns", '\u0000', '\uFFFD')::json), "Bytes", "Sha256",
    replace("Origin", '\u0000', '\uFFFD')::json ->> 'format', "CreatedAt"
FROM "Datasets";

INSERT INTO "ListedModels" ("JobId", "Classes", "Terms", "Penalty", "C", "Metrics", "Converged")
SELECT "JobId", trained -> 'classes', json_array_length(trained -> 'coefficients'), request ->> 'penalty',
    COALESCE(trained #>> '{selection,c}', CASE WHEN request ->> 'penalty' NOT IN ('none', 'firth') THEN request ->> 'c' END)::double precision,
    trained -> 'metrics', (trained #>> '{convergence,converged}')::boolean
FROM (
    SELECT v."JobId", replace(v."Trained", '\u0000', '\uFFFD')::json AS trained, replace(j."Request", '\u0000', '\uFFFD')::json AS request
    FROM "ModelVersions" AS v LEFT JOIN "TrainingJobs" AS j ON j."Id" = v."JobId"
) AS kept;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261130092019_Summaries', '10.0.15');

ALTER TABLE "TrainingData" ADD "Labels" text;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261130194925_InlineLabels', '10.0.15');

CREATE TABLE "ModelRequests" (
    "JobId" uuid NOT NULL,
    "Request" text NOT NULL,
    CONSTRAINT "PK_ModelRequests" PRIMARY KEY ("JobId"),
    CONSTRAINT "FK_ModelRequests_ModelVersions_JobId" FOREIGN KEY ("JobId") REFERENCES "ModelVersions" ("JobId") ON DELETE CASCADE
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261201030709_ModelRequests', '10.0.15');

CREATE TABLE "Evaluations" (
    "Id" uuid NOT NULL,
    "ModelName" text COLLATE "C",
    "ModelVersion" integer,
    "CreatedAt" timestamp with time zone NOT NULL,
    "Answer" text NOT NULL,
    CONSTRAINT "PK_Evaluations" PRIMARY KEY ("Id")
);

CREATE TABLE "EvaluationScores" (
    "EvaluationId" uuid NOT NULL,
    "Class" integer NOT NULL,
    "Part" integer NOT NULL,
    "Bytes" bytea NOT NULL,
    CONSTRAINT "PK_EvaluationScores" PRIMARY KEY ("EvaluationId", "Class", "Part"),
    CONSTRAINT "FK_EvaluationScores_Evaluations_EvaluationId" FOREIGN KEY ("EvaluationId") REFERENCES "Evaluations" ("Id") ON DELETE CASCADE
);

CREATE INDEX "IX_Evaluations_ModelName_Id" ON "Evaluations" ("ModelName", "Id");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261201031744_Evaluations', '10.0.15');

ALTER TABLE "TrainingJobs" ADD "Work" text;

CREATE TABLE "ThresholdChanges" (
    "JobId" uuid NOT NULL,
    "Number" integer NOT NULL,
    "Threshold" double precision,
    "Rule" text,
    "Value" double precision,
    "Costs" text,
    "EvaluationId" uuid,
    "SetAt" timestamp with time zone NOT NULL,
    CONSTRAINT "PK_ThresholdChanges" PRIMARY KEY ("JobId", "Number"),
    CONSTRAINT "FK_ThresholdChanges_ModelVersions_JobId" FOREIGN KEY ("JobId") REFERENCES "ModelVersions" ("JobId") ON DELETE CASCADE
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261201033026_Thresholds', '10.0.15');

