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
/// <c>dotnet SigmoidApi.dll backup DIRECTORY [settings]</c>: a copy of the store while a service works on it, which is itself a storage directory. First the database, as it
/// stood at one moment, then the files of the data sets in it, which never change: hard links, or copies on another disk. The database gets its name last, so that what has none is no backup.
/// PostgreSQL is copied by its own <c>pg_dump</c>, before the files.
/// </summary>
internal static partial class Backup
{
    /// <summary>The argument that makes the program this.</summary>
    public const string Verb = "backup";
    private const string DatabaseName = "sigmoid.db";

    /// <returns>The exit code: 0, or 1 where the directory won't do.</returns>
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
            await output.WriteLineAsync($"'{directory}' is not empty: name a directory that is, or is not there yet.");
            return 1;
        }

        var source = app.Services.GetRequiredService<StorageDirectory>();
        var datasets = Directory.CreateDirectory(Path.Combine(directory, "datasets")).FullName;
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync();
        if (app.Services.GetRequiredService<IOptions<StorageOptions>>().Value.IsShared)
        {
            var rows = await db.Datasets.Select(d => d.Id).ToListAsync();
            var copied = rows.Count(id => TryCopy(DatasetFiles.ParquetPath(source.Path, id), datasets));
            DatasetFiles.SyncDirectory(datasets);
            await output.WriteLineAsync($"The files of {copied} data sets are in '{directory}'. Their rows are in the dump that was made before: pg_dump --format=custom --file=sigmoid.dump …");
            return 0;
        }

        if (!File.Exists(source.File(DatabaseName)))
        {
            await output.WriteLineAsync($"There is no {DatabaseName} in '{source.Path}': say where it is by Storage:Directory.");
            return 1;
        }

        var unfinished = Path.Combine(directory, DatabaseName + ".unfinished");
        await db.Database.ExecuteSqlAsync($"VACUUM INTO {unfinished}");
        var counted = await CopyFilesAsync(source.Path, unfinished, datasets, output);
        // SQLite syncs no such copy (https://www.sqlite.org/lang_vacuum.html#vacuuminto).
        DatasetFiles.Sync(unfinished);
        DatasetFiles.SyncDirectory(datasets);
        File.Move(unfinished, Path.Combine(directory, DatabaseName));
        DatasetFiles.SyncDirectory(directory);
        await output.WriteLineAsync($"The database and the files of {counted} data sets are in '{directory}'.");
        return 0;
    }

    private static async Task<int> CopyFilesAsync(string source, string database, string datasets, TextWriter output)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        await connection.OpenAsync();
        // As the service keeps it: a reader and a writer at once. The copy does not have that from the original.
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
#pragma warning disable CA2100 // two statements, both written above
        command.CommandText = statement;
#pragma warning restore CA2100
        if (id is not null)
            command.Parameters.AddWithValue("$id", id);
        await command.ExecuteNonQueryAsync();
    }

    /// <returns>False where the file is no more.</returns>
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
