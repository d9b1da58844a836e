using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage;

namespace SigmoidApi.Database;

/// <summary>The store in a file, used by one process. Write transactions run one at a time, so rows need no locks.</summary>
public sealed class SqliteDbContext(
    DbContextOptions<SqliteDbContext> options, SqliteTurn turn, IOptions<StorageOptions> storage, TimeProvider time) : SigmoidDbContext(options)
{
    /// <summary>How long a write waits for others, in seconds. Writes of this process take milliseconds.</summary>
    internal const int BusySeconds = 5;

    /// <param name="context">The options to configure.</param>
    /// <param name="file">The database.</param>
    /// <param name="troubles">Knows whether the file is damaged. Then connections are refused.</param>
    public static void Configure(DbContextOptionsBuilder context, string file, TransientStorageErrors? troubles = null)
    {
        // Only the migration creates the file. If the file is lost later, connections must fail instead of creating an empty one.
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = BusySeconds, Mode = SqliteOpenMode.ReadWrite };
        context.UseSqlite(connection.ToString()).AddInterceptors(new Connections(troubles));
    }

    /// <summary>Migrates. This process has the directory to itself, so it can drop the migration lock that a killed process may have left.</summary>
    public override async Task MigrateAsync(bool hasDatasets, CancellationToken cancellationToken)
    {
        var file = new SqliteConnectionStringBuilder(Database.GetConnectionString()) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false };
        SqliteCheck.RequireFile(file.DataSource);
        var state = await RequireOwnAsync(hasDatasets, cancellationToken);
        await using (var connection = new SqliteConnection(file.ToString()))
        {
            await connection.OpenAsync(cancellationToken);
            await using var journal = connection.CreateCommand();
            journal.CommandText = "PRAGMA journal_mode = 'wal'";
            await journal.ExecuteNonQueryAsync(cancellationToken);
            await SqliteCheck.RequireSoundAsync(connection, TimeSpan.FromSeconds(storage.Value.CheckSeconds), time, cancellationToken);
        }

        if (state == SchemaState.Empty)
        {
            await CreateTablesAsync(cancellationToken);
        }
        else if (state == SchemaState.Older)
        {
            await Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
            await Database.MigrateAsync(cancellationToken);
        }
    }

    /// <summary>Also reads through a new connection, since used connections may answer from pages in memory.</summary>
    public override async Task RequireUsableAsync(CancellationToken cancellationToken)
    {
        await base.RequireUsableAsync(cancellationToken);
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder(Database.GetConnectionString()) { Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var any = connection.CreateCommand();
        any.CommandText = """SELECT EXISTS (SELECT 1 FROM "Models")""";
        await any.ExecuteScalarAsync(cancellationToken);
    }

    internal override async Task<IDisposable?> TurnAsync(CancellationToken cancellationToken) => await turn.TakeAsync(cancellationToken);

    internal override object TimeParameter(DateTimeOffset time) => IsoTime.Write(time);

    // SQLite stores ids as texts in upper case.
    internal override (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter) =>
        (
            $" AND \"Id\" NOT IN (SELECT value FROM json_each({parameter}))",
            $"[{string.Join(',', ids.Select(id => $"\"{id.ToString().ToUpperInvariant()}\""))}]");

    protected override async Task<bool> HasTableAsync(string table, CancellationToken cancellationToken)
    {
        var file = new SqliteConnectionStringBuilder(Database.GetConnectionString()) { Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        if (!File.Exists(file.DataSource))
            return false;
        await using var connection = new SqliteConnection(file.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var query = connection.CreateCommand();
        query.CommandText = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $table)";
        query.Parameters.AddWithValue("$table", table);
        return (long)(await query.ExecuteScalarAsync(cancellationToken))! == 1;
    }

    protected override string MigrationScript => EmbeddedScript.Read("Sqlite");

    protected override void OnModelCreating(ModelBuilder modelBuilder) => AllTables.Configure(modelBuilder);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // SQLite has no type for times. ISO texts in UTC of equal length sort like the times.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<IsoTime>();
    }

    internal sealed class IsoTime() : ValueConverter<DateTimeOffset, string>(
        time => Write(time), text => DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))
    {
        private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

        public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
    }

    // If the database is busy, SQLite itself waits and retries after milliseconds. The provider's own wait retries after 150, and not while a reader is open.
    // With synchronous = FULL a commit is on disk when it returns (https://www.sqlite.org/pragma.html#pragma_synchronous). The setting is per connection.
    private sealed class Connections(TransientStorageErrors? troubles) : DbConnectionInterceptor
    {
        private static readonly string Pragmas = $"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

        public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
        {
            RequireFile(connection);
            return result;
        }

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            RequireFile(connection);
            return ValueTask.FromResult(result);
        }

        /// <summary>Refuses a deleted file: a pooled connection would continue to write to it, and these writes would be lost.</summary>
        private void RequireFile(DbConnection connection)
        {
            troubles?.ThrowIfDamaged();
            if (!File.Exists(connection.DataSource))
                throw new SqliteException($"{connection.DataSource} is missing.", TransientStorageErrors.CannotOpen);
        }

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
