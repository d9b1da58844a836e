using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Datasets.Formats;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs;

namespace SigmoidApi.Storage;

/// <summary>The database: data sets, jobs, models. A subclass for each store says in what it differs.</summary>
public abstract class SigmoidDbContext(DbContextOptions options, IOptions<JsonOptions> json) : DbContext(options)
{
    public DbSet<Dataset> Datasets => Set<Dataset>();

    public DbSet<ListedDataset> ListedDatasets => Set<ListedDataset>();

    public DbSet<DatasetName> DatasetNames => Set<DatasetName>();

    public DbSet<TrainingJob> TrainingJobs => Set<TrainingJob>();

    public DbSet<TrainingData> TrainingData => Set<TrainingData>();

    public DbSet<TrainingCheckpoint> TrainingCheckpoints => Set<TrainingCheckpoint>();

    public DbSet<TrainingHistory> TrainingHistories => Set<TrainingHistory>();

    public DbSet<Model> Models => Set<Model>();

    public DbSet<ModelVersion> ModelVersions => Set<ModelVersion>();

    public DbSet<ListedModel> ListedModels => Set<ListedModel>();

    public DbSet<IdempotentAnswer> IdempotentAnswers => Set<IdempotentAnswer>();

    /// <summary>What makes a claim pass over a row that another one is taking, where the store takes several at once.</summary>
    protected virtual string SkipLockedRows => "";

    /// <summary>A time as a parameter of a statement of our own.</summary>
    protected virtual object TimeParameter(DateTimeOffset time) => time;

    /// <summary>A condition that an id is none of some, with the parameter in which they are.</summary>
    protected abstract (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter);

    /// <summary>Waits until this process may write, where the store takes one writer at a time; null where it takes many.</summary>
    protected virtual Task<IDisposable?> TurnAsync(CancellationToken cancellationToken) => Task.FromResult<IDisposable?>(null);

