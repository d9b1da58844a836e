using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// The time of files in the service, over HTTP: the upload of a CSV of 1,000,000 × 28, compared with pandas; a job on the stored rows, compared with the fit
/// alone; and a prediction from Parquet to Parquet. Also the peak memory of each process.
/// <c>datasets [--rows 1000000] [--columns 28] [--rounds 3] [--large 0]</c>; <c>--large 2000</c> also uploads a CSV of 2,000 MB. The peer needs Debian's
/// python3-pandas.
/// </summary>
internal static class DatasetFlow
{
    private const string Url = "http://127.0.0.1:5174";

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static async Task<int> RunAsync(string[] args)
    {
        var (rows, columns) = (Peers.Option(args, "--rows", 1_000_000), Peers.Option(args, "--columns", 28));
        var (rounds, large) = (Peers.Option(args, "--rounds", 3), Peers.Option(args, "--large", 0));
        using var work = new TemporaryDirectory();
        var csv = work.File("rows.csv");
        await GenerateAsync(csv, rows, columns);
        using var service = Peers.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "SigmoidApi.dll"), "--urls", Url, "--environment", "Production", "--Storage:Directory", work.File("data")],
            work.File("service.log"));
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(20) };
        await Peers.UntilAsync(client, $"{Url}/health/ready", HttpMethod.Get);
        var megabytes = new FileInfo(csv).Length / 1_000_000;
        Console.WriteLine($"{Environment.ProcessorCount} processors; {rows} rows of {columns} numbers, {megabytes} MB of CSV; "
            + $"median of {rounds} rounds in turn after one that does not count");
        Console.WriteLine();

        var (ours, pandas, pandasPeaks) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            ours.Add(await SecondsAsync(() => UploadAsync(client, csv, "text/csv", "rows")));
            var script = Path.Combine(Peers.ProjectDirectory(), "Peers", "describe.py");
            var peer = (await Peers.RunToEndAsync("/usr/bin/python3", [script, csv])).Split(' ');
            pandas.Add(double.Parse(peer[0], CultureInfo.InvariantCulture));
            pandasPeaks.Add(double.Parse(peer[2], CultureInfo.InvariantCulture));
        }

        var ofPandas = $"pandas read_csv + describe {Median(pandas):F2} s: {Median(pandas) / Median(ours):F2} times as fast; "
            + $"pandas peak {pandasPeaks.Max():F0} MB";
        Report("CSV to 201, profile included", Median(ours), ofPandas);

        var (alone, jobs) = (new List<double>(), new List<double>());
        var dataset = await client.GetFromJsonAsync<JsonElement>(new Uri($"{Url}/api/v1/datasets/rows"));
        var parquet = Path.Combine(work.File("data"), "datasets", $"{dataset.GetProperty("id").GetString()}.parquet");
        var (table, labels) = Table(Path.GetDirectoryName(Path.GetDirectoryName(parquet))!, Guid.Parse(dataset.GetProperty("id").GetString()!), columns);
        for (var round = 0; round <= rounds; round++)
        {
            var preparation = Enumerable.Repeat(new ColumnPreparation(), columns).ToArray();
            alone.Add(await SecondsAsync(
                () => Task.FromResult(LogisticTrainer.Train(table, preparation, labels, new LogisticOptions(), null, CancellationToken.None))));
            jobs.Add(await SecondsAsync(() => TrainAsync(client)));
        }

        var ofTraining = $"training alone, on the matrix in memory, {Median(alone):F3} s: {Median(jobs) / Median(alone):F1} times";
        Report("stored Parquet to a trained model", Median(jobs), ofTraining);

        var content = work.File("rows.parquet");
        await using (var file = File.Create(content))
            await (await client.GetStreamAsync(new Uri($"{Url}/api/v1/datasets/rows/content"))).CopyToAsync(file);
        var (uploads, predictions) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            uploads.Add(await SecondsAsync(() => UploadAsync(client, content, "application/vnd.apache.parquet", "parquet")));
            predictions.Add(await SecondsAsync(() => PredictAsync(client, content, work.File("predicted.parquet"))));
        }

        Report("Parquet to 201, profile included", Median(uploads), "");
        Report("predicted, Parquet to Parquet", Median(predictions), $"{new FileInfo(work.File("predicted.parquet")).Length / 1_000_000} MB back");
        if (large > 0)
        {
            var big = work.File("large.csv");
            await GenerateAsync(big, (int)((long)large * rows * 1_000_000 / new FileInfo(csv).Length), columns);
            Report($"CSV of {new FileInfo(big).Length / 1_000_000} MB to 201", await SecondsAsync(() => UploadAsync(client, big, "text/csv", "large")), "");
        }

        Console.WriteLine();
        foreach (var process in Process.GetProcesses().Where(process => IsOurs(process, service.Id)))
        {
            var name = process.Id == service.Id ? "the service (it also trains)" : "the worker that reads uploads";
            Console.WriteLine($"peak memory of {name}: {PeakMegabytes(process.Id)} MB");
        }

        return 0;
    }

    private static void Report(string what, double seconds, string comparison) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-36} {seconds,7:F2} s   {comparison}"));

    private static double Median(List<double> seconds) => seconds.Skip(1).Order().ElementAt((seconds.Count - 1) / 2);

    private static async Task<double> SecondsAsync<T>(Func<Task<T>> action)
    {
        var watch = Stopwatch.StartNew();
        await action();
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<string> UploadAsync(HttpClient client, string path, string mediaType, string name)
    {
        await using var file = File.OpenRead(path);
        using var content = new StreamContent(file, 1 << 17);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var response = await client.PostAsync(new Uri($"{Url}/api/v1/datasets?name={name}"), content);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? body : throw new InvalidOperationException(body);
    }

    private static async Task<string> TrainAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Url}/api/v1/training-jobs"))
        {
            Content = new StringContent("""{ "datasetId": "rows", "target": "target", "modelName": "rows" }""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Prefer", "wait=60");
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return body.Contains("\"succeeded\"", StringComparison.Ordinal) ? body : throw new InvalidOperationException(body);
    }

    private static async Task<string> PredictAsync(HttpClient client, string path, string answer)
    {
        await using var file = File.OpenRead(path);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Url}/api/v1/models/rows/predict"))
        {
            Content = new StreamContent(file, 1 << 17),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.apache.parquet");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var target = File.Create(answer);
        await response.Content.CopyToAsync(target);
        return answer;
    }

    private static (FeatureTable Table, double[] Labels) Table(string storage, Guid id, int columns)
    {
        var engine = new DatasetEngine(new DatasetFiles(storage), Options.Create(new DatasetOptions()), TimeProvider.System);
        var features = Enumerable.Range(0, columns).Select(i => new ColumnProfile(Name(i), ColumnType.Number, 0, 3)).ToArray();
        var target = new ColumnToRead(new ColumnProfile("target", ColumnType.Boolean, 0, 2), AsLevels: false);
        var read = engine.Read(id, features, [target], CancellationToken.None);
        FeatureColumn[] names = [.. features.Select(feature => new FeatureColumn(feature.Name, null))];
        return (new FeatureTable(read.Rows, names, read.Numbers, read.HasMissingNumbers), read.Others[0].Numbers!);
    }

    /// <summary>Numbers of 16 to 19 characters, as pandas writes them, and a target that depends on eight columns.</summary>
    public static async Task GenerateAsync(string path, int rows, int columns)
    {
        var random = new Random(1);
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 20);
        await file.WriteAsync($"target,{string.Join(',', Enumerable.Range(0, columns).Select(Name))}\n");
        var line = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            var margin = 0.0;
            line.Clear();
            for (var column = 0; column < columns; column++)
            {
                var value = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                margin += column < 8 ? value / 2 : 0;
                line.Append(',').Append(value.ToString("R", CultureInfo.InvariantCulture));
            }

            line.Insert(0, random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? '1' : '0').Append('\n');
            await file.WriteAsync(line);
        }
    }

    public static string Name(int column) => string.Create(CultureInfo.InvariantCulture, $"x{column}");

    private static bool IsOurs(Process process, int service)
    {
        try
        {
            return process.Id == service
                || File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[1].Split(' ')[1] == service.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static long PeakMegabytes(int process) => Peers.StatusBytes(process, "VmHWM:") / 1_024_000;
}
