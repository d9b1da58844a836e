using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SigmoidApi.Database.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Summaries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ListedDatasets",
                columns: table => new
                {
                    DatasetId = table.Column<Guid>(type: "uuid", nullable: false),
                    ColumnCount = table.Column<int>(type: "integer", nullable: false),
                    Bytes = table.Column<long>(type: "bigint", nullable: false),
                    Sha256 = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Format = table.Column<string>(type: "text", nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ListedDatasets", x => x.DatasetId);
                    table.ForeignKey(
                        name: "FK_ListedDatasets_Datasets_DatasetId",
                        column: x => x.DatasetId,
                        principalTable: "Datasets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ListedModels",
                columns: table => new
                {
                    JobId = table.Column<Guid>(type: "uuid", nullable: false),
                    Classes = table.Column<string>(type: "text", nullable: false),
                    Terms = table.Column<int>(type: "integer", nullable: false),
                    Penalty = table.Column<string>(type: "text", nullable: true),
                    C = table.Column<double>(type: "double precision", nullable: true),
                    Metrics = table.Column<string>(type: "text", nullable: false),
                    Converged = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ListedModels", x => x.JobId);
                    table.ForeignKey(
                        name: "FK_ListedModels_ModelVersions_JobId",
                        column: x => x.JobId,
                        principalTable: "ModelVersions",
                        principalColumn: "JobId",
                        onDelete: ReferentialAction.Cascade);
                });

            // The type json can't read the escape of a NUL, which a name or a level may have; with another in its place it stays what it was elsewhere.
            migrationBuilder.Sql("""
                INSERT INTO "ListedDatasets" ("DatasetId", "ColumnCount", "Bytes", "Sha256", "Format", "CreatedAt")
                SELECT "Id", json_array_length(replace("Columns", '\u0000', '\uFFFD')::json), "Bytes", "Sha256",
                    replace("Origin", '\u0000', '\uFFFD')::json ->> 'format', "CreatedAt"
                FROM "Datasets"
                """);
            migrationBuilder.Sql("""
                INSERT INTO "ListedModels" ("JobId", "Classes", "Terms", "Penalty", "C", "Metrics", "Converged")
                SELECT "JobId", trained -> 'classes', json_array_length(trained -> 'coefficients'), request ->> 'penalty',
                    COALESCE(trained #>> '{selection,c}', CASE WHEN request ->> 'penalty' NOT IN ('none', 'firth') THEN request ->> 'c' END)::double precision,
                    trained -> 'metrics', (trained #>> '{convergence,converged}')::boolean
                FROM (
                    SELECT v."JobId", replace(v."Trained", '\u0000', '\uFFFD')::json AS trained, replace(j."Request", '\u0000', '\uFFFD')::json AS request
                    FROM "ModelVersions" AS v LEFT JOIN "TrainingJobs" AS j ON j."Id" = v."JobId"
                ) AS kept
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ListedDatasets");

            migrationBuilder.DropTable(
                name: "ListedModels");
        }
    }
}
