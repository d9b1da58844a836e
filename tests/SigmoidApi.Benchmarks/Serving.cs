using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Serving, compared with its peers: 32 clients (wrk) on the service with validation and logging, on a bare Kestrel echo, and on FastAPI, in turn.
/// <c>serving [--seconds 5] [--rounds 3]</c>; needs wrk, and for FastAPI Debian's python3-fastapi uvicorn python3-uvloop python3-httptools
/// python3-sklearn python3-pandas.
/// </summary>
public static class Serving
{
    private const string EchoUrl = "http://127.0.0.1:5171";
    private const string ServiceUrl = "http://127.0.0.1:5172";
    private const string FastApiUrl = "http://127.0.0.1:5173";

    private sealed record Workload(string Name, string ServicePath, string FastApiPath, double OfEcho, double OfFastApi, string Body);

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = Peers.Option(args, "--seconds", 5);
        var rounds = Peers.Option(args, "--rounds", 3);
        var project = Peers.ProjectDirectory();
        var spambase = Path.Combine(project, "..", "SigmoidApi.Tests", "Reference", "spambase.csv");
        using var work = new TemporaryDirectory();

        await Peers.RunToEndAsync("dotnet", ["build", "-c", "Release", "-v", "q", "-o", work.File("echo"), Path.Combine(project, "Peers", "echo")]);
        using var echo = Peers.Start("dotnet", [work.File("echo/echo.dll"), "--urls", EchoUrl], work.File("echo.log"));
        using var service = Peers.Start(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "SigmoidApi.dll"), "--urls", ServiceUrl, "--environment", "Production",
                "--Storage:Directory", work.File("data"),
            ],
            work.File("service.log"));
        using var fastApi = Peers.Start(
            "/usr/bin/python3",
            [
                "-m", "uvicorn", "--app-dir", Path.Combine(project, "Peers"), "fastapi_app:app", "--workers", "2", "--port", "5173",
                "--log-level", "warning", "--no-access-log",
            ],
            work.File("fastapi.log"),
            ("SPAMBASE", spambase));

        using var client = new HttpClient();
        await Peers.UntilAsync(client, $"{EchoUrl}/echo", HttpMethod.Post);
        await Peers.UntilAsync(client, $"{ServiceUrl}/health/ready", HttpMethod.Get);
        var hasFastApi = await Peers.UntilAsync(client, $"{FastApiUrl}/openapi.json", HttpMethod.Get);
        await TrainAsync(client, spambase);

        Console.WriteLine(
            $"{Environment.ProcessorCount} processors; 32 clients, {seconds} s a run, median of {rounds} runs in turn; requests a second (errors)");
        Console.WriteLine();
        Console.WriteLine("| request | echo | service | FastAPI | of echo (asked) | times FastAPI (asked) | service p99 ms |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var workload in Workloads(spambase))
        {
            var body = work.File("body.json");
            await File.WriteAllTextAsync(body, workload.Body);
            string[] urls = [$"{EchoUrl}/echo", ServiceUrl + workload.ServicePath, FastApiUrl + workload.FastApiPath];
            var runs = urls.Select(_ => new List<Load>()).ToArray();
            // The first round does not count; tiered compilation is done after it.
            for (var round = 0; round <= rounds; round++)
            {
                for (var side = 0; side < (hasFastApi ? 3 : 2); side++)
                {
                    var load = await LoadAsync(project, urls[side], body, seconds);
                    if (round > 0)
                        runs[side].Add(load);
                }
            }

            var (e, s, f) = (Median(runs[0]), Median(runs[1]), hasFastApi ? Median(runs[2]) : default);
            Console.WriteLine(
                FormattableString.Invariant($"| {workload.Name} | {e.PerSecond:F0} ({e.Failed}) | {s.PerSecond:F0} ({s.Failed}) | ")
                + FormattableString.Invariant($"{f.PerSecond:F0} ({f.Failed}) | ")
                + FormattableString.Invariant($"{s.PerSecond / e.PerSecond:F2} ({workload.OfEcho}) | ")
                + FormattableString.Invariant($"{s.PerSecond / f.PerSecond:F1} ({workload.OfFastApi}) | {s.P99Milliseconds:F1} |"));
        }

        return 0;
    }

    private static IEnumerable<Workload> Workloads(string spambase)
    {
        var random = new Random(1);
        string Values(int count) => JsonSerializer.Serialize(new { values = Enumerable.Range(0, count).Select(_ => random.NextDouble() * 16 - 8) });
        var lines = File.ReadLines(spambase).Skip(1).ToArray();
        random.Shuffle(lines);
        string Features(int rows) => $"{{\"features\":[{string.Join(',', lines.Take(rows).Select(line => $"[{line[..line.LastIndexOf(',')]}]"))}]}}";
        yield return new("/sigmoid, 5 values", "/api/v1/sigmoid", "/sigmoid", 0.5, 4, Values(5));
        yield return new("/sigmoid, 1,000 values", "/api/v1/sigmoid", "/sigmoid", 0.2, 15, Values(1000));
        yield return new("predict, 1 row of 57", "/api/v1/models/spambase/predict", "/predict", 0.4, 12, Features(1));
        yield return new("predict, 1,000 rows of 57", "/api/v1/models/spambase/predict", "/predict", 0.2, 30, Features(1000));
    }

    private static async Task TrainAsync(HttpClient client, string spambase)
    {
        using var csv = new StringContent(await File.ReadAllTextAsync(spambase), Encoding.UTF8, "text/csv");
        using var uploaded = await client.PostAsync(new Uri($"{ServiceUrl}/api/v1/datasets?name=spambase"), csv);
        uploaded.EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{ServiceUrl}/api/v1/training-jobs")
        {
            Content = JsonContent.Create(new { datasetId = "spambase", target = "Decision" }),
        };
        request.Headers.Add("Prefer", "wait=30");
        using var trained = await client.SendAsync(request);
        trained.EnsureSuccessStatusCode();
    }

    private readonly record struct Load(double PerSecond, double P99Milliseconds, long Failed);

    private static async Task<Load> LoadAsync(string project, string url, string body, int seconds)
    {
        var output = await Peers.RunToEndAsync("wrk", ["-t1", "-c32", $"-d{seconds}s", "-s", Path.Combine(project, "Peers", "http_load.lua"), url, "--", body]);
        var result = output.Split('\n').Single(line => line.StartsWith("RESULT", StringComparison.Ordinal)).Split(' ');
        return new(
            double.Parse(result[1], CultureInfo.InvariantCulture),
            double.Parse(result[2], CultureInfo.InvariantCulture),
            long.Parse(result[3], CultureInfo.InvariantCulture));
    }

    private static Load Median(List<Load> loads) => loads.OrderBy(l => l.PerSecond).ElementAt(loads.Count / 2);
}
