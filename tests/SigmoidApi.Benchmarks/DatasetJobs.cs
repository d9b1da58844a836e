using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// A job with default settings on a stored data set, over HTTP with <c>Prefer: wait</c>, in turn with the bare fit: the same rows in memory, not standardised,
/// not scored. The data sets are numbers, and a credit table with categories and missing values, repeated. Another build of the service may take turns too;
/// its models are compared with ours.
/// </summary>
internal static class DatasetJobs
{
    private const int Columns = 28;

    /// <summary>Jobs before the measured ones. Until its methods are compiled with optimisations, the service takes several times as long.</summary>
    private const int WarmUps = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.2);

    /// <param name="args">[--rows 1000000] [--rounds 7] [--before PATH of another SigmoidApi.dll] [--nice 10]: Training:Nice; 0 on a busy machine</param>
    public static async Task RunAsync(string[] args)
    {
        var (rows, rounds) = (Peers.Option(args, "--rows", 1_000_000), Peers.Option(args, "--rounds", 7));
        using var work = new TemporaryDirectory();
        var numbers = work.File("numbers.csv");
        await DatasetFlow.GenerateAsync(numbers, rows, Columns);
        var credit = work.File("credit.csv");
        await RepeatAsync(Path.Combine(Peers.ProjectDirectory(), "..", "SigmoidApi.Compute.Tests", "Reference", "credit.csv"), credit, rows);
        var before = Array.IndexOf(args, "--before") is >= 0 and var i ? args[i + 1] : null;
        var nice = Peers.Option(args, "--nice", 10);
        using var ours = await Service.StartAsync(typeof(SigmoidDbContext).Assembly.Location, 5300, work.File("ours"), nice);
        using var other = before is null ? null : await Service.StartAsync(before, 5301, work.File("before"), nice);
        Service[] services = other is null ? [ours] : [other, ours];
        foreach (var (name, file, target) in new[] { ("numbers", numbers, "target"), ("credit", credit, "Status") })
        {
            foreach (var service in services)
                await service.UploadAsync(file, name);
            var bare = name == "numbers" ? await ours.BareFitAsync(name) : null;
            var (seconds, processor) = (new Dictionary<string, List<double>>(), new Dictionary<string, List<double>>());
            for (var round = 0; round < WarmUps + rounds; round++)
            {
                if (bare is not null)
                    await MeasureAsync("bare fit", Environment.ProcessId, () => Task.Run(bare));
                foreach (var service in services)
                    await MeasureAsync(service == ours ? "job" : "job before", service.Id, () => service.TrainAsync(name, target));
            }

            foreach (var (what, all) in seconds)
            {
                var inTurn = string.Join(" ", all.Skip(WarmUps).Select(value => value.ToString("F3", CultureInfo.InvariantCulture)));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name}, {what}: median {Median(all):F3} s, {Median(processor[what]):F3} s of processors ({inTurn})"));
            }

            if (bare is not null)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {Median(seconds["job"]) / Median(seconds["bare fit"]):F2} bare fits"));
            if (other is not null)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: {Median(seconds["job before"]) / Median(seconds["job"]):F2} times as fast as before"));
                Console.WriteLine($"{name}: the models are {(await ours.ModelAsync(name) == await other.ModelAsync(name) ? "the same" : "DIFFERENT")}");
            }

            async Task MeasureAsync(string what, int process, Func<Task> action)
            {
                await Task.Delay(Pause);
                var before = Processor(process);
                var watch = Stopwatch.StartNew();
                await action();
                processor[what] = [.. processor.GetValueOrDefault(what, []), Processor(process) - before];
                if (!seconds.TryGetValue(what, out var all))
                    seconds[what] = all = [];
                all.Add(watch.Elapsed.TotalSeconds);
            }
        }

        foreach (var service in services)
            Console.WriteLine($"peak memory of {(service == ours ? "ours" : "before")}: {service.PeakMegabytes} MB");
    }

    private static double Processor(int process)
    {
        using var running = Process.GetProcessById(process);
        return running.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>The median without the warm-up.</summary>
    private static double Median(List<double> seconds) => seconds.Skip(WarmUps).Order().ElementAt((seconds.Count - WarmUps) / 2);

    private static async Task RepeatAsync(string source, string target, int rows)
    {
        var lines = await File.ReadAllLinesAsync(source);
        await using var file = new StreamWriter(target);
        await file.WriteLineAsync(lines[0]);
        for (var row = 0; row < rows; row++)
            await file.WriteLineAsync(lines[1 + row % (lines.Length - 1)]);
    }

    /// <summary>A build of the service in its own process.</summary>
    private sealed class Service : IDisposable
    {
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(10) };
        private readonly Peer _process;
        private readonly string _directory;

        private Service(string assembly, int port, string directory, int nice)
        {
            _directory = directory;
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
            _http.BaseAddress = new Uri($"{url}/api/v1/");
            string[] arguments = [assembly, $"--urls={url}", "--environment=Production", $"--Storage:Directory={directory}", $"--Training:Nice={nice}"];
            _process = Peers.Start("dotnet", arguments, $"{directory}.log");
        }

        public int Id => _process.Id;

        public long PeakMegabytes => Peers.StatusBytes(_process.Id, "VmHWM:") / 1_000_000;

        public static async Task<Service> StartAsync(string assembly, int port, string directory, int nice)
        {
            var service = new Service(assembly, port, directory, nice);
            return await Peers.UntilAsync(service._http, "/health/ready", HttpMethod.Get)
                ? service
                : throw new InvalidOperationException("The service did not start.");
        }

        public async Task UploadAsync(string path, string name)
        {
            await using var file = File.OpenRead(path);
            using var content = new StreamContent(file, 1 << 17) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
            using var response = await _http.PostAsync(new Uri($"datasets?name={name}", UriKind.Relative), content);
            response.EnsureSuccessStatusCode();
        }

        public async Task TrainAsync(string dataset, string target)
        {
            var job = $$"""{ "datasetId": "{{dataset}}", "target": "{{target}}", "modelName": "{{dataset}}" }""";
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("training-jobs", UriKind.Relative))
            {
                Content = new StringContent(job, Encoding.UTF8, "application/json"),
                Headers = { { "Prefer", "wait=60" } },
            };
            using var response = await _http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            if (!body.Contains("\"succeeded\"", StringComparison.Ordinal))
                throw new InvalidOperationException(body);
        }

        /// <summary>The newest model without its identity and its times.</summary>
        public async Task<string> ModelAsync(string name)
        {
            var model = (await _http.GetFromJsonAsync<JsonNode>(new Uri($"models/{name}", UriKind.Relative)))!.AsObject();
            foreach (var member in new[] { "version", "jobId", "datasetId", "createdAt" })
                model.Remove(member);
            model["convergence"]!.AsObject().Remove("seconds");
            return model.ToJsonString();
        }

        /// <summary>The fit of <c>-- fit</c> on the rows of the data set.</summary>
        public async Task<Action> BareFitAsync(string name)
        {
            var dataset = await _http.GetFromJsonAsync<JsonElement>(new Uri($"datasets/{name}", UriKind.Relative));
            var engine = new DatasetEngine(new DatasetFiles(_directory), Options.Create(new DatasetOptions()), TimeProvider.System);
            var features = Enumerable.Range(0, Columns).Select(i => new ColumnProfile(DatasetFlow.Name(i), ColumnType.Number, 0, 3)).ToArray();
            var target = new ColumnToRead(new ColumnProfile("target", ColumnType.Boolean, 0, 2), AsLevels: false);
            var read = engine.Read(Guid.Parse(dataset.GetProperty("id").GetString()!), features, [target], CancellationToken.None);
            var options = new LogisticOptions { Standardize = false, Tolerance = Fit.Tolerance, Threads = 0 };
            return () => LogisticTrainer.Fit(read.Numbers!, read.Others[0].Numbers!, options, null, CancellationToken.None);
        }

        public void Dispose()
        {
            _process.Dispose();
            _http.Dispose();
        }
    }
}
