using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary>The tables of models, and their SQL.</summary>
internal static class ModelTables
{
    extension(SigmoidDbContext db)
    {
        public DbSet<Model> Models => db.Set<Model>();

        public DbSet<ModelVersion> ModelVersions => db.Set<ModelVersion>();

        public DbSet<ThresholdChange> ThresholdChanges => db.Set<ThresholdChange>();

        public DbSet<ListedModel> ListedModels => db.Set<ListedModel>();
    }

    /// <summary>The next version number of a name, which is never reused. Locks the name until the transaction ends.</summary>
    public static Task<int> NextModelVersionAsync(this SigmoidDbContext db, string name) => db.NumberAsync($"""
        INSERT INTO "Models" ("Name", "LastVersion", "Revision") VALUES ({name}, 1, 1)
        ON CONFLICT ("Name") DO UPDATE SET "LastVersion" = "Models"."LastVersion" + 1, "Revision" = "Models"."Revision" + 1 RETURNING "LastVersion" AS "Value"
        """);

    public static void Configure(ModelBuilder model)
    {
        model.Entity<Model>().ToTable("Models").HasKey(m => m.Name);
        model.Entity<ModelVersion>(version =>
        {
            version.ToTable("ModelVersions");
            version.HasKey(v => v.JobId);
            version.HasIndex(v => new { v.Name, v.Version }).IsUnique();
            version.Property(v => v.Trained).AsJson();
        });
        model.Entity<ThresholdChange>(change =>
        {
            change.ToTable("ThresholdChanges");
            change.HasKey(c => new { c.JobId, c.Number });
            change.HasOne<ModelVersion>().WithMany().HasForeignKey(c => c.JobId);
            change.Property(c => c.Rule).HasConversion(KeptAsJson.Named<ThresholdRule>());
            change.Property(c => c.Costs).AsJson();
        });
        model.Entity<ListedModel>(listed =>
        {
            listed.ToTable("ListedModels");
            listed.HasKey(l => l.JobId);
            listed.HasOne<ModelVersion>().WithOne().HasForeignKey<ListedModel>(l => l.JobId);
            listed.Property(l => l.Classes).AsJson();
            listed.Property(l => l.Penalty).HasConversion(KeptAsJson.Named<Penalty>());
            listed.Property(l => l.Metrics).AsJson();
        });
    }
}
