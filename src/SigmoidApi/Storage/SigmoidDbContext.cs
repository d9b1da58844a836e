using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs;

namespace SigmoidApi.Storage;

/// <summary>The database: data sets, jobs, models.</summary>
public sealed class SigmoidDbContext(DbContextOptions<SigmoidDbContext> options, IOptions<JsonOptions> json) : DbContext(options)
{
    public DbSet<Dataset> Datasets => Set<Dataset>();

    public DbSet<TrainingJob> TrainingJobs => Set<TrainingJob>();

    public DbSet<TrainingData> TrainingData => Set<TrainingData>();

    public DbSet<Model> Models => Set<Model>();

    public DbSet<ModelVersion> ModelVersions => Set<ModelVersion>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // ISO text in UTC: SQLite has no type for times, and text of one width sorts as they do.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<IsoTime>();
        configurationBuilder.Properties<TrainingJobStatus>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Dataset>(dataset =>
        {
            dataset.HasIndex(d => new { d.Name, d.Id });
            AsJson(dataset.Property(d => d.Columns));
        });
        modelBuilder.Entity<TrainingJob>(job =>
        {
            job.HasIndex(j => new { j.Status, j.Id });
            job.HasIndex(j => j.DatasetId);
            AsJson(job.Property(j => j.Request));
            AsJson(job.Property(j => j.Progress));
            AsJson(job.Property(j => j.Error));
        });
        modelBuilder.Entity<TrainingData>(data =>
        {
            data.HasKey(d => d.JobId);
            data.HasOne<TrainingJob>().WithOne().HasForeignKey<TrainingData>(d => d.JobId);
        });
        modelBuilder.Entity<Model>().HasKey(m => m.Name);
        modelBuilder.Entity<ModelVersion>(version =>
        {
            version.HasKey(v => v.JobId);
            version.HasIndex(v => new { v.Name, v.Version }).IsUnique();
            AsJson(version.Property(v => v.Trained));
        });
    }

    // Written and read whole, never queried into: one JSON text in the API's own form.
    private void AsJson<T>(PropertyBuilder<T> property)
    {
        var options = json.Value.SerializerOptions;
        property.HasConversion(
            value => JsonSerializer.Serialize(value, options),
            text => JsonSerializer.Deserialize<T>(text, options)!,
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => RuntimeHelpers.GetHashCode(value), value => value));
    }

    private sealed class IsoTime() : ValueConverter<DateTimeOffset, string>(
        time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
        text => DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
}
