using System.Diagnostics;
using System.Globalization;

namespace SigmoidApi.Benchmarks;

/// <summary>Starts the processes of a measurement: the service, and the programs that it is compared with.</summary>
internal static class Peers
{
    /// <summary>Waits until a process answers, for at most a minute.</summary>
    public static async Task<bool> UntilAsync(HttpClient client, string url, HttpMethod method)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromMinutes(1))
        {
            try
            {
                using var request = new HttpRequestMessage(method, url);
                using var response = await client.SendAsync(request);
                if (response.IsSuccessStatusCode)
                    return true;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }

            await Task.Delay(100);
        }

        return false;
    }

    public static Peer Start(string program, string[] arguments, string log, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", log, program, .. arguments]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Peer(Process.Start(start)!);
    }

    public static async Task<string> RunToEndAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
    }

    public static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var i ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A number of <c>/proc/PROCESS/status</c>, which has it in KiB, in bytes.</summary>
    public static long StatusBytes(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    public static string ProjectDirectory()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "SigmoidApi.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("Run this within the repository.");
        return Path.Combine(directory.FullName, "tests", "SigmoidApi.Benchmarks");
    }
}

/// <summary>A process that is killed when it is disposed.</summary>
internal sealed class Peer(Process process) : IDisposable
{
    public int Id => process.Id;

    /// <summary>The memory of the process in RAM.</summary>
    public long ResidentBytes => Peers.StatusBytes(process.Id, "VmRSS:");

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}

internal sealed class TemporaryDirectory : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sigmoid-serving-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
