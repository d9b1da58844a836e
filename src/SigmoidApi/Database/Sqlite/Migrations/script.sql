CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);

CREATE TABLE "Datasets" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_Datasets" PRIMARY KEY,
    "Name" TEXT NOT NULL,
    "Rows" INTEGER NOT NULL,
    "Columns" TEXT NOT NULL,
    "Bytes" INTEGER NOT NULL,
    "Sha256" TEXT NOT NULL,
    "CreatedAt" TEXT NOT NULL
);

CREATE TABLE "ModelVersions" (
    "JobId" TEXT NOT NULL CONSTRAINT "PK_ModelVersions" PRIMARY KEY,
    "Name" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "DatasetId" TEXT NULL,
    "Target" TEXT NULL,
    "CreatedAt" TEXT NOT NULL,
    "Trained" TEXT NOT NULL
);

CREATE TABLE "Models" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_Models" PRIMARY KEY,
    "LastVersion" INTEGER NOT NULL
);

CREATE TABLE "TrainingJobs" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_TrainingJobs" PRIMARY KEY,
    "Status" TEXT NOT NULL,
    "Request" TEXT NOT NULL,
    "DatasetId" TEXT NULL,
    "CreatedAt" TEXT NOT NULL,
    "StartedAt" TEXT NULL,
    "FinishedAt" TEXT NULL,
    "Attempts" INTEGER NOT NULL,
    "Epoch" INTEGER NOT NULL,
    "Worker" TEXT NULL,
    "CancelRequested" INTEGER NOT NULL,
    "Progress" TEXT NULL,
    "ModelName" TEXT NULL,
    "ModelVersion" INTEGER NULL,
    "Error" TEXT NULL
);

CREATE TABLE "TrainingData" (
    "JobId" TEXT NOT NULL CONSTRAINT "PK_TrainingData" PRIMARY KEY,
    "Rows" INTEGER NOT NULL,
    "Columns" INTEGER NOT NULL,
    "Values" BLOB NOT NULL,
    CONSTRAINT "FK_TrainingData_TrainingJobs_JobId" FOREIGN KEY ("JobId") REFERENCES "TrainingJobs" ("Id") ON DELETE CASCADE
);

CREATE INDEX "IX_Datasets_Name_Id" ON "Datasets" ("Name", "Id");

CREATE UNIQUE INDEX "IX_ModelVersions_Name_Version" ON "ModelVersions" ("Name", "Version");

CREATE INDEX "IX_TrainingJobs_DatasetId" ON "TrainingJobs" ("DatasetId");

CREATE INDEX "IX_TrainingJobs_Status_Id" ON "TrainingJobs" ("Status", "Id");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124074002_Initial', '10.0.15');

DROP INDEX "IX_Datasets_Name_Id";

ALTER TABLE "Datasets" ADD "Origin" TEXT NULL;

ALTER TABLE "Datasets" ADD "Version" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "DatasetNames" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_DatasetNames" PRIMARY KEY,
    "LastVersion" INTEGER NOT NULL
);

UPDATE "Datasets" SET "Version" = (SELECT COUNT(*) FROM "Datasets" AS o WHERE o."Name" = "Datasets"."Name" AND o."Id" <= "Datasets"."Id");

INSERT INTO "DatasetNames" ("Name", "LastVersion") SELECT "Name", MAX("Version") FROM "Datasets" GROUP BY "Name";

CREATE UNIQUE INDEX "IX_Datasets_Name_Version" ON "Datasets" ("Name", "Version");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124140603_DatasetVersions', '10.0.15');

ALTER TABLE "TrainingJobs" ADD "Beat" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "TrainingJobs" ADD "Crashes" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "TrainingJobs" ADD "Memory" TEXT NULL;

ALTER TABLE "TrainingJobs" ADD "StopRequested" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "Models" ADD "Revision" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "TrainingCheckpoints" (
    "JobId" TEXT NOT NULL,
    "Part" INTEGER NOT NULL,
    "IsFinal" INTEGER NOT NULL,
    "State" BLOB NOT NULL,
    CONSTRAINT "PK_TrainingCheckpoints" PRIMARY KEY ("JobId", "Part")
);

CREATE TABLE "TrainingHistories" (
    "JobId" TEXT NOT NULL CONSTRAINT "PK_TrainingHistories" PRIMARY KEY,
    "Points" BLOB NOT NULL
);

CREATE INDEX "IX_TrainingJobs_Queued" ON "TrainingJobs" ("Id") WHERE "Status" = 'Queued';

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124180034_TrainingRuns', '10.0.15');

CREATE TABLE "IdempotentAnswers" (
    "Key" TEXT NOT NULL CONSTRAINT "PK_IdempotentAnswers" PRIMARY KEY,
    "Fingerprint" TEXT NOT NULL,
    "Status" INTEGER NOT NULL,
    "Headers" TEXT NOT NULL,
    "Body" BLOB NOT NULL,
    "CreatedAt" TEXT NOT NULL
);

