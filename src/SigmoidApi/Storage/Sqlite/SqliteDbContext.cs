using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Storage.Sqlite;

/// <summary>The store in a file, of one process alone. Its write transactions come one after another, so no row needs a lock.</summary>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options, IOptions<JsonOptions> json, SqliteTurn turn) : SigmoidDbContext(options, json)
{
    /// <summary>How long a write waits for others: in this process they take milliseconds.</summary>
    internal const int BusySeconds = 5;

    public static void Configure(DbContextOptionsBuilder context, string file)
    {
        // Only a migration makes the file: one that is lost is to be missed, not made anew and empty.
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = BusySeconds, Mode = SqliteOpenMode.ReadWrite };
        context.UseSqlite(connection.ToString()).AddInterceptors(new DurableWrites());
    }

    /// <summary>Migrates. The directory is this process's alone, so that a lock which a killed process left in the database is nobody's.</summary>
    public override async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using (var file = new SqliteConnection(new SqliteConnectionStringBuilder(Database.GetConnectionString()) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ToString()))
        {
            await file.OpenAsync(cancellationToken);
            await using var journal = file.CreateCommand();
            journal.CommandText = "PRAGMA journal_mode = 'wal'";
            await journal.ExecuteNonQueryAsync(cancellationToken);
        }

        await Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        await Database.MigrateAsync(cancellationToken);
    }

    protected override async Task<IDisposable?> TurnAsync(CancellationToken cancellationToken) => await turn.TakeAsync(cancellationToken);

    protected override object TimeParameter(DateTimeOffset time) => IsoTime.Write(time);

    // Ids are text in capitals here.
    protected override (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter) =>
        ($" AND \"Id\" NOT IN (SELECT value FROM json_each({parameter}))", $"[{string.Join(',', ids.Select(id => $"\"{id.ToString().ToUpperInvariant()}\""))}]");

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
    private sealed class DurableWrites : DbConnectionInterceptor
    {
        private static readonly string Pragmas = $"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

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
