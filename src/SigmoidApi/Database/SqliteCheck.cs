using Microsoft.Data.Sqlite;
using SQLitePCL;
using SigmoidApi.Storage;

namespace SigmoidApi.Database;

/// <summary>Checks a database for damage before the service uses it.</summary>
internal static class SqliteCheck
{
    private const int Interrupted = 9; // SQLITE_INTERRUPT

    /// <summary>Refuses an empty file whose write-ahead log is not empty: SQLite would delete the log and its data.</summary>
    /// <exception cref="DamagedDatabaseException">The file is empty, but its log is not.</exception>
    public static void RequireFile(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: 0 } && new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
            throw Damaged($"{StorageDirectory.DatabaseName} is empty, but its log {StorageDirectory.DatabaseName}-wal is not");
    }

    /// <summary>Checks the whole file, or the part that fits into the time (https://www.sqlite.org/pragma.html#pragma_quick_check).</summary>
    /// <exception cref="DamagedDatabaseException">The file is damaged.</exception>
    public static async Task RequireSoundAsync(SqliteConnection connection, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        if (atMost == TimeSpan.Zero)
            return;
        await using var check = connection.CreateCommand();
        check.CommandText = "PRAGMA quick_check(1)";
        // The command's own timeout and cancellation do not act while SQLite computes a row.
        await using var end = time.CreateTimer(_ => raw.sqlite3_interrupt(connection.Handle), null, atMost, Timeout.InfiniteTimeSpan);
        try
        {
            if (await check.ExecuteScalarAsync(cancellationToken) is string found and not "ok")
                throw Damaged(found);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Interrupted)
        {
            // Damage in the unchecked part is found when it is read.
        }
    }

    private static DamagedDatabaseException Damaged(string how) =>
        new($"The database is damaged, {StorageDirectory.DatabaseName} under Storage:Directory ({how}): {DamagedDatabaseException.Restore}.");
}
