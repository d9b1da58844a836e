using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Storage;

/// <summary>The store: SQLite in <c>Storage:Directory</c>, migrated when the service starts.</summary>
public static class StorageSetup
{
    public static void AddStorage(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<StorageDirectory>();
        builder.Services.AddSingleton(services => new DatasetFiles(services.GetRequiredService<StorageDirectory>().Path));
        builder.Services.AddDbContextFactory<SigmoidDbContext>((services, context) =>
        {
            var connection = new SqliteConnectionStringBuilder
            {
                DataSource = services.GetRequiredService<StorageDirectory>().File("sigmoid.db"),
                DefaultTimeout = 30,
            };
            context.UseSqlite(connection.ToString()).AddInterceptors(new DurableWrites());
        });
    }

    public static async Task PrepareStorageAsync(this WebApplication app)
    {
        app.Services.GetRequiredService<StorageDirectory>().Open();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
        await app.Services.GetRequiredService<DatasetFiles>().SweepAsync(
            async cancellationToken => await db.Datasets.Select(d => d.Id).ToHashSetAsync(cancellationToken), CancellationToken.None);
    }

    // A commit has reached the disk when it returns (https://www.sqlite.org/pragma.html#pragma_synchronous); the setting is the connection's, not the file's.
    private sealed class DurableWrites : DbConnectionInterceptor
    {
        private const string Pragmas = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

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

/// <summary>The directory that this process keeps its state in, held by a lock so that a second process can't take the first one's jobs for orphans.</summary>
public sealed class StorageDirectory(IOptions<StorageOptions> options, IHostEnvironment environment) : IDisposable
{
    private FileStream? _lock;

    /// <summary>Absolute; a relative setting starts at the content root.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(options.Value.Directory, environment.ContentRootPath);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the directory where it is missing, and takes its lock, which the system gives back even after a kill.</summary>
    /// <exception cref="InvalidOperationException">The directory can't be made, written to, or is another process's.</exception>
    public void Open()
    {
        try
        {
            Directory.CreateDirectory(Path);
            _lock = new FileStream(File(".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Answers that waited on disk (see EvaluateStream) when a process before this one was killed.
            foreach (var rest in Directory.EnumerateFiles(Path, "ASPNETCORE_*.tmp"))
                System.IO.File.Delete(rest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"Storage:Directory '{Path}' can't be used: it must be a directory that this process may write to and that no other SigmoidApi process uses.", e);
        }
    }

    public void Dispose() => _lock?.Dispose();
}
