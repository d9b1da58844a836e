using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SigmoidApi.Database.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ModelRequests : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ModelRequests",
                columns: table => new
                {
                    JobId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Request = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ModelRequests", x => x.JobId);
                    table.ForeignKey(
                        name: "FK_ModelRequests_ModelVersions_JobId",
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
                name: "ModelRequests");
        }
    }
}
