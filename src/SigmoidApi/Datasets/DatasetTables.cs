using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>The tables of data sets, and their SQL.</summary>
internal static class DatasetTables
{
    extension(SigmoidDbContext db)
    {
        public DbSet<Dataset> Datasets => db.Set<Dataset>();

        public DbSet<ListedDataset> ListedDatasets => db.Set<ListedDataset>();

        public DbSet<DatasetName> DatasetNames => db.Set<DatasetName>();
    }

    /// <summary>
    /// The data set of an id, locked until the transaction ends. Meanwhile no other transaction can delete it or, with <paramref name="toDelete"/>, lock it.
    /// </summary>
    public static IQueryable<Dataset> HoldDataset(this SigmoidDbContext db, Guid id, bool toDelete) => db.HoldRows(toDelete) is { Length: > 0 } hold
        ? db.Datasets.FromSql(FormattableStringFactory.Create($$"""SELECT * FROM "Datasets" WHERE "Id" = {0}{{hold}}""", id))
        : db.Datasets.Where(d => d.Id == id);

    /// <summary>The next version number of a name, which is never reused. Locks the name until the transaction ends.</summary>
    public static Task<int> NextDatasetVersionAsync(this SigmoidDbContext db, string name) => db.NumberAsync($"""
        INSERT INTO "DatasetNames" ("Name", "LastVersion") VALUES ({name}, 1)
        ON CONFLICT ("Name") DO UPDATE SET "LastVersion" = "DatasetNames"."LastVersion" + 1 RETURNING "LastVersion" AS "Value"
        """);

    public static void Configure(ModelBuilder model)
    {
        model.Entity<Dataset>(dataset =>
        {
            dataset.ToTable("Datasets");
            dataset.HasIndex(d => new { d.Name, d.Version }).IsUnique();
            dataset.Property(d => d.Columns).AsJson();
            dataset.Property(d => d.Origin).AsJson();
            dataset.Ignore(d => d.Target);
        });
        model.Entity<ListedDataset>(listed =>
        {
            listed.ToTable("ListedDatasets");
            listed.HasKey(l => l.DatasetId);
            listed.HasOne<Dataset>().WithOne().HasForeignKey<ListedDataset>(l => l.DatasetId);
            listed.Property(l => l.Format).HasConversion(KeptAsJson.Named<DatasetFormat>());
        });
        model.Entity<DatasetName>().ToTable("DatasetNames").HasKey(n => n.Name);
    }
}
