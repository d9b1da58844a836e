using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Training on data whose matrix is four times <c>Training:MemoryLimitMegabytes</c>, compared with the same job in memory: seconds, the peak of the service's
/// resident set during training, and whether the coefficients are equal to the last bit. <c>stream [--limit 256] [--columns 28] [--rounds 3]</c>
/// </summary>
internal static class Streaming
{
    private const string Url = "http://127.0.0.1:5175";

    public static async Task<int> RunAsync(string[] args)
    {
        var (limit, columns, rounds) = (Peers.Option(args, "--limit", 256), Peers.Option(args, "--columns", 28), Peers.Option(args, "--rounds", 3));
        var rows = 4L * limit * 1_000_000 / columns / sizeof(double);
        using var work = new TemporaryDirectory();
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(20) };
        Console.WriteLine($"{Environment.ProcessorCount} processors; {rows} rows of {columns} numbers, {rows * columns * sizeof(double) / 1_000_000} MB; "
            + $"a limit of {limit} MB; {rounds} jobs one after another");
        var file = work.File("rows.parquet");
        Generate(file, work.File("spill"), rows, columns);

        var inMemory = await MeasureAsync(client, work, limit: 0, rounds, async () => await UploadAsync(client, file));
        File.Delete(file);
        var streamed = await MeasureAsync(client, work, limit, rounds, () => Task.CompletedTask);
        Report("in memory", inMemory);
        Report("streamed", streamed);
        var same = inMemory.Coefficients == streamed.Coefficients;
        Console.WriteLine($"coefficients {(same ? "equal" : "NOT equal")} to the last bit; allowed at the peak {limit + 150} MB");
        return same && streamed.Peak <= limit + 150 ? 0 : 1;
    }

    private static void Report(string what, Measured measured)
    {
        var seconds = string.Join(", ", measured.Seconds.Select(seconds => seconds.ToString("F2", CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-10} {seconds} s; resident {measured.Idle} MB before, {measured.Peak} MB at the peak; {measured.Passes:F2} passes"));
    }

    private static async Task<Measured> MeasureAsync(HttpClient client, TemporaryDirectory work, int limit, int rounds, Func<Task> prepare)
    {
        using var service = Peers.Start("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "SigmoidApi.dll"), "--urls", Url, "--environment", "Production", "--Storage:Directory", work.File("data"),
                "--Training:MemoryLimitMegabytes", limit.ToString(CultureInfo.InvariantCulture)], work.File("service.log"));
        await Peers.UntilAsync(client, $"{Url}/health/ready", HttpMethod.Get);
        await prepare();
        var idle = ResidentMegabytes(service);
        using var end = new CancellationTokenSource();
        var sampling = PeakAsync(service, end.Token);
        var seconds = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            await TrainAsync(client);
            seconds.Add(watch.Elapsed.TotalSeconds);
        }

        await end.CancelAsync();
        var model = await client.GetFromJsonAsync<JsonElement>(new Uri($"{Url}/api/v1/models/rows"));
        return new(seconds, idle, await sampling, model.GetProperty("coefficients").GetRawText() + model.GetProperty("intercept").GetRawText(),
            model.GetProperty("convergence").GetProperty("passes").GetDouble());
    }

    private static async Task<long> PeakAsync(Peer process, CancellationToken end)
    {
        var peak = 0L;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await timer.WaitForNextTickAsync(end))
                peak = Math.Max(peak, ResidentMegabytes(process));
        }
        catch (OperationCanceledException)
        {
            // All jobs have ended.
        }

        return peak;
    }

    /// <summary>Normal numbers, and a target that depends on eight columns.</summary>
    private static void Generate(string path, string spill, long rows, int columns)
    {
        var names = Enumerable.Range(0, columns).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}")).ToArray();
        using var session = new DuckDbSession(spill, new DuckDbLimits(1_000, 1, long.MaxValue), progress: null, path);
        session.Execute("select setseed(0.5)", CancellationToken.None);
        var normals = names.Select(name => $"sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as {name}");
        session.Execute(
            $"""
            copy (
                select (random() < 1 / (1 + exp(-({string.Join(" + ", names.Take(8))}) / 2)))::int as target, *
                from (select {string.Join(", ", normals)} from range({rows.ToString(CultureInfo.InvariantCulture)}))
            ) to {DuckDbSession.Literal(path)} ({DatasetExport.ParquetOptions(columns + 1)})
            """, CancellationToken.None);
    }

    private static async Task UploadAsync(HttpClient client, string path)
    {
        await using var file = File.OpenRead(path);
        using var content = new StreamContent(file, 1 << 17);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.apache.parquet");
        using var response = await client.PostAsync(new Uri($"{Url}/api/v1/datasets?name=rows"), content);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }

    private static async Task TrainAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Url}/api/v1/training-jobs"))
        {
            Content = new StringContent("""{ "datasetId": "rows", "target": "target", "modelName": "rows" }""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Prefer", "wait=60");
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        if (!body.Contains("\"succeeded\"", StringComparison.Ordinal))
            throw new InvalidOperationException(body);
    }

    private static long ResidentMegabytes(Peer process) => process.ResidentBytes / 1_000_000;

    private sealed record Measured(List<double> Seconds, long Idle, long Peak, string Coefficients, double Passes);
}
