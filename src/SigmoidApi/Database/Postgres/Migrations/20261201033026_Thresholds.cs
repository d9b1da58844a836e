using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SigmoidApi.Database.Postgres.Migrations
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
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ThresholdChanges",
                columns: table => new
                {
                    JobId = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Threshold = table.Column<double>(type: "double precision", nullable: true),
                    Rule = table.Column<string>(type: "text", nullable: true),
                    Value = table.Column<double>(type: "double precision", nullable: true),
                    Costs = table.Column<string>(type: "text", nullable: true),
                    EvaluationId = table.Column<Guid>(type: "uuid", nullable: true),
                    SetAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
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
