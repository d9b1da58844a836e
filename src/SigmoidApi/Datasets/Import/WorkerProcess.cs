using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SigmoidApi.Datasets.Import;

/// <summary>A process of this same program that reads uploaded files (<see cref="WorkerMain"/>). Used by one caller at a time.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    public WorkerProcess()
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
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

        start.ArgumentList.Add(WorkerMain.Verb);
        // Nobody debugs or profiles it, and it is to hold little.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "5";
        _process = Process.Start(start)!;
    }

    public bool HasExited => _process.HasExited;

    public int ProcessId => _process.Id;

    /// <summary>Asks, and waits for the answer; a worker whose answer is no longer wanted is killed.</summary>
    /// <exception cref="WorkerCrashedException">The process ended without an answer.</exception>
    public async Task<WorkerReply> AskAsync(WorkerRequest request, CancellationToken cancellationToken)
    {
        using var kill = cancellationToken.Register(Kill);
        string? line;
        try
        {
            await _process.StandardInput.WriteLineAsync(WorkerMessages.Write(request).AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
            line = await _process.StandardOutput.ReadLineAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            line = null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (line is not null)
            return WorkerMessages.Read<WorkerReply>(line);
        await _process.WaitForExitAsync(cancellationToken);
        throw new WorkerCrashedException(_process.ExitCode);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
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

    private static string DotnetPath => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}

/// <summary>A worker ended without an answer, by its file or by whoever killed it.</summary>
internal sealed class WorkerCrashedException(int exitCode) : Exception($"The process that read the file ended with exit code {exitCode}.");
