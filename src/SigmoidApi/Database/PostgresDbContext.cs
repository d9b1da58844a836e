using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SigmoidApi.Storage;

namespace SigmoidApi.Database;

/// <summary>The store in PostgreSQL, which replicas share. Rows that two replicas may change at once are locked.</summary>
public sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options) : SigmoidDbContext(options)
{
    /// <summary>The first id of the advisory locks, one for each <see cref="StoreLock"/>. An arbitrary number that no other program uses.</summary>
    private const long FirstLock = 0x5167_6D6F_6964;

    private const string AutoPrepare = "Max Auto Prepare";

    /// <param name="context">The options to configure.</param>
    /// <param name="connectionString">The connection string. Its settings override the defaults here.</param>
    /// <param name="patience">How long a transaction of this process may be idle before the server ends it.</param>
    public static void Configure(DbContextOptionsBuilder context, string connectionString, TimeSpan patience)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        // The service repeats a few statements. Parsing and planning each one again took a third of the time of a small job. Behind a connection pooler that
        // does not support prepared statements, set it to 0.
        if (!connection.ShouldSerialize(AutoPrepare))
            connection[AutoPrepare] = 100;
        // A process that is suspended or cut off within a transaction would otherwise hold its row locks, and block the job for all others.
        if (!connection.ShouldSerialize(nameof(connection.Options)))
            connection.Options = string.Create(CultureInfo.InvariantCulture, $"-c idle_in_transaction_session_timeout={patience.TotalMilliseconds:F0}");
        context.UseNpgsql(connection.ToString());
    }

    internal override string SkipLockedRows => " FOR UPDATE SKIP LOCKED";

    internal override (string Condition, object Ids) NoneOf(IReadOnlyCollection<Guid> ids, string parameter) =>
        ($" AND \"Id\" <> ALL({parameter})", ids.ToArray());

    /// <summary>Migrates, one replica at a time.</summary>
    public override async Task MigrateAsync(bool hasDatasets, CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        try
        {
            // A lock of the session: it ends with the connection, even if this process is killed.
            await Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({FirstLock + (long)StoreLock.Migration})", cancellationToken);
            var state = await RequireOwnAsync(hasDatasets, cancellationToken);
            if (state == SchemaState.Empty)
                await CreateTablesAsync(cancellationToken);
            else if (state == SchemaState.Older)
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

    protected override async Task<bool> HasTableAsync(string table, CancellationToken cancellationToken)
    {
        await using var query = Database.GetDbConnection().CreateCommand();
        query.CommandText = "SELECT to_regclass(quote_ident($1)) IS NOT NULL";
        query.Parameters.Add(new NpgsqlParameter { Value = table });
        return (bool)(await query.ExecuteScalarAsync(cancellationToken))!;
    }

    protected override string MigrationScript => EmbeddedScript.Read("Postgres");

    protected override void OnModelCreating(ModelBuilder modelBuilder) => AllTables.Configure(modelBuilder);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // Texts sort by their bytes, as in SQLite, not by the server's locale.
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
