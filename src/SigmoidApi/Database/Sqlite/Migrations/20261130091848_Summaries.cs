using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SigmoidApi.Database.Sqlite.Migrations
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
                    DatasetId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ColumnCount = table.Column<int>(type: "INTEGER", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    Format = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false)
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
                    JobId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Classes = table.Column<string>(type: "TEXT", nullable: false),
                    Terms = table.Column<int>(type: "INTEGER", nullable: false),
                    Penalty = table.Column<string>(type: "TEXT", nullable: true),
                    C = table.Column<double>(type: "REAL", nullable: true),
                    Metrics = table.Column<string>(type: "TEXT", nullable: false),
                    Converged = table.Column<bool>(type: "INTEGER", nullable: false)
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

            migrationBuilder.Sql("""
                INSERT INTO "ListedDatasets" ("DatasetId", "ColumnCount", "Bytes", "Sha256", "Format", "CreatedAt")
                SELECT "Id", json_array_length("Columns"), "Bytes", "Sha256", "Origin" ->> '$.format', "CreatedAt" FROM "Datasets"
                """);
            migrationBuilder.Sql("""
                INSERT INTO "ListedModels" ("JobId", "Classes", "Terms", "Penalty", "C", "Metrics", "Converged")
                SELECT v."JobId", v."Trained" -> '$.classes', json_array_length(v."Trained", '$.coefficients'), j."Request" ->> '$.penalty',
                    COALESCE(v."Trained" ->> '$.selection.c', CASE WHEN j."Request" ->> '$.penalty' NOT IN ('none', 'firth') THEN j."Request" ->> '$.c' END),
                    v."Trained" -> '$.metrics', v."Trained" ->> '$.convergence.converged'
                FROM "ModelVersions" AS v LEFT JOIN "TrainingJobs" AS j ON j."Id" = v."JobId"
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
