using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SigmoidApi.Database.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class TrainingRuns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "Beat",
                table: "TrainingJobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "Crashes",
                table: "TrainingJobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Memory",
                table: "TrainingJobs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "StopRequested",
                table: "TrainingJobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "Revision",
                table: "Models",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "TrainingCheckpoints",
                columns: table => new
                {
                    JobId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Part = table.Column<int>(type: "INTEGER", nullable: false),
                    IsFinal = table.Column<bool>(type: "INTEGER", nullable: false),
                    State = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TrainingCheckpoints", x => new { x.JobId, x.Part });
                });

            migrationBuilder.CreateTable(
                name: "TrainingHistories",
                columns: table => new
                {
                    JobId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Points = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TrainingHistories", x => x.JobId);
                });

            migrationBuilder.CreateIndex(
                name: "IX_TrainingJobs_Queued",
                table: "TrainingJobs",
                column: "Id",
                filter: "\"Status\" = 'Queued'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "TrainingCheckpoints");

            migrationBuilder.DropTable(
                name: "TrainingHistories");

            migrationBuilder.DropIndex(
                name: "IX_TrainingJobs_Queued",
                table: "TrainingJobs");

            migrationBuilder.DropColumn(
                name: "Beat",
                table: "TrainingJobs");

            migrationBuilder.DropColumn(
                name: "Crashes",
                table: "TrainingJobs");

            migrationBuilder.DropColumn(
                name: "Memory",
                table: "TrainingJobs");

            migrationBuilder.DropColumn(
                name: "StopRequested",
                table: "TrainingJobs");

            migrationBuilder.DropColumn(
                name: "Revision",
                table: "Models");
        }
    }
}
