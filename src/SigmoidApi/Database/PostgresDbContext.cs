using System.Globalization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using SigmoidApi.Storage;

namespace SigmoidApi.Database;

/// <summary>The store in PostgreSQL, which replicas share: rows that two of them may change at once are locked.</summary>
public sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options, IOptions<JsonOptions> json) : SigmoidDbContext(options, json)
{
    /// <summary>Any number that nobody else locks in this database, nor those behind it, one for each <see cref="StoreLock"/>.</summary>
    private const long FirstLock = 0x5167_6D6F_6964;

    private const string AutoPrepare = "Max Auto Prepare";

    /// <param name="context">What is configured.</param>
    /// <param name="connectionString">What it says goes before what is said here.</param>
    /// <param name="patience">How long a transaction of this process may stand still before the server ends it.</param>
    public static void Configure(DbContextOptionsBuilder context, string connectionString, TimeSpan patience)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        // The same few statements again and again: to have the server parse and plan each anew took a third of the time of a small job. A proxy that does not stand it may say 0.
        if (!connection.ShouldSerialize(AutoPrepare))
            connection[AutoPrepare] = 100;
        // A process that is stopped, or cut off, in the midst of a transaction would keep the rows that it has locked, and with them the job, from all others.
        if (!connection.ShouldSerialize(nameof(connection.Options)))
            connection.Options = string.Create(CultureInfo.InvariantCulture, $"-c idle_in_transaction_session_timeout={patience.TotalMilliseconds:F0}");
        context.UseNpgsql(connection.ToString());
    }

    internal override string SkipLockedRows => " FOR UPDATE SKIP LOCKED";

    internal override (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter) => ($" AND \"Id\" <> ALL({parameter})", ids.ToArray());

    /// <summary>Migrates, one replica at a time.</summary>
    public override async Task MigrateAsync(bool hasDatasets, CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        try
        {
            // The session's: it ends with the connection, whatever becomes of this process.
            await Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({FirstLock + (long)StoreLock.Migration})", cancellationToken);
            await RequireOwnAsync(hasDatasets, cancellationToken);
            await Database.MigrateAsync(cancellationToken);
            await Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({FirstLock + (long)StoreLock.Migration})", cancellationToken);
        }
        finally
        {
            await Database.CloseConnectionAsync();
        }
    }

    internal override string HoldRows(bool toDelete) => toDelete ? " FOR UPDATE" : " FOR KEY SHARE";

    internal override Task LockAsync(StoreLock storeLock, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({FirstLock + (long)storeLock})", cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => AllTables.Configure(modelBuilder, Json);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // Text sorts by its bytes, as in the other store, and not by the server's locale.
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
