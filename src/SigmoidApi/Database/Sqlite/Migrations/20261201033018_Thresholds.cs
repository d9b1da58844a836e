using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SigmoidApi.Database.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Thresholds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Work",
                table: "TrainingJobs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ThresholdChanges",
                columns: table => new
                {
                    JobId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Threshold = table.Column<double>(type: "REAL", nullable: true),
                    Rule = table.Column<string>(type: "TEXT", nullable: true),
                    Value = table.Column<double>(type: "REAL", nullable: true),
                    Costs = table.Column<string>(type: "TEXT", nullable: true),
                    EvaluationId = table.Column<Guid>(type: "TEXT", nullable: true),
                    SetAt = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ThresholdChanges", x => new { x.JobId, x.Number });
                    table.ForeignKey(
                        name: "FK_ThresholdChanges_ModelVersions_JobId",
                        column: x => x.JobId,
                        principalTable: "ModelVersions",
                        principalColumn: "JobId",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ThresholdChanges");

            migrationBuilder.DropColumn(
                name: "Work",
                table: "TrainingJobs");
        }
    }
}
