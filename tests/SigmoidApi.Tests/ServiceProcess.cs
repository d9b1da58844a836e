using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SigmoidApi.Tests.Contract;

namespace SigmoidApi.Tests;

/// <summary>
/// The service as a separate process, on a free port. Its storage directory outlives the process and is removed when this object is disposed. Only processes
/// that this object has started are ended.
/// </summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    /// <summary>Settings that override the defaults, passed on the command line.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public string StorageDirectory { get; init; } = Path.Combine(Path.GetTempPath(), $"sigmoid-process-{Guid.NewGuid():n}");

    /// <summary>Production by default, regardless of the machine's setting, so that the log is JSON.</summary>
    public string Environment { get; init; } = "Production";

    public ApiClient Api { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public bool IsRunning => _process is { HasExited: false };

    public int ProcessId => _process!.Id;

    public int ExitCode => _process!.ExitCode;

    /// <summary>The lines that all processes with this directory have written so far, standard error included.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Waits for a line with a text, which must be the only one. Lines are written in batches, shortly after their events.</summary>
    public async Task ShouldLogOnce(string text)
    {
        bool Has(string line) => line.Contains(text, StringComparison.Ordinal);
        await Eventually.True(() => Log.Any(Has));
        Log.Count(Has).ShouldBe(1, text);
    }

    public static async Task<ServiceProcess> Started(params (string Key, string Value)[] settings)
    {
        var service = new ServiceProcess();
        foreach (var (key, value) in settings)
            service.Settings[key] = value;
        await service.Start();
        return service;
    }

    /// <summary>Starts the service and waits until it is ready.</summary>
    public async Task Start()
    {
        var lines = _log.Count;
        Launch();
        var address = await Eventually.Get(() => Task.FromResult(ListeningOn(lines) ?? ""), address => address.Length > 0 || !IsRunning);
        address.ShouldNotBeEmpty($"the service has ended: {string.Join('\n', _log.TakeLast(5))}");
        Address = new Uri(address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        Api = new ApiClient(ContractCheck.Client(Address, ApiClient.Patience));
        await Eventually.Get(async () => (await Api.Get("/health/ready")).Status, status => status == System.Net.HttpStatusCode.OK);
    }

    /// <summary>Starts a service that must refuse to start, and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StartInVain()
    {
        Launch();
        await Exited();
        return ExitCode;
    }

    /// <summary><c>kill -9</c>: the process ends without any cleanup.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await Exited();
    }

    /// <summary>SIGTERM, as in an orderly stop of a container.</summary>
    public async Task Terminate()
    {
        await Signal("TERM");
        await Exited();
    }

    /// <summary>SIGSTOP: suspends the process without notice.</summary>
    public Task Suspend() => Signal("STOP");

    /// <summary>SIGCONT: the process continues.</summary>
    public Task Continue() => Signal("CONT");

    public async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The memory that the process has in RAM, in bytes.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_process!.Id}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>The name and the nice value of each thread (proc_pid_stat(5)), the main thread first.</summary>
    public (string Name, int Nice)[] Threads() =>
    [
        .. Directory.GetDirectories($"/proc/{ProcessId}/task").OrderBy(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))
            .Select(task => ReadOrEmpty(Path.Combine(task, "stat"))).Where(line => line.Length > 0).Select(ThreadOf),
    ];

    /// <summary>The ids of the running child processes.</summary>
    public int[] Children() =>
    [
        .. Directory.GetDirectories($"/proc/{ProcessId}/task").SelectMany(ChildrenOfThread).Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (IsRunning)
                _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        if (Directory.Exists(StorageDirectory))
            Directory.Delete(StorageDirectory, recursive: true);
    }

    private static string[] ChildrenOfThread(string task) => ReadOrEmpty(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static (string Name, int Nice) ThreadOf(string stat)
    {
        // A name in parentheses may have any characters; the nice value is the 17th field after it.
        var end = stat.LastIndexOf(')');
        return (stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end], int.Parse(stat[(end + 2)..].Split(' ')[16], CultureInfo.InvariantCulture));
    }

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The thread has ended meanwhile.
            return "";
        }
    }

    private void Launch()
    {
        _process?.Dispose();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
        start.ArgumentList.Add("--urls=http://127.0.0.1:0");
        start.ArgumentList.Add($"--Storage:Directory={StorageDirectory}");
        foreach (var (key, value) in Settings)
            start.ArgumentList.Add($"--{key}={value}");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = Environment;
        start.Environment.Remove("ASPNETCORE_URLS");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _log.Enqueue(line);
    }

    private string? ListeningOn(int from) => _log.Skip(from)
        .Where(line => line.Contains("Now listening on", StringComparison.Ordinal))
        .Select(line => line.StartsWith('{')
            ? JsonElement.Parse(line).GetProperty("address").GetString()
            : line[line.IndexOf("http", StringComparison.Ordinal)..])
        .FirstOrDefault();

    private async Task Exited()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(ApiClient.Patience);
        await _process!.WaitForExitAsync(patience.Token);
    }
}
