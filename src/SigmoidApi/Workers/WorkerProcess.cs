using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>A process of this program that reads uploaded files (<see cref="WorkerMain"/>). One caller uses it at a time.</summary>
internal sealed class WorkerProcess : IDisposable
{
    // The worker's progress is checked this many times before it counts as stalled. After a suspension of the service itself, its pending messages
    // arrive between two checks.
    private const int Checks = 10;

    private const int LongestErrorLine = 300;

    private readonly Process _process;

    /// <param name="options">The limits of the process.</param>
    /// <param name="onError">Called with the first line of standard error. The rest, which a file may make very long, is dropped.</param>
    /// <exception cref="WorkerTroubleException">The system can't start another process.</exception>
    public WorkerProcess(DatasetOptions options, Action<string> onError)
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
        // Compares the whole path: SigmoidApi.Tests, for example, is another program, although .Tests looks like an extension.
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
        // The worker must not see the service's environment, above all the database's password. It gets only the variables that the runtime needs to start.
        var own = start.Environment.Where(variable => IsForRuntime(variable.Key)).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in own)
            start.Environment[name] = value;
        // No diagnostics, and little memory. The runtime reads the heap limit as a hexadecimal number.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "5";
        start.Environment["DOTNET_GCHeapHardLimit"] = (options.MemoryMegabytes * 1_000_000L).ToString("x", CultureInfo.InvariantCulture);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new WorkerTroubleException("The process that reads uploads can't be started: check the limits of processes and memory.", exception.Message);
        }

        _ = ListenAsync(onError);
    }

    public bool HasExited => _process.HasExited;

    public int ProcessId => _process.Id;

    /// <summary>Sends a request and waits for the answer. Kills the worker after a cancellation, or if it makes no progress.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stall">The longest time without progress.</param>
    /// <param name="time">Measures that time.</param>
    /// <param name="cancellationToken">Kills the worker.</param>
    /// <exception cref="WorkerEndedException">The process ended without an answer.</exception>
    public async Task<WorkerReply> AskAsync(WorkerRequest request, TimeSpan stall, TimeProvider time, CancellationToken cancellationToken)
    {
        using var kill = cancellationToken.Register(Kill);
        using var stalled = new CancellationTokenSource();
        var (quiet, isHeldUp) = (0, false);
        await using var checks = time.CreateTimer(
            _ =>
            {
                if (Interlocked.Increment(ref quiet) != Checks - 1)
                    return;
                isHeldUp = IsHeldUp();
                stalled.Cancel();
            },
            null, stall / Checks, stall / Checks);
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
            // The worker may wait for a disk that does not respond, and not end even when killed. So don't wait for its end.
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

    /// <summary>Passes on the first line of standard error, and closes it: a stack overflow writes a line for each of a million frames.</summary>
    private async Task ListenAsync(Action<string> onError)
    {
        try
        {
            var start = new char[LongestErrorLine];
            var length = await _process.StandardError.ReadAsync(start);
            _process.StandardError.Close();
            if (length > 0)
                onError(new string(start, 0, length).Split('\n')[0]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process was killed.
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
            // The process has already ended.
        }
    }

    /// <summary>
    /// Whether the process waits for a disk or is suspended, which is not the file's fault. Reads the states of its threads
    /// (proc_pid_stat(5)).
    /// </summary>
    private bool IsHeldUp()
    {
        try
        {
            return Directory.GetDirectories($"/proc/{_process.Id}/task").Select(thread => File.ReadAllText(Path.Combine(thread, "stat")))
                .Any(stat => stat.AsSpan(stat.LastIndexOf(')')) is [_, _, 'D' or 'T' or 't', ..]);
        }
        catch (IOException)
        {
            // The system has no such files, or the process has just ended.
            return false;
        }
    }

    // 128 plus the number of SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV or SIGSYS, which a process causes itself. Other codes have an outside cause: a
    // signal, or a runtime that can't start.
    private static bool IsCrash(int exitCode) => OperatingSystem.IsWindows() || exitCode is 132 or 133 or 134 or 135 or 136 or 139 or 159;

    // The last four limit the instructions that the runtime uses, so that a worker computes with the same vectors as the service.
    private static bool IsForRuntime(string variable) =>
        variable.StartsWith("DOTNET_ROOT", StringComparison.OrdinalIgnoreCase)
        || (OperatingSystem.IsWindows() && variable.Equals("SystemRoot", StringComparison.OrdinalIgnoreCase))
        || variable is "DOTNET_PreferredVectorBitWidth" or "DOTNET_EnableAVX512" or "DOTNET_EnableAVX" or "DOTNET_EnableHWIntrinsic";

    private static string DotnetPath => Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
