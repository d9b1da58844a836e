using System.Diagnostics;
using System.Globalization;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// The time from the start of the process to the first 200 of <c>/health/live</c>, on an empty directory, beside that of the framework's bare host, in turn.
/// Both are published first, as tests/publish.sh does it. <c>start [--service DLL] [--runs N]</c>: another build's <c>SigmoidApi.dll</c> comes in between.
/// </summary>
internal static class Start
{
    private const string Url = "http://127.0.0.1:5178";

    public static async Task<int> RunAsync(string[] args)
    {
        using var work = new TemporaryDirectory();
        var root = Peers.ProjectDirectory();
        await PublishAsync(Path.Combine(root, "Peers", "bare"), work.File("bare"));
        await PublishAsync(Path.Combine(root, "..", "..", "src", "SigmoidApi"), work.File("service"));
        var at = Array.IndexOf(args, "--service");
        var hosts = new List<(string Name, string Dll)> { ("bare host", work.File("bare/bare.dll")), ("service", work.File("service/SigmoidApi.dll")) };
        if (at >= 0)
            hosts.Insert(1, ("--service", args[at + 1]));

        var seen = hosts.ToDictionary(host => host.Name, _ => new List<(double Seconds, long Bytes)>());
        var runs = Peers.Option(args, "--runs", 10);
        for (var run = 0; run < runs; run++)
        {
            foreach (var (name, dll) in hosts)
                seen[name].Add(await MeasureAsync(dll, work, $"{name} {run}"));
        }

        Console.WriteLine("| host | seconds to the first 200 (median) | least | greatest | times the bare host | MB, 2 s after |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        var bare = Median(seen["bare host"].Select(one => one.Seconds));
        foreach (var (name, all) in seen)
        {
            var seconds = all.Select(one => one.Seconds).ToArray();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Median(seconds):F3} | {seconds.Min():F3} | {seconds.Max():F3} | {Median(seconds) / bare:F2} | "
                + $"{Median(all.Select(one => one.Bytes / 1e6)):F0} |"));
        }

        return 0;
    }

    private static Task<string> PublishAsync(string project, string directory) =>
        Peers.RunToEndAsync("dotnet", ["publish", project, "-c", "Release", "-v", "q", "-nologo", "-o", directory]);

    private static async Task<(double Seconds, long Bytes)> MeasureAsync(string dll, TemporaryDirectory work, string run)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var watch = Stopwatch.StartNew();
        using var host = Peers.Start(
            "dotnet", [dll, "--urls", Url, "--environment", "Production", "--Storage:Directory", work.File($"{run} data")], work.File($"{run}.log"));
        while (!await AnswersAsync(client))
            await Task.Delay(2);
        var seconds = watch.Elapsed.TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(2));
        return (seconds, host.ResidentBytes);
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync($"{Url}/health/live");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
