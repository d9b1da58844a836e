using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Options;
using SigmoidApi.Database;
using SigmoidApi.Storage;

namespace SigmoidApi.Tests.Database;

/// <summary>What is generated from the model, for each store: migrations, the script of all of them, and the compiled model.</summary>
public abstract class MigrationTests
{
    /// <summary>Set to 1, this writes the scripts to their files instead of comparing the two.</summary>
    private const string Renew = "RENEW_MIGRATIONS";

    protected abstract string Store { get; }

    /// <summary>What tables, columns, keys and indexes a database has, one text for each.</summary>
    protected abstract string SchemaQuery { get; }

    /// <param name="connectionString">A new database; null where the context is not used to reach one.</param>
    protected abstract SigmoidDbContext Context(string? connectionString);

    protected abstract Task<string> NewDatabase();

    [Fact]
    public void MigrationsHaveTheWholeModel()
    {
        using var db = Context(connectionString: null);

        db.Database.HasPendingModelChanges().ShouldBeFalse("A change of the model needs a migration: CONTRIBUTING.md, \"Add a migration\".");
    }

    [Fact]
    public async Task ScriptIsOfAllMigrations()
    {
        await using var db = Context(connectionString: null);
        var script = db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.NoTransactions).ReplaceLineEndings("\n");
        // A statement that a migration has as text may end without a semicolon.
        script = Regex.Replace(script, "(?<!;)\n\n(?=[A-Z])", ";$0");

        var file = Path.Combine(Repository.Root, "src/SigmoidApi/Database", Store, "Migrations/script.sql");
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            await File.WriteAllTextAsync(file, script, TestContext.Current.CancellationToken);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(script, $"{Renew}=1 writes it.");
    }

    [Fact]
    public async Task NewDatabaseHasTheTablesThatMigrationsMake()
    {
        await using var byScript = Context(await NewDatabase());
        await byScript.MigrateAsync(hasDatasets: false, TestContext.Current.CancellationToken);
        await using var byMigrations = Context(await NewDatabase());
        await byMigrations.Database.MigrateAsync(TestContext.Current.CancellationToken);

        var schema = await Schema(byScript);
        schema.Count.ShouldBeGreaterThan(15);
        schema.ShouldBe(await Schema(byMigrations));
        (await byScript.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken)).ShouldBe(byScript.Database.GetMigrations());
    }

    [Fact]
    public void CompiledModelIsTheModel()
    {
        using var db = Context(connectionString: null);
        var built = db.GetService<IModelSource>().GetModel(db, db.GetService<ModelCreationDependencies>(), designTime: false);

        db.Model.GetType().Namespace.ShouldBe($"SigmoidApi.Database.{Store}.Compiled");
        Description(db.Model).ShouldBe(Description(built), "`dotnet ef dbcontext optimize` renews it: CONTRIBUTING.md, \"Add a migration\".");
    }

    private static string Description(IModel model) => model.GetRelationalModel().ToDebugString(MetadataDebugStringOptions.LongDefault)
        + string.Concat(model.GetEntityTypes().Select(type => type.ToDebugString(MetadataDebugStringOptions.LongDefault)));

    private async Task<List<string>> Schema(SigmoidDbContext db)
    {
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = SchemaQuery;
        await using DbDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            lines.Add(reader.GetString(0));
        return lines;
    }
}

public sealed class SqliteMigrationTests : MigrationTests, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sigmoid-migrations-");

    protected override string Store => "Sqlite";

    protected override string SchemaQuery =>
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE tbl_name <> '__EFMigrationsLock' ORDER BY 1";

    protected override Task<string> NewDatabase() => Task.FromResult(Path.Combine(_directory.FullName, $"{Guid.NewGuid():n}.db"));

    protected override SigmoidDbContext Context(string? connectionString)
    {
        var options = new DbContextOptionsBuilder<SqliteDbContext>();
        var file = connectionString ?? Path.Combine(_directory.FullName, "none.db");
        SqliteDbContext.Configure(options, file);
        if (connectionString is not null)
            File.Create(file).Dispose();
        return new SqliteDbContext(options.Options, new SqliteTurn(), Options.Create(new StorageOptions()), TimeProvider.System);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}

[Trait("Speed", "Slow")]
public sealed class PostgresMigrationTests(PostgresServer server) : MigrationTests
{
    protected override string Store => "Postgres";

    protected override string SchemaQuery => """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
                || ' ' || coalesce(collation_name, '')
            FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        ORDER BY 1
        """;

    protected override Task<string> NewDatabase() => server.CreateDatabase();

    protected override SigmoidDbContext Context(string? connectionString)
    {
        var options = new DbContextOptionsBuilder<PostgresDbContext>();
        PostgresDbContext.Configure(options, connectionString ?? "Host=localhost;Database=none", TimeSpan.FromMinutes(1));
        return new PostgresDbContext(options.Options);
    }
}
