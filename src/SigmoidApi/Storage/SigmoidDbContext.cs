using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace SigmoidApi.Storage;

/// <summary>
/// The database. A subclass for each kind of store adds the tables and the store's differences. Each feature adds its tables and statements as extensions.
/// </summary>
public abstract class SigmoidDbContext(DbContextOptions options) : DbContext(options)
{
    private const string MigrationsTable = "__EFMigrationsHistory";

    /// <summary>The end of a SELECT that skips rows locked by other transactions; empty for a store with one writer at a time.</summary>
    internal virtual string SkipLockedRows => "";

    /// <summary>The end of a SELECT that locks its rows until the transaction ends; empty for a store with one writer at a time.</summary>
    /// <param name="toDelete">Whether this transaction deletes the rows; otherwise it keeps others from deleting them.</param>
    internal virtual string HoldRows(bool toDelete) => "";

    /// <summary>A time as a parameter of an SQL statement.</summary>
    internal virtual object TimeParameter(DateTimeOffset time) => time;

    /// <summary>A condition that excludes ids, and the value of its parameter.</summary>
    internal abstract (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter);

    /// <summary>Whether the database has a table; false if there is no database yet.</summary>
    protected abstract Task<bool> HasTableAsync(string table, CancellationToken cancellationToken);

    /// <summary>All migrations as one script, without transactions.</summary>
    protected abstract string MigrationScript { get; }

    /// <summary>Waits until this process may write, in a store with one writer at a time; otherwise returns null.</summary>
    internal virtual Task<IDisposable?> TurnAsync(CancellationToken cancellationToken) => Task.FromResult<IDisposable?>(null);

    /// <summary>Within a transaction, waits for other transactions with the same lock to end. Does nothing in a store with one writer at a time.</summary>
    internal virtual Task LockAsync(StoreLock storeLock, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins a transaction that writes.</summary>
    public async Task<StoreTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        // No transaction continues after a failure, so saves need no savepoints, which would take two statements each.
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

    /// <summary>Migrates the schema. Several processes may start at once.</summary>
    /// <param name="hasDatasets">Whether files of data sets exist. Then the database can't be new.</param>
    /// <param name="cancellationToken">Cancels the migration before it changes anything.</param>
    /// <exception cref="DamagedDatabaseException">The database is empty although it should not be, is damaged, or is of a newer version.</exception>
    public abstract Task MigrateAsync(bool hasDatasets, CancellationToken cancellationToken);

    /// <summary>Queries all tables and all columns, so that it fails if the database can't be used or a part of it is missing.</summary>
    public virtual Task RequireUsableAsync(CancellationToken cancellationToken)
    {
        // One statement, since SQLite's provider ignores errors of a second one.
        var tables = Model.GetEntityTypes().Select(type => $"EXISTS (SELECT {Columns(type)} FROM \"{type.GetTableName()}\")");
        return Database.ExecuteSqlAsync(FormattableStringFactory.Create($"SELECT {string.Join(", ", tables)}"), cancellationToken);
    }

    /// <summary>Finds which migrations the database has.</summary>
    /// <exception cref="DamagedDatabaseException">
    /// It is empty although there are data sets, or of a newer version. With an empty one the sweep would remove the files of all data sets.
    /// </exception>
    protected async Task<SchemaState> RequireOwnAsync(bool hasDatasets, CancellationToken cancellationToken)
    {
        string[] known = [.. Database.GetMigrations()], applied = [.. await AppliedMigrationsAsync(cancellationToken)];
        if (applied.Length == 0 && hasDatasets)
        {
            throw new DamagedDatabaseException(
                $"The database is missing or empty, but Storage:Directory has files of data sets: {DamagedDatabaseException.Restore}, "
                + $"or empty the folder '{StorageDirectory.DatasetsName}' to start without data.");
        }

        if (applied.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } newer)
        {
            throw new DamagedDatabaseException(
                $"The database was changed by a newer version of the service, which has the migration {newer}: start that version, "
                + $"or, with a backup of this version, {DamagedDatabaseException.Restore}.");
        }

        return applied.Length == known.Length ? SchemaState.Current : applied.Length == 0 ? SchemaState.Empty : SchemaState.Older;
    }

    /// <summary>The names of the applied migrations. EF Core's own method builds a model for their table first, which takes longer than the query.</summary>
    private async Task<List<string>> AppliedMigrationsAsync(CancellationToken cancellationToken)
    {
        var applied = new List<string>();
        if (!await HasTableAsync(MigrationsTable, cancellationToken))
            return applied;
        await using var query = Database.GetDbConnection().CreateCommand();
        query.CommandText = $"""SELECT "MigrationId" FROM "{MigrationsTable}" ORDER BY "MigrationId" """;
        await Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var reader = await query.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                applied.Add(reader.GetString(0));
            return applied;
        }
        finally
        {
            await Database.CloseConnectionAsync();
        }
    }

    /// <summary>
    /// Creates the tables of an empty database by one script, which does the same as all migrations. For each migration EF Core builds a model, which took
    /// half of
    /// the first start.
    /// </summary>
    protected async Task CreateTablesAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        // Without EF Core, which reads braces in a statement as parameters.
        await using var script = Database.GetDbConnection().CreateCommand();
        script.Transaction = transaction.GetDbTransaction();
        script.CommandText = MigrationScript;
        await script.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Deletes old rows in batches. Each batch is a transaction of its own, so that others can write in between, and skips rows that another replica is
    /// deleting.
    /// </summary>
    internal async Task DeleteInBatchesAsync(string table, string key, string condition, DateTimeOffset before, CancellationToken cancellationToken)
    {
        const int BatchRows = 500;
        var delete = FormattableStringFactory.Create(
            $"""DELETE FROM "{table}" WHERE "{key}" IN (SELECT "{key}" FROM "{table}" WHERE {condition} LIMIT {BatchRows}{SkipLockedRows})""",
            TimeParameter(before));
        int deleted;
        do
        {
            using var turn = await TurnAsync(cancellationToken);
            deleted = await Database.ExecuteSqlAsync(delete, cancellationToken);
        }
        while (deleted == BatchRows);
    }

    /// <summary>
    /// All columns of a table by name, since a prepared statement must stay valid after a newer replica has added columns. Each name has the table's before it:
    /// SQLite reads an unknown quoted name as a text.
    /// </summary>
    internal static string Columns(IEntityType type) =>
        string.Join(", ", type.GetProperties().Select(property => $"\"{type.GetTableName()}\".\"{property.GetColumnName()}\""));

    /// <summary>The number that a statement returns.</summary>
    internal async Task<int> NumberAsync(FormattableString statement) => (await Database.SqlQuery<int>(statement).ToListAsync(CancellationToken.None)).Single();
}
