using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SigmoidApi.Datasets.Import;

namespace SigmoidApi.Storage;

/// <summary>
/// What goes wrong with the database or the disk by nobody's mistake, and passes: a full disk, a lock, a server that starts anew. Requests get a 503, jobs wait and go on,
/// and one log line, repeated once a minute, says what to do.
/// </summary>
public sealed partial class StorageTroubles(TimeProvider time, ILogger<StorageTroubles> logger)
{
    private const string DiskIsFull = "The disk is full: free some space under Storage:Directory, or where the database is.";
    private const string CannotWrite = "Storage:Directory can't be written to: check its permissions, and that it is not mounted read-only.";
    private const string NoDatasetFile = "The file of a data set is missing or can't be opened: check that Storage:Directory is mounted, and that this process may read it.";
    private const string NoServer = "PostgreSQL can't be reached or refuses: check that it runs, and ConnectionStrings:Sigmoid.";

    /// <summary>How soon to try again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LogAgainAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _logged = new();

    /// <summary>What to do about a failure; null where it is no trouble of the storage's.</summary>
    public static string? AdviceFor(Exception failure) => failure switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode switch
        {
            5 or 6 => "The database is locked by another program: end whatever has sigmoid.db open.", // SQLITE_BUSY, SQLITE_LOCKED
            8 or 14 => CannotWrite, // SQLITE_READONLY, SQLITE_CANTOPEN
            13 => DiskIsFull, // SQLITE_FULL
            10 => "The disk under Storage:Directory fails or is full: look at the system's log.", // SQLITE_IOERR
            _ => null,
        },
        PostgresException postgres => postgres.SqlState[..2] switch
        {
            "53" when postgres.SqlState == PostgresErrorCodes.DiskFull => DiskIsFull,
            "08" or "53" or "57" or "58" => NoServer, // connections, resources, an operator's doing, the system
            "40" or "55" => "PostgreSQL gave way to another transaction; if this goes on, look for locks in pg_stat_activity.",
            "25" when postgres.SqlState == "25P03" => "PostgreSQL ended a transaction of a process that stood still: look whether the machine has processors enough.", // idle_in_transaction_session_timeout
            "25" when postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction => "PostgreSQL is read-only: connect to the primary.",
            _ => null,
        },
        NpgsqlException or ObjectDisposedException { ObjectName: "NpgsqlConnection" } => NoServer,
        DbUpdateException or InvalidOperationException when failure.InnerException is { } inner => AdviceFor(inner),
        AggregateException several => several.InnerExceptions.Select(AdviceFor).FirstOrDefault(advice => advice is not null),
        DatasetFileException => NoDatasetFile,
        WorkerTroubleException trouble => trouble.Advice,
        IOException io => (io.HResult & 0xFFFF) switch
        {
            28 or 112 or 122 => DiskIsFull, // ENOSPC, ERROR_DISK_FULL, EDQUOT
            30 => CannotWrite, // EROFS
            _ => null,
        },
        UnauthorizedAccessException => CannotWrite,
        _ => null,
    };

    /// <summary>Logs a trouble. Returns whether it is one.</summary>
    public bool IsTrouble(Exception failure)
    {
        if (AdviceFor(failure) is not { } advice)
            return false;
        var now = time.GetTimestamp();
        var last = _logged.GetOrAdd(advice, long.MinValue);
        if ((last == long.MinValue || time.GetElapsedTime(last, now) >= LogAgainAfter) && _logged.TryUpdate(advice, now, last))
            LogTrouble(advice, failure.GetBaseException().Message);
        return true;
    }

    /// <summary>Does something that is done again soon: whatever goes wrong is logged and passed over.</summary>
    public async Task PassOverAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // what looks after the store again and again outlives whatever one look finds
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!IsTrouble(failure))
                LogFailed(failure);
        }
    }

    /// <summary>Does something as often as it takes until no trouble stops it.</summary>
    public async Task<T> UntilItWorksAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested && IsTrouble(failure))
            {
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "Some of what is done to the store from time to time failed; it is tried again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "{Advice} Until then requests that need it get a 503, and jobs wait. ({Reason})")]
    private partial void LogTrouble(string advice, string reason);
}
