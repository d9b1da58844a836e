using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// The time until <c>/health/live</c> answers while 40 requests of <c>/update-weights</c> or <c>/sigmoid</c> compute on millions of numbers. An idle second
/// service is asked in turn with the first: its times show how much is due to the machine and to the measurement itself.
/// <c>responsiveness [--service DLL] [--runs N]</c>: <c>--service</c> is another build's <c>SigmoidApi.dll</c>, to measure before a change. Settings are
/// given by environment variables.
/// </summary>
public static class Responsiveness
{
    private const string Url = "http://127.0.0.1:5174";
    private const string IdleUrl = "http://127.0.0.1:5176";
    private const int Requests = 40;

    public static async Task<int> RunAsync(string[] args)
    {
        var at = Array.IndexOf(args, "--service");
        var dll = at >= 0 ? args[at + 1] : Path.Combine(AppContext.BaseDirectory, "SigmoidApi.dll");
        using var work = new TemporaryDirectory();
        using var service = Start(dll, Url, work, "busy");
        using var idle = Start(dll, IdleUrl, work, "idle");
        using var client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromMinutes(10) };
        foreach (var url in new[] { Url, IdleUrl })
            await Peers.UntilAsync(client, $"{url}/health/ready", HttpMethod.Get);

        double[][] features = [.. Enumerable.Range(0, 10_000).Select(i => Enumerable.Range(0, 20).Select(j => (i * 31 + j * 17) % 101 / 101.0).ToArray())];
        var steps = new { features, labels = features.Select((_, i) => i % 2), weights = new double[20], learningRate = 1e-9, iterations = 5_000 };
        var values = new { values = Enumerable.Range(0, 2_000_000).Select(i => i / 1e5 - 10) };
        Console.WriteLine("| 40 at once | all answered after s | /health/live asked | longest ms | median ms | longest of an idle service ms | load |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        for (var run = 0; run < Peers.Option(args, "--runs", 1); run++)
        {
            await MeasureAsync(client, "/update-weights, 5,000 steps on 10,000 rows of 20", "update-weights", () => JsonContent.Create(steps));
            await MeasureAsync(client, "/sigmoid, 2,000,000 values", "sigmoid", () => JsonContent.Create(values));
        }

        return 0;
    }

    private static Peer Start(string dll, string url, TemporaryDirectory work, string name) => Peers.Start(
        "dotnet", [dll, "--urls", url, "--environment", "Production", "--Storage:Directory", work.File(name)], work.File($"{name}.log"));

    private static async Task MeasureAsync(HttpClient client, string name, string path, Func<HttpContent> body)
    {
        using var encoded = body();
        var bytes = await encoded.ReadAsByteArrayAsync();
        var watch = Stopwatch.StartNew();
        var all = Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => SendAsync(client, path, bytes)));
        // On its own thread, so that the work of this process for the 40 requests does not delay the measurement.
        var (waits, idle) = await Task.Factory.StartNew(() => Probe(all), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await all;
        waits.Sort();
        var load = File.Exists("/proc/loadavg") ? (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0] : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {watch.Elapsed.TotalSeconds:F1} | {waits.Count} | {waits[^1]:F1} | {waits[waits.Count / 2]:F1} | {idle.Max():F1} | {load} |"));
    }

    /// <summary>Asks both services until the requests are answered. The first answers are not counted: they include the connection.</summary>
    private static (List<double> Waits, List<double> Idle) Probe(Task until)
    {
        using var client = new HttpClient();
        var (waits, idle) = (new List<double>(), new List<double>());
        Ask(Url);
        Ask(IdleUrl);
        do
        {
            waits.Add(Ask(Url));
            idle.Add(Ask(IdleUrl));
        }
        while (!until.Wait(TimeSpan.FromMilliseconds(20)));
        return (waits, idle);

        double Ask(string url)
        {
            var start = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/health/live");
            using var answer = client.Send(request);
            answer.EnsureSuccessStatusCode();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static async Task SendAsync(HttpClient client, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{path}") { Content = content };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{path}: {answer.StatusCode}");
        await answer.Content.CopyToAsync(Stream.Null);
    }
}
