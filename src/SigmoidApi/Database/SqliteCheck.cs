using Microsoft.Data.Sqlite;
using SQLitePCL;
using SigmoidApi.Storage;

namespace SigmoidApi.Database;

/// <summary>Looks for damage of a database before the service works on it.</summary>
internal static class SqliteCheck
{
    private const int Interrupted = 9; // SQLITE_INTERRUPT

    /// <summary>Refuses a file of no length beside its write-ahead log, which SQLite would delete with all that is in it.</summary>
    /// <exception cref="DamagedDatabaseException">It is one.</exception>
    public static void RequireFile(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: 0 } && new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
            throw Damaged("sigmoid.db is empty, but its log sigmoid.db-wal is not");
    }

    /// <summary>Looks through the whole file, or as much of it as there is time for (https://www.sqlite.org/pragma.html#pragma_quick_check).</summary>
    /// <exception cref="DamagedDatabaseException">It is damaged.</exception>
    public static async Task RequireSoundAsync(SqliteConnection connection, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        if (atMost == TimeSpan.Zero)
            return;
        await using var check = connection.CreateCommand();
        check.CommandText = "PRAGMA quick_check(1)";
        // The command itself has no end that comes in the midst of a row.
        await using var end = time.CreateTimer(_ => raw.sqlite3_interrupt(connection.Handle), null, atMost, Timeout.InfiniteTimeSpan);
        try
        {
            if (await check.ExecuteScalarAsync(cancellationToken) is string found and not "ok")
                throw Damaged(found);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Interrupted)
        {
            // What it has not come to is found when it is read.
        }
    }

    private static DamagedDatabaseException Damaged(string how) =>
        new($"The database is damaged, sigmoid.db under Storage:Directory ({how}): restore a backup (README, \"Backup and restore\").");
}