CREATE INDEX "IX_IdempotentAnswers_CreatedAt" ON "IdempotentAnswers" ("CreatedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124182341_Idempotency', '10.0.15');

CREATE INDEX "IX_TrainingJobs_FinishedAt" ON "TrainingJobs" ("FinishedAt");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261124184008_Retention', '10.0.15');

ALTER TABLE "TrainingJobs" ADD "Warnings" TEXT NULL;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261130061218_JobWarnings', '10.0.15');

CREATE TABLE "ListedDatasets" (
    "DatasetId" TEXT NOT NULL CONSTRAINT "PK_ListedDatasets" PRIMARY KEY,
    "ColumnCount" INTEGER NOT NULL,
    "Bytes" INTEGER NOT NULL,
    "Sha256" TEXT NOT NULL,
    "Format" TEXT NULL,
    "CreatedAt" TEXT NOT NULL,
    CONSTRAINT "FK_ListedDatasets_Datasets_DatasetId" FOREIGN KEY ("DatasetId") REFERENCES "Datasets" ("Id") ON DELETE CASCADE
);

CREATE TABLE "ListedModels" (
    "JobId" TEXT NOT NULL CONSTRAINT "PK_ListedModels" PRIMARY KEY,
    "Classes" TEXT NOT NULL,
    "Terms" INTEGER NOT NULL,
    "Penalty" TEXT NULL,
    "C" REAL NULL,
    "Metrics" TEXT NOT NULL,
    "Converged" INTEGER NOT NULL,
    CONSTRAINT "FK_ListedModels_ModelVersions_JobId" FOREIGN KEY ("JobId") REFERENCES "ModelVersions" ("JobId") ON DELETE CASCADE
);

INSERT INTO "ListedDatasets" ("DatasetId", "ColumnCount", "Bytes", "Sha256", "Format", "CreatedAt")
SELECT "Id", json_array_length("Columns"), "Bytes", "Sha256", "Origin" ->> '$.format', "CreatedAt" FROM "Datasets";

INSERT INTO "ListedModels" ("JobId", "Classes", "Terms", "Penalty", "C", "Metrics", "Converged")
SELECT v."JobId", v."Trained" -> '$.classes', json_array_length(v."Trained", '$.coefficients'), j."Request" ->> '$.penalty',
    COALESCE(v."Trained" ->> '$.selection.c', CASE WHEN j."Request" ->> '$.penalty' NOT IN ('none', 'firth') THEN j."Request" ->> '$.c' END),
    v."Trained" -> '$.metrics', v."Trained" ->> '$.convergence.converged'
FROM "ModelVersions" AS v LEFT JOIN "TrainingJobs" AS j ON j."Id" = v."JobId";

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261130091848_Summaries', '10.0.15');

ALTER TABLE "TrainingData" ADD "Labels" TEXT NULL;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261130194919_InlineLabels', '10.0.15');

CREATE TABLE "ModelRequests" (
    "JobId" TEXT NOT NULL CONSTRAINT "PK_ModelRequests" PRIMARY KEY,
    "Request" TEXT NOT NULL,
    CONSTRAINT "FK_ModelRequests_ModelVersions_JobId" FOREIGN KEY ("JobId") REFERENCES "ModelVersions" ("JobId") ON DELETE CASCADE
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261201030704_ModelRequests', '10.0.15');

CREATE TABLE "Evaluations" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_Evaluations" PRIMARY KEY,
    "ModelName" TEXT NULL,
    "ModelVersion" INTEGER NULL,
    "CreatedAt" TEXT NOT NULL,
    "Answer" TEXT NOT NULL
);

CREATE TABLE "EvaluationScores" (
    "EvaluationId" TEXT NOT NULL,
    "Class" INTEGER NOT NULL,
    "Part" INTEGER NOT NULL,
    "Bytes" BLOB NOT NULL,
    CONSTRAINT "PK_EvaluationScores" PRIMARY KEY ("EvaluationId", "Class", "Part"),
    CONSTRAINT "FK_EvaluationScores_Evaluations_EvaluationId" FOREIGN KEY ("EvaluationId") REFERENCES "Evaluations" ("Id") ON DELETE CASCADE
);

CREATE INDEX "IX_Evaluations_ModelName_Id" ON "Evaluations" ("ModelName", "Id");

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261201031741_Evaluations', '10.0.15');

ALTER TABLE "TrainingJobs" ADD "Work" TEXT NULL;

CREATE TABLE "ThresholdChanges" (
    "JobId" TEXT NOT NULL,
    "Number" INTEGER NOT NULL,
    "Threshold" REAL NULL,
    "Rule" TEXT NULL,
    "Value" REAL NULL,
    "Costs" TEXT NULL,
    "EvaluationId" TEXT NULL,
    "SetAt" TEXT NOT NULL,
    CONSTRAINT "PK_ThresholdChanges" PRIMARY KEY ("JobId", "Number"),
    CONSTRAINT "FK_ThresholdChanges_ModelVersions_JobId" FOREIGN KEY ("JobId") REFERENCES "ModelVersions" ("JobId") ON DELETE CASCADE
);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261201033018_Thresholds', '10.0.15');

