using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Storage;

/// <summary>
/// The database. A subclass for each store says in what it differs and has the tables; each feature adds its tables and statements as extensions.
/// </summary>
public abstract class SigmoidDbContext(DbContextOptions options, IOptions<JsonOptions> json) : DbContext(options)
{
    /// <summary>How values are written that the database keeps as JSON: in the API's own form.</summary>
    internal JsonSerializerOptions Json => json.Value.SerializerOptions;

    /// <summary>What makes a statement pass over a row that another one has locked, where the store takes several at once.</summary>
    internal virtual string SkipLockedRows => "";

    /// <summary>What a SELECT ends with so that the rows stay as they are until the transaction ends, where the store takes several at once.</summary>
    /// <param name="toDelete">Whether they are to be deleted; else nobody may delete them.</param>
    internal virtual string HoldRows(bool toDelete) => "";

    /// <summary>A time as a parameter of a statement of our own.</summary>
    internal virtual object TimeParameter(DateTimeOffset time) => time;

    /// <summary>A condition that an id is none of some, with the parameter in which they are.</summary>
    internal abstract (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter);

    /// <summary>Waits until this process may write, where the store takes one writer at a time; null where it takes many.</summary>
    internal virtual Task<IDisposable?> TurnAsync(CancellationToken cancellationToken) => Task.FromResult<IDisposable?>(null);

    /// <summary>Within a transaction, waits for others with the same lock to end theirs, where the store takes many at once.</summary>
    internal virtual Task LockAsync(StoreLock storeLock, CancellationToken cancellationToken) => Task.CompletedTask;

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

    /// <summary>Each batch is a transaction of its own, so that others get their turn between two, and leaves out rows that a replica is deleting.</summary>
    internal async Task DeleteInBatchesAsync(string table, string key, string condition, DateTimeOffset before, CancellationToken cancellationToken)
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
    internal static string Columns(IEntityType type) =>
        string.Join(", ", type.GetProperties().Select(property => $"\"{type.GetTableName()}\".\"{property.GetColumnName()}\""));

    /// <summary>The one number that a statement gives.</summary>
    internal async Task<int> NumberAsync(FormattableString statement) => (await Database.SqlQuery<int>(statement).ToListAsync(CancellationToken.None)).Single();
}
