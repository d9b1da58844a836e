using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SigmoidApi.Storage;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Jobs as clients see them: small jobs from request to model, predictions during fits, and many clients that watch jobs; <see cref="JobClaims"/> and
/// <see cref="DatasetJobs"/>. PostgreSQL is Debian's, with its default settings, including fsync.
/// </summary>
internal static class Jobs
{
    private const string Quick = """
        { "data": { "features": [[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4], [0.7, 3], [0.3, 1]], "labels": [0, 1, 1, 0, 1, 0] }, "modelName": "NAME" }
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = Peers.Option(args, "--rounds", 3);
        var count = Peers.Option(args, "--jobs", 2_000);
        var which = args.FirstOrDefault(arg => !arg.StartsWith('-') && !int.TryParse(arg, CultureInfo.InvariantCulture, out _));
        if (which == "dataset")
        {
            await DatasetJobs.RunAsync(args);
            return 0;
        }

        await using var postgres = new PostgresServer();
        if (which is null or "throughput")
        {
            for (var round = 0; round < rounds; round++)
            {
                string[] fourFits = ["--Training:MaxConcurrency=4", "--Training:Nice=0"];
                foreach (var (title, settings) in new (string, string[])[] { ("by default", []), ("four fits at once, not nice", fourFits) })
                {
                    await Throughput($"SQLite, {title}", count, settings);
                    string[] onPostgres = ["--Storage:Provider=Postgres", $"--ConnectionStrings:Sigmoid={await postgres.CreateDatabase()}"];
                    await Throughput($"PostgreSQL, {title}", count, [.. settings, .. onPostgres]);
                }
            }
        }

        if (which is null or "claim")
            await JobClaims.RunAsync(await postgres.CreateDatabase());
        if (which is null or "predict")
            await PredictDuringFits(rounds);
        if (which is null or "events")
            await Events();
        return 0;
    }

    private static async Task Throughput(string store, int count, string[] settings)
    {
        using var service = await Service.Start(settings);
        await Send(service, 1_000, "warm");
        var before = service.Processor();
        var watch = Stopwatch.StartNew();
        await Send(service, count, "model");
        var seconds = watch.Elapsed.TotalSeconds;
        var processor = (service.Processor() - before).TotalMilliseconds / count;
        Console.WriteLine(FormattableString.Invariant(
            $"{store}: {count} jobs from request to model in {seconds:F2} s, {count / seconds:F0} a second, {processor:F2} ms of a processor for each"));
    }

    /// <summary>Sixteen clients, each of which sends its next job when the last one has ended.</summary>
    private static async Task Send(Service service, int count, string name)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async client =>
        {
            var body = Encoding.UTF8.GetBytes(Quick.Replace("NAME", $"{name}-{client}", StringComparison.Ordinal));
            while (Interlocked.Increment(ref next) <= count)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/training-jobs") { Content = Json(body) };
                request.Headers.TryAddWithoutValidation("Prefer", "wait=60");
                using var answer = await service.Http.SendAsync(request);
                var job = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync());
                if (answer.StatusCode != HttpStatusCode.Created || job.GetProperty("status").GetString() != "succeeded")
                    throw new InvalidOperationException(job.ToString());
            }
        }));
    }

    /// <summary>200 predictions a second, each sent at its time even if earlier ones are unanswered, while two fits keep the cores busy.</summary>
    private static async Task PredictDuringFits(int rounds)
    {
        const int Rate = 200;
        using var service = await Service.Start(["--Training:MaxConcurrency=2"]);
        await Send(service, 50, "warm");
        var body = """{ "features": [[0.5, 2]] }"""u8.ToArray();
        await Quantiles(service, body, Rate, 4);
        for (var round = 0; round < rounds; round++)
        {
            var idle = await Quantiles(service, body, Rate, 10);
            string[] fits = [await Long(service), await Long(service)];
            await Task.Delay(1_000);
            var busy = await Quantiles(service, body, Rate, 10);
            foreach (var fit in fits)
                using (await service.Http.PostAsync($"/api/v1/training-jobs/{fit}/cancel", null)) { }
            Console.WriteLine(FormattableString.Invariant(
                $"/predict at {Rate} a second: idle median {idle.Median:F2}, p99 {idle.P99:F2} ms; ")
                + FormattableString.Invariant($"during two fits median {busy.Median:F2}, p99 {busy.P99:F2}, worst {busy.Worst:F1} ms"));
        }
    }

    private static async Task<(double Median, double P99, double Worst)> Quantiles(Service service, byte[] body, int rate, int seconds)
    {
        var sent = new List<Task<double>>();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < rate * seconds; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            if (due - watch.Elapsed is { Ticks: > 0 } left)
                await Task.Delay(left);
            sent.Add(Predict(due));
        }

        var times = (await Task.WhenAll(sent)).Order().ToArray();
        return (times[times.Length / 2], times[(int)(times.Length * 0.99)], times[^1]);

        async Task<double> Predict(TimeSpan due)
        {
            using var answer = await service.Http.PostAsync("/api/v1/models/warm-0/predict", Json(body));
            answer.EnsureSuccessStatusCode();
            // From the time at which it was due: if the service delays the client's sending, that counts too.
            return (watch.Elapsed - due).TotalMilliseconds;
        }
    }

    /// <summary>Starts a fit of 200,000 × 20 numbers without early stopping.</summary>
    private static async Task<string> Long(Service service)
    {
        var name = $"long{Guid.NewGuid():n}";
        var random = new Random(1);
        var csv = new StringBuilder(string.Join(',', Enumerable.Range(0, 20).Select(i => $"x{i}"))).Append(",y\n");
        for (var row = 0; row < 200_000; row++)
        {
            for (var column = 0; column < 20; column++)
                csv.Append(random.Next(1_000)).Append(',');
            csv.Append(random.Next(2)).Append('\n');
        }

        var content = new StringContent(csv.ToString(), Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        using (var upload = await service.Http.PostAsync($"/api/v1/datasets?name={name}", content))
            upload.EnsureSuccessStatusCode();
        using var answer = await service.Http.PostAsync("/api/v1/training-jobs", Json(Encoding.UTF8.GetBytes(
            $$"""
            { "datasetId": "{{name}}", "target": "y", "solver": "gradient_descent", "tolerance": 0, "maxIterations": 1000000, "learningRate": 1e-6 }
            """)));
        answer.EnsureSuccessStatusCode();
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync()).GetProperty("id").GetString()!;
    }

    /// <summary>First, a thousand clients watch the same job; then, a thousand clients watch a job each.</summary>
    private static async Task Events()
    {
        const int Clients = 1_000;
        foreach (var each in new[] { false, true })
        {
            using var service = await Service.Start(["--Training:Nice=0"]);
            await Send(service, 50, "warm");
            await Task.Delay(3_000);
            var idle = service.ResidentMegabytes();
            var running = await Long(service);
            string[] ids = each
                ? [.. await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Queue(service)))]
                : [.. Enumerable.Repeat(running, Clients)];
            var withJob = service.ResidentMegabytes();
            var ended = 0;
            var connected = 0;
            var watching = Task.WhenAll(ids.Select(async id =>
            {
                using var answer = await service.Http.GetAsync($"/api/v1/training-jobs/{id}/events", HttpCompletionOption.ResponseHeadersRead);
                answer.EnsureSuccessStatusCode();
                Interlocked.Increment(ref connected);
                using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
                while (await lines.ReadLineAsync() is { } line)
                {
                    if (line is "event: canceled" or "event: succeeded")
                        Interlocked.Increment(ref ended);
                }
            }));
            var peak = 0.0;
            while (Volatile.Read(ref connected) < Clients)
                await Task.Delay(50);
            for (var i = 0; i < 40; i++)
            {
                await Task.Delay(100);
                peak = Math.Max(peak, service.ResidentMegabytes());
            }

            var watch = Stopwatch.StartNew();
            using (await service.Http.PostAsync($"/api/v1/training-jobs/{running}/cancel", null)) { }
            while (!watching.IsCompleted)
            {
                await Task.WhenAny(watching, Task.Delay(50));
                peak = Math.Max(peak, service.ResidentMegabytes());
            }

            await watching;
            Console.WriteLine(FormattableString.Invariant(
                $"{Clients} clients on {(each ? "a job each" : "one job")}: {ended} end events, the last {watch.Elapsed.TotalSeconds:F2} s after the cancel; ")
                + FormattableString.Invariant($"{idle:F0} MB idle, {withJob:F0} with the jobs, {peak:F0} at most"));
        }
    }

    private static async Task<string> Queue(Service service)
    {
        var body = Encoding.UTF8.GetBytes(Quick.Replace("NAME", "queued", StringComparison.Ordinal));
        using var answer = await service.Http.PostAsync("/api/v1/training-jobs", Json(body));
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync()).GetProperty("id").GetString()!;
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>The service, in its own process.</summary>
    private sealed class Service : IDisposable
    {
        private const string Url = "http://127.0.0.1:5177";

        private readonly TemporaryDirectory _directory = new();
        private Peer _process = null!;

        public HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 4_000 }) { Timeout = TimeSpan.FromMinutes(5) };

        public static async Task<Service> Start(string[] settings)
        {
            var service = new Service();
            service._process = Peers.Start(
                "dotnet",
                [typeof(SigmoidDbContext).Assembly.Location, $"--urls={Url}", $"--Storage:Directory={service._directory.File("data")}", .. settings],
                service._directory.File("log"),
                ("ASPNETCORE_ENVIRONMENT", "Production"));
            service.Http.BaseAddress = new Uri(Url);
            return await Peers.UntilAsync(service.Http, "/health/ready", HttpMethod.Get)
                ? service
                : throw new InvalidOperationException("The service did not start.");
        }

        public double ResidentMegabytes() => _process.ResidentBytes / 1048576.0;

        public TimeSpan Processor()
        {
            using var process = Process.GetProcessById(_process.Id);
            return process.TotalProcessorTime;
        }

        public void Dispose()
        {
            _process.Dispose();
            Http.Dispose();
            _directory.Dispose();
        }
    }
}
