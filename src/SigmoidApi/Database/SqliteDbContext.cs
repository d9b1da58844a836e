using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage;

namespace SigmoidApi.Database;

/// <summary>The store in a file, of one process alone. Its write transactions come one after another, so no row needs a lock.</summary>
public sealed class SqliteDbContext(
    DbContextOptions<SqliteDbContext> options, IOptions<JsonOptions> json, SqliteTurn turn, IOptions<StorageOptions> storage, TimeProvider time) : SigmoidDbContext(options, json)
{
    /// <summary>How long a write waits for others: in this process they take milliseconds.</summary>
    internal const int BusySeconds = 5;

    /// <param name="context">What is configured.</param>
    /// <param name="file">The database.</param>
    /// <param name="troubles">Knows whether it is damaged: then it is not touched any more.</param>
    public static void Configure(DbContextOptionsBuilder context, string file, TransientStorageErrors? troubles = null)
    {
        // Only a migration makes the file: one that is lost is to be missed, not made anew and empty.
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = BusySeconds, Mode = SqliteOpenMode.ReadWrite };
        context.UseSqlite(connection.ToString()).AddInterceptors(new Connections(troubles));
    }

    /// <summary>Migrates. The directory is this process's alone, so that a lock which a killed process left in the database is nobody's.</summary>
    public override async Task MigrateAsync(bool hasDatasets, CancellationToken cancellationToken)
    {
        var file = new SqliteConnectionStringBuilder(Database.GetConnectionString()) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false };
        SqliteCheck.RequireFile(file.DataSource);
        await RequireOwnAsync(hasDatasets, cancellationToken);
        await using (var connection = new SqliteConnection(file.ToString()))
        {
            await connection.OpenAsync(cancellationToken);
            await using var journal = connection.CreateCommand();
            journal.CommandText = "PRAGMA journal_mode = 'wal'";
            await journal.ExecuteNonQueryAsync(cancellationToken);
            await SqliteCheck.RequireSoundAsync(connection, TimeSpan.FromSeconds(storage.Value.CheckSeconds), time, cancellationToken);
        }

        await Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        await Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Reads of the file itself: connections that have been used have pages of it in memory.</summary>
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

    // Ids are text in capitals here.
    internal override (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter) =>
        ($" AND \"Id\" NOT IN (SELECT value FROM json_each({parameter}))", $"[{string.Join(',', ids.Select(id => $"\"{id.ToString().ToUpperInvariant()}\""))}]");

    protected override void OnModelCreating(ModelBuilder modelBuilder) => AllTables.Configure(modelBuilder, Json);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // ISO text in UTC: SQLite has no type for times, and text of one width sorts as they do.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<IsoTime>();
    }

    private sealed class IsoTime() : ValueConverter<DateTimeOffset, string>(
        time => Write(time), text => DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))
    {
        private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

        public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
    }

    // Who finds the database busy waits within SQLite, which looks again after milliseconds; the provider's own wait looks after 150, and not in the midst of a reader.
    // A commit has reached the disk when it returns (https://www.sqlite.org/pragma.html#pragma_synchronous); the setting is the connection's, not the file's.
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

        /// <summary>A connection that was used before would go on with a file that was deleted, and lose what it writes.</summary>
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

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
