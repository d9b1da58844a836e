using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>A process of this same program that reads uploaded files (<see cref="WorkerMain"/>). Used by one caller at a time.</summary>
internal sealed class WorkerProcess : IDisposable
{
    // A service that was stopped itself finds the work's messages between two looks.
    private const int Looks = 10;

    private const int LongestSaying = 300;

    private readonly Process _process;

    /// <param name="options">What it may use.</param>
    /// <param name="says">Is called with the first line of what the process writes as an error. Of the rest, which a file may make long, nothing is kept.</param>
    /// <exception cref="WorkerTroubleException">The system starts no more processes.</exception>
    public WorkerProcess(DatasetOptions options, Action<string> says)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var program = typeof(WorkerProcess).Assembly.Location;
        // A name as SigmoidApi.Tests is another program's, whatever its extension is taken for.
        if (Environment.ProcessPath == Path.ChangeExtension(program, OperatingSystem.IsWindows() ? "exe" : null))
        {
            start.FileName = Environment.ProcessPath!;
        }
        else
        {
            start.FileName = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : DotnetPath;
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(program);
        }

        foreach (var argument in WorkerMain.Arguments(options))
            start.ArgumentList.Add(argument);
        // What the service was given is none of its business, the database's password least of all: it gets what the runtime needs to be found and started.
        var own = start.Environment.Where(variable => IsForRuntime(variable.Key)).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in own)
            start.Environment[name] = value;
        // Nobody debugs or profiles it, and it is to hold little. The last is in hexadecimal, as the runtime reads it.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "5";
        start.Environment["DOTNET_GCHeapHardLimit"] = (options.MemoryMegabytes * 1_000_000L).ToString("x", CultureInfo.InvariantCulture);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new WorkerTroubleException("No process can be started that reads uploads: look at the limits of processes and memory.", exception.Message);
        }

        _ = ListenAsync(says);
    }

    public bool HasExited => _process.HasExited;

    public int ProcessId => _process.Id;

    /// <summary>Asks, and waits for the answer; a worker whose answer is no longer wanted, or that does not get on, is killed.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="stall">How long it may take without getting on.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="cancellationToken">Ends the worker.</param>
    /// <exception cref="WorkerEndedException">The process ended without an answer.</exception>
    public async Task<WorkerReply> AskAsync(WorkerRequest request, TimeSpan stall, TimeProvider time, CancellationToken cancellationToken)
    {
        using var kill = cancellationToken.Register(Kill);
        using var stalled = new CancellationTokenSource();
        var (quiet, isHeldUp) = (0, false);
        await using var looks = time.CreateTimer(
            _ =>
            {
                if (Interlocked.Increment(ref quiet) != Looks - 1)
                    return;
                isHeldUp = IsHeldUp();
                stalled.Cancel();
            },
            null, stall / Looks, stall / Looks);
        string? line;
        try
        {
            await _process.StandardInput.WriteLineAsync(WorkerMessages.Write(request).AsMemory(), cancellationToken).WaitAsync(stalled.Token);
            await _process.StandardInput.FlushAsync(cancellationToken).WaitAsync(stalled.Token);
            while ((line = await _process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(stalled.Token)) == WorkerMessages.Progress)
                Volatile.Write(ref quiet, 0);
        }
        catch (IOException)
        {
            line = null;
        }
        catch (OperationCanceledException) when (stalled.IsCancellationRequested)
        {
            // It may be in the hands of a disk that does not answer, and not even end: nobody waits for that.
            Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw new WorkerEndedException(isHeldUp ? WorkerEnd.HeldUp : WorkerEnd.Stalled, exitCode: null);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (line is not null)
            return WorkerMessages.Read<WorkerReply>(line);
        await _process.WaitForExitAsync(cancellationToken);
        throw new WorkerEndedException(IsCrash(_process.ExitCode) ? WorkerEnd.Crashed : WorkerEnd.Killed, _process.ExitCode);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    /// <summary>Passes the first line of standard error on, and closes it: a stack overflow writes a line for each of a million frames.</summary>
    private async Task ListenAsync(Action<string> says)
    {
        try
        {
            var start = new char[LongestSaying];
            var length = await _process.StandardError.ReadAsync(start);
            _process.StandardError.Close();
            if (length > 0)
                says(new string(start, 0, length).Split('\n')[0]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was killed.
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Whether the process waits for a disk or was stopped, neither of which is its file's doing; by the states of its threads (proc_pid_stat(5)).</summary>
    private bool IsHeldUp()
    {
        try
        {
            return Directory.GetDirectories($"/proc/{_process.Id}/task").Select(thread => File.ReadAllText(Path.Combine(thread, "stat")))
                .Any(stat => stat.AsSpan(stat.LastIndexOf(')')) is [_, _, 'D' or 'T' or 't', ..]);
        }
        catch (IOException)
        {
            // A system without such files, or a process that has just ended.
            return false;
        }
    }

    // 128 and the number of SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV or SIGSYS: what a process does to itself. Others come from outside, and so does a runtime that does not start.
    private static bool IsCrash(int exitCode) => OperatingSystem.IsWindows() || exitCode is 132 or 133 or 134 or 135 or 136 or 139 or 159;

    private static bool IsForRuntime(string variable) =>
        variable.StartsWith("DOTNET_ROOT", StringComparison.OrdinalIgnoreCase) || (OperatingSystem.IsWindows() && variable.Equals("SystemRoot", StringComparison.OrdinalIgnoreCase));

    private static string DotnetPath => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}

/// <summary>How a worker ended that gave no answer.</summary>
internal enum WorkerEnd
{
    /// <summary>By a fault of its own.</summary>
    Crashed,

    /// <summary>By a signal from outside: the system's, short of memory, or somebody's.</summary>
    Killed,

    /// <summary>It ran and did not get on, and was killed for it.</summary>
    Stalled,

    /// <summary>It was stopped, or waited for a disk, and was killed for it.</summary>
    HeldUp,
}

/// <summary>A worker ended without an answer.</summary>
internal sealed class WorkerEndedException(WorkerEnd end, int? exitCode)
    : Exception(exitCode is null ? $"The process that read the file made no progress ({end})." : $"The process that read the file ended with exit code {exitCode} ({end}).")
{
    public WorkerEnd End => end;

    public int? ExitCode => exitCode;
}
