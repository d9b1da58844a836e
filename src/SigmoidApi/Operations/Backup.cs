using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Database;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Storage;

namespace SigmoidApi.Operations;

/// <summary>
/// <c>dotnet SigmoidApi.dll backup DIRECTORY [settings]</c>: copies the store, also while a service uses it. The copy is a storage directory itself. It copies
/// a snapshot of the database first, then the files of its data sets, which never change: as hard links, or as copies on another disk. The database gets its
/// final name last, so that an unfinished backup has no database. A PostgreSQL database is copied by <c>pg_dump</c>, before the files.
/// </summary>
internal static partial class Backup
{
    /// <summary>The command-line argument that starts a backup.</summary>
    public const string Verb = "backup";

    /// <returns>The exit code: 0, or 1 if a directory can't be used.</returns>
    public static async Task<int> RunAsync(string directory, string[] settings, TextWriter output)
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.Logging.ClearProviders();
        builder.AddHttpConventions();
        builder.AddStorage();
        await using var app = builder.Build();
        directory = Path.GetFullPath(directory);
        if (File.Exists(directory) || (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()))
        {
            await output.WriteLineAsync($"'{directory}' is not empty: name an empty or a new directory.");
            return 1;
        }

        var source = app.Services.GetRequiredService<StorageDirectory>();
        var datasets = Directory.CreateDirectory(Path.Combine(directory, StorageDirectory.DatasetsName)).FullName;
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync();
        if (app.Services.GetRequiredService<IOptions<StorageOptions>>().Value.IsShared)
        {
            var rows = await db.Datasets.Select(d => d.Id).ToListAsync();
            var copied = rows.Count(id => TryCopy(DatasetFiles.ParquetPath(source.Path, id), datasets));
            DatasetFiles.SyncDirectory(datasets);
            await output.WriteLineAsync(
                $"The files of {copied} data sets are in '{directory}'. Their rows are in the dump made before: "
                + "pg_dump --format=custom --file=sigmoid.dump …");
            return 0;
        }

        if (!File.Exists(source.File(StorageDirectory.DatabaseName)))
        {
            await output.WriteLineAsync($"There is no {StorageDirectory.DatabaseName} in '{source.Path}': set Storage:Directory to its directory.");
            return 1;
        }

        var unfinished = Path.Combine(directory, StorageDirectory.DatabaseName + ".unfinished");
        await db.Database.ExecuteSqlAsync($"VACUUM INTO {unfinished}");
        var counted = await CopyFilesAsync(source.Path, unfinished, datasets, output);
        // SQLite does not sync this copy to disk (https://www.sqlite.org/lang_vacuum.html#vacuuminto).
        DatasetFiles.Sync(unfinished);
        DatasetFiles.SyncDirectory(datasets);
        File.Move(unfinished, Path.Combine(directory, StorageDirectory.DatabaseName));
        DatasetFiles.SyncDirectory(directory);
        await output.WriteLineAsync($"The database and the files of {counted} data sets are in '{directory}'.");
        return 0;
    }

    private static async Task<int> CopyFilesAsync(string source, string database, string datasets, TextWriter output)
    {
        var file = new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        await using var connection = new SqliteConnection(file.ToString());
        await connection.OpenAsync();
        // The mode that the service uses. The copy does not inherit it from the original.
        await ExecuteAsync(connection, "PRAGMA journal_mode = WAL");
        var ids = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = """SELECT "Id" FROM "Datasets" ORDER BY "Id" """;
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                ids.Add(rows.GetString(0));
        }

        foreach (var id in ids.ToArray())
        {
            if (TryCopy(DatasetFiles.ParquetPath(source, Guid.Parse(id)), datasets))
                continue;
            await ExecuteAsync(connection, """DELETE FROM "Datasets" WHERE "Id" = $id""", id);
            await output.WriteLineAsync($"Data set {Guid.Parse(id)} was deleted meanwhile, and is not in the backup.");
            ids.Remove(id);
        }

        return ids.Count;
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string statement, string? id = null)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // all statements are written above
        command.CommandText = statement;
#pragma warning restore CA2100
        if (id is not null)
            command.Parameters.AddWithValue("$id", id);
        await command.ExecuteNonQueryAsync();
    }

    /// <returns>False if the file no longer exists.</returns>
    private static bool TryCopy(string file, string directory)
    {
        var copy = Path.Combine(directory, Path.GetFileName(file));
        if (!OperatingSystem.IsWindows() && Link(file, copy) == 0)
            return true;
        try
        {
            File.Copy(file, copy);
            DatasetFiles.Sync(copy);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
