using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SigmoidApi.Http;

namespace SigmoidApi.Storage;

/// <summary>
/// Errors of the database or the disk that are not a request's fault: a full disk, a lock, a restarting server, a damaged file. Requests get a 503, jobs wait
/// and then continue, and one log line, repeated at most once a minute, says what to do.
/// </summary>
public sealed partial class TransientStorageErrors(StorageDirectory directory, TimeProvider time, ILogger<TransientStorageErrors> logger) : IOutage
{
    private const string Restore = DamagedDatabaseException.Restore + ".";
    private const string IsDamaged = $"The database is damaged, {StorageDirectory.DatabaseName} under Storage:Directory: stop the service and " + Restore;
    private const string PostgresIsDamaged = "PostgreSQL finds its data damaged: look at its log, and " + Restore;
    private const string RowIsUnreadable = "A row of the database can't be read; it is damaged, or another program has changed it: correct it, or " + Restore;
    private const string TablesAreGone =
        "The database, or a table of it, is gone or is not of this version: check Storage:Directory or ConnectionStrings:Sigmoid, "
        + "start the version that made it, or " + Restore;
    private const string NoDatabase = "PostgreSQL has no such database or schema: correct ConnectionStrings:Sigmoid, create it, or " + Restore;
    private const string UserIsRefused = "PostgreSQL refuses the user or the password: correct ConnectionStrings:Sigmoid, or pg_hba.conf.";
    private const string TableIsRefused = "PostgreSQL refuses the user a table: GRANT it, or correct ConnectionStrings:Sigmoid.";
    private const string NoFile =
        $"{StorageDirectory.DatabaseName} under Storage:Directory is missing or can't be opened: "
        + "check that the directory is mounted and that this process may write to it, or " + Restore;
    private const string NoDirectory = "Storage:Directory, or a folder in it, is missing: check that it is mounted, or " + Restore;
    private const string DiskIsFull = "The disk is full: free some space under Storage:Directory, or where the database is.";
    private const string CannotWrite = "Storage:Directory can't be written to: check its permissions, and that it is not mounted read-only.";
    private const string NoDatasetFile =
        "The file of a data set is missing, damaged or can't be opened: check that Storage:Directory is mounted, and that this process may read it, "
        + "or restore the file from a backup.";

    /// <summary>ENOSPC, as <see cref="Exception.HResult"/> of an <see cref="IOException"/> on Linux.</summary>
    internal const int NoSpace = 28;

    /// <summary>SQLITE_CANTOPEN.</summary>
    internal const int CannotOpen = 14;

    private const string NoServer = "PostgreSQL can't be reached or refuses: check that it runs, and ConnectionStrings:Sigmoid.";

    /// <summary>The pause between two attempts.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LogAgainAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _logged = new(StringComparer.Ordinal);
    private volatile bool _databaseIsDamaged;

    /// <summary>
    /// After SQLite has found its file damaged, the service no longer reads or writes it, since results might be wrong. A restored file needs a restart.
    /// </summary>
    /// <exception cref="DamagedDatabaseException">The file is damaged.</exception>
    public void ThrowIfDamaged()
    {
        if (_databaseIsDamaged)
            throw new DamagedDatabaseException(IsDamaged);
    }

