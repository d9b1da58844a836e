using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// How soon <c>/health/live</c> answers while 40 requests compute, of <c>/update-weights</c> and of <c>/sigmoid</c> on millions of numbers. <c>responsiveness [--service DLL]</c>: another build's
/// <c>SigmoidApi.dll</c> for the figure before a change.
/// </summary>
public static class Responsiveness
{
    private const string Url = "http://127.0.0.1:5174";
    private const int Requests = 40;

    public static async Task<int> RunAsync(string[] args)
    {
        var at = Array.IndexOf(args, "--service");
        var dll = at >= 0 ? args[at + 1] : Path.Combine(AppContext.BaseDirectory, "SigmoidApi.dll");
        using var work = new TemporaryDirectory();
        using var service = Peers.Start("dotnet", [dll, "--urls", Url, "--environment", "Production", "--Storage:Directory", work.File("data")], work.File("service.log"));
        using var client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromMinutes(10) };
        await Peers.UntilAsync(client, $"{Url}/health/ready", HttpMethod.Get);

        double[][] features = [.. Enumerable.Range(0, 10_000).Select(i => Enumerable.Range(0, 20).Select(j => (i * 31 + j * 17) % 101 / 101.0).ToArray())];
        var steps = new { features, labels = features.Select((_, i) => i % 2), weights = new double[20], learningRate = 1e-9, iterations = 5_000 };
        var values = new { values = Enumerable.Range(0, 2_000_000).Select(i => i / 1e5 - 10) };
        Console.WriteLine("| 40 at once | all answered after s | /health/live asked | longest ms | median ms |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        await MeasureAsync(client, "/update-weights, 5,000 steps on 10,000 rows of 20", "update-weights", () => JsonContent.Create(steps));
        await MeasureAsync(client, "/sigmoid, 2,000,000 values", "sigmoid", () => JsonContent.Create(values));
        return 0;
    }

    private static async Task MeasureAsync(HttpClient client, string name, string path, Func<HttpContent> body)
    {
        using var encoded = body();
        var bytes = await encoded.ReadAsByteArrayAsync();
        await client.GetAsync(new Uri("/health/live", UriKind.Relative));
        var watch = Stopwatch.StartNew();
        var all = Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => SendAsync(client, path, bytes)));
        var waits = new List<double>();
        while (!all.IsCompleted)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(new Uri("/health/live", UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.WhenAny(all, Task.Delay(20));
        }

        await all;
        waits.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {watch.Elapsed.TotalSeconds:F1} | {waits.Count} | {waits[^1]:F1} | {waits[waits.Count / 2]:F1} |"));
    }

    private static async Task SendAsync(HttpClient client, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{path}") { Content = content };
        using var answer = await client.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{path}: {answer.StatusCode}");
    }
}