    /// <summary>Begins a transaction that writes.</summary>
    public async Task<StoreTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        // None goes on after a failure within it: no save of its own needs a savepoint, two statements each.
        Database.AutoSavepointsEnabled = false;
        var turn = await TurnAsync(cancellationToken);
        try
        {
            return new(await Database.BeginTransactionAsync(cancellationToken), turn);
        }
        catch
        {
            turn?.Dispose();
            throw;
        }
    }

    /// <summary>Brings the schema up to date, however many processes start at once.</summary>
    /// <param name="hasDatasets">Whether there are files of data sets, so that the database can't be a new one.</param>
    /// <param name="cancellationToken">Ends it before anything is changed.</param>
    /// <exception cref="DamagedDatabaseException">The database is empty though it should not be, is damaged, or is of a newer version.</exception>
    public abstract Task MigrateAsync(bool hasDatasets, CancellationToken cancellationToken);

    /// <summary>Looks into all tables and names each column, so that it fails where the database can't be used or a part of it is missing.</summary>
    public virtual Task RequireUsableAsync(CancellationToken cancellationToken)
    {
        // One statement: SQLite's provider is silent about what goes wrong with a second one.
        var tables = Model.GetEntityTypes().Select(type => $"EXISTS (SELECT {Columns(type)} FROM \"{type.GetTableName()}\")");
        return Database.ExecuteSqlAsync(FormattableStringFactory.Create($"SELECT {string.Join(", ", tables)}"), cancellationToken);
    }

    /// <summary>Refuses a database that this version did not leave: an empty one would have the files of all data sets swept, which would then be nobody's.</summary>
    protected async Task RequireOwnAsync(bool hasDatasets, CancellationToken cancellationToken)
    {
        var applied = (await Database.GetAppliedMigrationsAsync(cancellationToken)).ToArray();
        if (applied.Length == 0 && hasDatasets)
        {
            throw new DamagedDatabaseException("The database is missing or empty, but Storage:Directory has files of data sets: restore a backup of the database (README, \"Backup and restore\"), "
                + "or empty the folder 'datasets' to begin with nothing.");
        }

        if (applied.Except(Database.GetMigrations(), StringComparer.Ordinal).FirstOrDefault() is { } newer)
        {
            throw new DamagedDatabaseException($"The database was changed by a newer version of the service, which has the migration {newer}: start that version, "
                + "or restore a backup made by this one (README, \"Backup and restore\").");
        }
    }

    /// <summary>The data set of an id; within a transaction it is not deleted before that ends, nor, if it is <paramref name="toDelete"/>, held by another.</summary>
    public virtual IQueryable<Dataset> HoldDataset(Guid id, bool toDelete) => Datasets.Where(d => d.Id == id);

    /// <summary>Within a transaction, waits for others that have done the same to end theirs, where the store takes many at once.</summary>
    public virtual Task LockQueueAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Locks a job's row within the transaction. False where another has it: that may be a process which was stopped, and nothing is to wait for it.</summary>
    public async Task<bool> TryLockJobAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = FormattableStringFactory.Create($$"""SELECT "Id" AS "Value" FROM "TrainingJobs" WHERE "Id" = {0}{{SkipLockedRows}}""", id);
        return (await Database.SqlQuery<Guid>(row).ToListAsync(cancellationToken)).Count == 1;
    }

    /// <summary>Makes the oldest queued job, but for <paramref name="except"/>, a running one of <paramref name="worker"/>'s, and returns it; null when there is none.</summary>
    public async Task<TrainingJob?> ClaimAsync(string worker, DateTimeOffset now, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        var (others, ids) = except.Count == 0 ? ("", "") : NoneOf(except, "{2}");
        // The states are written out, not parameters: so the index of the queued rows alone serves.
        var claim = FormattableStringFactory.Create($$"""
            UPDATE "TrainingJobs" SET "Status" = 'Running', "Epoch" = "Epoch" + 1, "Beat" = "Beat" + 1, "Attempts" = "Attempts" + 1,
                "StartedAt" = COALESCE("StartedAt", {0}), "Worker" = {1}, "Memory" = NULL
            WHERE "Id" = (SELECT "Id" FROM "TrainingJobs" WHERE "Status" = 'Queued'{{others}} ORDER BY "Id" LIMIT 1{{SkipLockedRows}}) AND "Status" = 'Queued'
            RETURNING {{Columns(Model.FindEntityType(typeof(TrainingJob))!)}}
            """, TimeParameter(now), worker, ids);
        using var turn = await TurnAsync(cancellationToken);
        return (await TrainingJobs.FromSql(claim).AsNoTracking().ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>The number of the next version under a name, which is not given again; the name is this transaction's until it ends.</summary>
    public Task<int> NextModelVersionAsync(string name) => NextAsync($"""
        INSERT INTO "Models" ("Name", "LastVersion", "Revision") VALUES ({name}, 1, 1)
        ON CONFLICT ("Name") DO UPDATE SET "LastVersion" = "Models"."LastVersion" + 1, "Revision" = "Models"."Revision" + 1 RETURNING "LastVersion" AS "Value"
        """);

    /// <summary>The same of data sets.</summary>
    public Task<int> NextDatasetVersionAsync(string name) => NextAsync($"""
        INSERT INTO "DatasetNames" ("Name", "LastVersion") VALUES ({name}, 1)
        ON CONFLICT ("Name") DO UPDATE SET "LastVersion" = "DatasetNames"."LastVersion" + 1 RETURNING "LastVersion" AS "Value"
        """);

    /// <summary>Adds an answer, unless its key has one; waits for another transaction that is about to add it. Returns whether it was added.</summary>
    public async Task<bool> TryAddAsync(IdempotentAnswer answer, CancellationToken cancellationToken) =>
        await Database.ExecuteSqlAsync($"""
            INSERT INTO "IdempotentAnswers" ("Key", "Fingerprint", "Status", "Headers", "Body", "CreatedAt")
            VALUES ({answer.Key}, {answer.Fingerprint}, {answer.Status}, {JsonSerializer.Serialize(answer.Headers, json.Value.SerializerOptions)}, {answer.Body}, {TimeParameter(answer.CreatedAt)})
            ON CONFLICT ("Key") DO NOTHING
            """, cancellationToken) == 1;

    public Task DeleteIdempotentAnswersAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        DeleteInBatchesAsync("IdempotentAnswers", "Key", "\"CreatedAt\" < {0}", before, cancellationToken);

    public Task DeleteFinishedJobsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        DeleteInBatchesAsync("TrainingJobs", "Id", "\"FinishedAt\" < {0}", before, cancellationToken);

    /// <summary>Those of jobs that are no more, too.</summary>
    public Task DeleteHistoriesAsync(DateTimeOffset before, CancellationToken cancellationToken) => DeleteInBatchesAsync(
        "TrainingHistories",
        "JobId",
        """NOT EXISTS (SELECT 1 FROM "TrainingJobs" AS job WHERE job."Id" = "TrainingHistories"."JobId" AND (job."FinishedAt" IS NULL OR job."FinishedAt" >= {0}))""",
        before,
        cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<TrainingJobStatus>().HaveConversion<string>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Dataset>(dataset =>
        {
            dataset.HasIndex(d => new { d.Name, d.Version }).IsUnique();
            AsJson(dataset.Property(d => d.Columns));
            AsJson(dataset.Property(d => d.Origin));
        });
        modelBuilder.Entity<ListedDataset>(listed =>
        {
            listed.HasKey(l => l.DatasetId);
            listed.HasOne<Dataset>().WithOne().HasForeignKey<ListedDataset>(l => l.DatasetId);
            listed.Property(l => l.Format).HasConversion(Named<DatasetFormat>());
        });
        modelBuilder.Entity<DatasetName>().HasKey(n => n.Name);
        modelBuilder.Entity<TrainingJob>(job =>
        {
            job.HasIndex(j => new { j.Status, j.Id });
            job.HasIndex(j => j.Id, "IX_TrainingJobs_Queued").HasFilter("\"Status\" = 'Queued'");
            job.HasIndex(j => j.DatasetId);
            job.HasIndex(j => j.FinishedAt);
            AsJson(job.Property(j => j.Request));
            AsJson(job.Property(j => j.Progress));
            AsJson(job.Property(j => j.Error));
            AsJson(job.Property(j => j.Memory));
            AsJson(job.Property(j => j.Warnings));
        });
        modelBuilder.Entity<TrainingData>(data =>
        {
            data.HasKey(d => d.JobId);
            data.HasOne<TrainingJob>().WithOne().HasForeignKey<TrainingData>(d => d.JobId);
        });
        modelBuilder.Entity<TrainingCheckpoint>().HasKey(c => new { c.JobId, c.Part });
        modelBuilder.Entity<TrainingHistory>().HasKey(h => h.JobId);
        modelBuilder.Entity<Model>().HasKey(m => m.Name);
        modelBuilder.Entity<ModelVersion>(version =>
        {
            version.HasKey(v => v.JobId);
            version.HasIndex(v => new { v.Name, v.Version }).IsUnique();
            AsJson(version.Property(v => v.Trained));
        });
        modelBuilder.Entity<ListedModel>(listed =>
        {
            listed.HasKey(l => l.JobId);
            listed.HasOne<ModelVersion>().WithOne().HasForeignKey<ListedModel>(l => l.JobId);
            AsJson(listed.Property(l => l.Classes));
            listed.Property(l => l.Penalty).HasConversion(Named<Penalty>());
            AsJson(listed.Property(l => l.Metrics));
        });
        modelBuilder.Entity<IdempotentAnswer>(answer =>
        {
            answer.HasKey(a => a.Key);
            answer.HasIndex(a => a.CreatedAt);
            AsJson(answer.Property(a => a.Headers));
        });
    }

    // By the names that the API has for them.
    private static ValueConverter<T, string> Named<T>()
        where T : struct, Enum => new(value => EnumNames.Of(value), name => EnumNames.Parse<T>(name));

    // Written and read whole, never queried into: one JSON text in the API's own form.
    private void AsJson<T>(PropertyBuilder<T> property)
    {
        var options = json.Value.SerializerOptions;
        property.HasConversion(
            value => JsonSerializer.Serialize(value, options),
            text => JsonSerializer.Deserialize<T>(text, options)!,
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => RuntimeHelpers.GetHashCode(value), value => value));
    }

    /// <summary>Each batch is a transaction of its own, so that others get their turn between two, and leaves out rows that a replica is deleting.</summary>
    private async Task DeleteInBatchesAsync(string table, string key, string condition, DateTimeOffset before, CancellationToken cancellationToken)
    {
        const int BatchRows = 500;
        var delete = FormattableStringFactory.Create(
            $"""DELETE FROM "{table}" WHERE "{key}" IN (SELECT "{key}" FROM "{table}" WHERE {condition} LIMIT {BatchRows}{SkipLockedRows})""", TimeParameter(before));
        int deleted;
        do
        {
            using var turn = await TurnAsync(cancellationToken);
            deleted = await Database.ExecuteSqlAsync(delete, cancellationToken);
        }
        while (deleted == BatchRows);
    }

    /// <summary>All columns of a table by name: a statement that a server keeps prepared must not change with the table, which a newer replica may have migrated.</summary>
    /// <remarks>With the table, since SQLite takes an unknown name in quotes for a text.</remarks>
    private static string Columns(IEntityType type) =>
        string.Join(", ", type.GetProperties().Select(property => $"\"{type.GetTableName()}\".\"{property.GetColumnName()}\""));

    private async Task<int> NextAsync(FormattableString statement) => (await Database.SqlQuery<int>(statement).ToListAsync(CancellationToken.None)).Single();
}
