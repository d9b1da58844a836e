using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SigmoidApi.Database.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class DatasetVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Datasets_Name_Id",
                table: "Datasets");

            migrationBuilder.AddColumn<string>(
                name: "Origin",
                table: "Datasets",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Version",
                table: "Datasets",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "DatasetNames",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    LastVersion = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DatasetNames", x => x.Name);
                });

            // Data sets from before they had versions get them by age.
            migrationBuilder.Sql("UPDATE \"Datasets\" SET \"Version\" = (SELECT COUNT(*) FROM \"Datasets\" AS o WHERE o.\"Name\" = \"Datasets\".\"Name\" AND o.\"Id\" <= \"Datasets\".\"Id\")");
            migrationBuilder.Sql("INSERT INTO \"DatasetNames\" (\"Name\", \"LastVersion\") SELECT \"Name\", MAX(\"Version\") FROM \"Datasets\" GROUP BY \"Name\"");

            migrationBuilder.CreateIndex(
                name: "IX_Datasets_Name_Version",
                table: "Datasets",
                columns: new[] { "Name", "Version" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DatasetNames");

            migrationBuilder.DropIndex(
                name: "IX_Datasets_Name_Version",
                table: "Datasets");

            migrationBuilder.DropColumn(
                name: "Origin",
                table: "Datasets");

            migrationBuilder.DropColumn(
                name: "Version",
                table: "Datasets");

            migrationBuilder.CreateIndex(
                name: "IX_Datasets_Name_Id",
                table: "Datasets",
                columns: new[] { "Name", "Id" });
        }
    }
}