    /// <summary>What to do about a failure; null if it is not an error of the storage.</summary>
    public static string? AdviceFor(Exception failure) => failure switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode switch
        {
            5 or 6 => $"The database is locked by another program: end whatever has {StorageDirectory.DatabaseName} open.", // SQLITE_BUSY, SQLITE_LOCKED
            8 => CannotWrite, // SQLITE_READONLY
            CannotOpen => NoFile,
            13 => DiskIsFull, // SQLITE_FULL
            10 => "The disk under Storage:Directory fails or is full: look at the system's log.", // SQLITE_IOERR
            11 or 26 => IsDamaged, // SQLITE_CORRUPT, SQLITE_NOTADB
            // SQLITE_ERROR has no more specific code for these.
            1 when sqlite.Message.Contains("no such table", StringComparison.Ordinal)
                || sqlite.Message.Contains("no such column", StringComparison.Ordinal) => TablesAreGone,
            _ => null,
        },
        PostgresException postgres => postgres.SqlState[..2] switch
        {
            "53" when postgres.SqlState == PostgresErrorCodes.DiskFull => DiskIsFull,
            "53" when postgres.SqlState == PostgresErrorCodes.TooManyConnections =>
                "PostgreSQL has no connection left: raise its max_connections, or lower 'Maximum Pool Size' in ConnectionStrings:Sigmoid.",
            "28" => UserIsRefused,
            "42" when postgres.SqlState == PostgresErrorCodes.InsufficientPrivilege => TableIsRefused,
            "42" when postgres.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => TablesAreGone,
            "3D" or "3F" => NoDatabase,
            "XX" when postgres.SqlState is PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => PostgresIsDamaged,
            "08" or "53" or "57" or "58" => NoServer, // connection, resources, operator intervention, system
            "40" or "55" => "PostgreSQL aborted a transaction in favor of another one; if this goes on, look for locks in pg_stat_activity.",
            // idle_in_transaction_session_timeout
            "25" when postgres.SqlState == "25P03" =>
                "PostgreSQL ended a transaction of a process that did not run for too long: check whether the machine has enough processors.",
            "25" when postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction => "PostgreSQL is read-only: connect to the primary.",
            _ => null,
        },
        NpgsqlException or ObjectDisposedException { ObjectName: "NpgsqlConnection" } => NoServer,
        DamagedDatabaseException damaged => damaged.Message,
        DbUpdateException or InvalidOperationException when failure.InnerException is { } inner =>
            AdviceFor(inner) ?? (IsUnreadableValue(failure, inner) ? RowIsUnreadable : null),
        AggregateException several => several.InnerExceptions.Select(AdviceFor).FirstOrDefault(advice => advice is not null),
        DatasetFileException => NoDatasetFile,
        WorkerTroubleException trouble => trouble.Advice,
        DirectoryNotFoundException => NoDirectory,
        IOException io => (io.HResult & 0xFFFF) switch
        {
            NoSpace or 112 or 122 => DiskIsFull, // ERROR_DISK_FULL, EDQUOT
            30 => CannotWrite, // EROFS
            _ => null,
        },
        UnauthorizedAccessException => CannotWrite,
        _ => null,
    };

    /// <summary>The detail of the problem for callers; null for the usual sentence, that the storage can't be used now.</summary>
    public static string? DetailFor(Exception failure) => AdviceFor(failure) switch
    {
        DiskIsFull => "The service's disk is full. Its operator has to free some space; then send the request again.",
        IsDamaged or PostgresIsDamaged or RowIsUnreadable or TablesAreGone =>
            "The service's database is damaged. Its operator has to restore a backup, as the service's log says.",
        NoDatasetFile => "The file of a data set is missing, or can't be opened. The service's operator has to restore it, as the service's log says.",
        _ => null,
    };

    /// <summary>Whether the database must be restored, so that waiting does not help.</summary>
    public static bool IsDamage(Exception failure) =>
        failure is DamagedDatabaseException || AdviceFor(failure) is IsDamaged or PostgresIsDamaged or TablesAreGone;

    /// <summary>Whether the error lasts until an operator ends it. A full disk, a lock and a restarting server may end by themselves.</summary>
    public static bool NeedsAnOperator(Exception failure) =>
        IsDamage(failure) || AdviceFor(failure) is RowIsUnreadable or NoDatabase or NoFile or NoDirectory or CannotWrite or UserIsRefused or TableIsRefused;

    bool IOutage.Covers(Exception failure) => AdviceFor(failure) is not null;

    string? IOutage.DetailOf(Exception failure) => DetailFor(failure);

    bool IOutage.Log(Exception failure) => LogIfTransient(failure);

    /// <summary>Logs the failure if it is an error of the storage. Returns whether it is one.</summary>
    public bool LogIfTransient(Exception failure)
    {
        if (AdviceFor(failure) is not { } advice)
            return false;
        if (advice == IsDamaged)
            _databaseIsDamaged = true;
        if (IsDue(advice))
            LogTrouble(advice, failure.GetBaseException().Message, directory.Path);
        return true;
    }

    /// <summary>Logs why the service can't start.</summary>
    public void LogNoStart(Exception failure) =>
        LogNoStart(AdviceFor(failure) ?? failure.Message, failure.GetBaseException().Message, directory.Path);

    /// <summary>Whether to log a repeated failure now: at most once a minute.</summary>
    public bool IsDue(Exception failure) => IsDue($"{failure.GetType()} {failure.Message}");

    private bool IsDue(string what)
    {
        var now = time.GetTimestamp();
        var last = _logged.GetOrAdd(what, long.MinValue);
        return (last == long.MinValue || time.GetElapsedTime(last, now) >= LogAgainAfter) && _logged.TryUpdate(what, now, last);
    }

    /// <summary>Whether a stored value could not be converted: Entity Framework wraps the exception of the conversion.</summary>
    private static bool IsUnreadableValue(Exception failure, Exception inner) =>
        failure.Source == "Microsoft.EntityFrameworkCore.Relational"
        && inner is InvalidOperationException or FormatException or JsonException or InvalidCastException or OverflowException or ArgumentException
            or NotSupportedException or NullReferenceException;

    /// <summary>Does work that is repeated regularly. Failures are logged and otherwise ignored, also during a stop.</summary>
    /// <exception cref="OperationCanceledException">The work was canceled.</exception>
    public async Task TryAndLogAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // regular work must go on after any failure
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // A start that fails disposes the services while regular work begins; the service ends then.
            if (failure is not ObjectDisposedException { ObjectName: nameof(IServiceProvider) } && !LogIfTransient(failure) && IsDue(failure))
                LogFailed(failure);
        }
    }

    /// <summary>Repeats work until it succeeds, as long as it fails with errors of the storage.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Cancels the attempts.</param>
    /// <param name="leaving">When canceled, an error that needs an operator is thrown instead of retried.</param>
    /// <exception cref="OperationCanceledException">The attempts were canceled, also if the last one failed.</exception>
    public async Task<T> RetryAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken, CancellationToken leaving = default)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception failure) when (LogIfTransient(failure) && !(leaving.IsCancellationRequested && NeedsAnOperator(failure)))
            {
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Error, "Regular maintenance of the store failed; it will be tried again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "{Advice} Until then requests that need it get a 503, and jobs wait. ({Reason}; Storage:Directory is {Directory})")]
    private partial void LogTrouble(string advice, string reason, string directory);

    [LoggerMessage(LogLevel.Critical, "The service can't start. {Advice} ({Reason}; Storage:Directory is {Directory})")]
    private partial void LogNoStart(string advice, string reason, string directory);
}
