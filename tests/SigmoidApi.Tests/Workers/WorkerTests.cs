using System.Globalization;
using System.Net;
using System.Text;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Import;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Tests.Tables;
using SigmoidApi.Workers;

namespace SigmoidApi.Tests.Workers;

/// <summary>Files are read in separate processes, which may end at any time.</summary>
[Trait("Speed", "Slow")]
public sealed class WorkerTests
{
    [Fact]
    public async Task WorkerKilledAtWorkIsReplaced()
    {
        await using var service = await ServiceProcess.Started();
        var upload = service.Api.PostBytes("datasets?name=large", Large, "text/csv");

        await KillAtWork(service, []);

        (await upload).Expect(HttpStatusCode.Created).Json.GetProperty("rows").GetInt32().ShouldBe(1_500_000);
        Directory.GetFileSystemEntries(Uploads(service)).ShouldBeEmpty();
    }

    [Fact]
    public async Task FileIsNotBlamedWhenItsReadersAreKilledTwice()
    {
        await using var service = await ServiceProcess.Started();
        var upload = service.Api.Send(HttpMethod.Post, "datasets?name=killed", ApiClient.Bytes(Large, "text/csv"));

        var first = await KillAtWork(service, []);
        await KillAtWork(service, first);

        (await upload).Problem(HttpStatusCode.ServiceUnavailable);
        await Eventually.True(() => service.Log.Count(line =>
            line.Contains("was killed twice from outside", StringComparison.Ordinal) || line.Contains("short of memory", StringComparison.Ordinal)) == 1);
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
        await ShouldTakeTheNext(service);
    }

    [Fact]
    public async Task FileThatCrashesTwoWorkersIsRefusedAndTheNextUploadWorks()
    {
        await using var service = await ServiceProcess.Started();
        var upload = service.Api.PostBytes("datasets?name=crashes", Large, "text/csv");

        // The runtime handles the other signals of a crash, and may continue after one from outside.
        var first = await KillAtWork(service, [], "SYS");
        await KillAtWork(service, first, "SYS");

        (await upload).Problem(HttpStatusCode.BadRequest).Detail.ShouldContain("it is damaged in a way that crashes its reader");
        await ShouldTakeTheNext(service);
    }

    [Fact]
    public async Task FileToPredictIsNotBlamedWhenItsReadersAreKilledTwice()
    {
        await using var service = await ServiceProcess.Started();
        var dataset = await service.Api.Upload("name=rows", "a,y\n0.1,0\n0.9,1\n0.2,1\n0.4,0\n");
        await service.Api.Train($$"""{ "datasetId": "{{dataset.GetProperty("id").GetString()}}", "target": "y", "modelName": "mails" }""");
        var predicted = service.Api.Send(HttpMethod.Post, "models/mails/predict", ApiClient.Bytes(Large, "text/csv"));

        var first = await KillAtWork(service, [], written: "*.answer");
        await KillAtWork(service, first, written: "*.answer");

        (await predicted).Problem(HttpStatusCode.ServiceUnavailable);
        // The file is removed at the end of the request, which comes after the answer.
        await Eventually.True(() => Directory.GetFileSystemEntries(Uploads(service)).Length == 0);
    }

    [Fact]
    public async Task KilledIdleWorkerIsReplaced()
    {
        await using var service = await ServiceProcess.Started();
        await service.Api.Upload("name=first", "a\n1\n");
        var workers = service.Children();
        workers.ShouldNotBeEmpty();

        await Signals.Send("KILL", workers);

        await service.Api.Upload("name=second", "a\n1\n");
        service.Children().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task WorkerEndsWithItsService()
    {
        int worker;
        using (var process = new WorkerProcess(new DatasetOptions(), _ => { }))
        {
            worker = process.ProcessId;
            process.HasExited.ShouldBeFalse();
        }

        await Eventually.True(() => !Directory.Exists($"/proc/{worker}"));
    }

    [Fact]
    public async Task WorkerEndsWhenItsRequestIsCanceled()
    {
        using var store = new TemporaryStore();
        using var upload = await store.Receive(new MemoryStream(Encoding.UTF8.GetBytes("a\n" + string.Concat(Enumerable.Repeat("1.25\n", 2_000_000)))));
        using var worker = new WorkerProcess(new DatasetOptions(), _ => { });
        using var canceled = new CancellationTokenSource();
        var file = new TableFile(
            upload.ContentPath, DatasetFormat.Csv, new(), new Dictionary<string, ColumnType>(), 10, int.MaxValue, 1_000, 1_000, 1 << 24, 1_000);
        var asked = worker.AskAsync(
            new(UploadReceiver.Import.Name, WorkerMessages.Element(new ImportTask(file, upload.ParquetPath, upload.SpillPath, 512, 1, 1000, long.MaxValue))),
            TimeSpan.FromMinutes(1), TimeProvider.System, canceled.Token);

        await canceled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(asked);
        await Eventually.True(() => worker.HasExited);
    }

    private static byte[] Large { get; } = Encoding.UTF8.GetBytes(
        "a,b,c\n" + string.Concat(
            Enumerable.Range(0, 1_500_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * 0.37},text {i % 1000},{i % 7}\n"))));

    private static string Uploads(ServiceProcess service) => Path.Combine(service.StorageDirectory, "uploads");

    private static async Task ShouldTakeTheNext(ServiceProcess service)
    {
        Directory.GetFileSystemEntries(Uploads(service)).ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.Combine(service.StorageDirectory, "datasets")).ShouldBeEmpty();
        (await service.Api.Upload("name=next", "a\n1\n")).GetProperty("rows").GetInt32().ShouldBe(1);
    }

    /// <summary>Kills the service's new workers once one of them has begun to write its file.</summary>
    private static async Task<int[]> KillAtWork(ServiceProcess service, int[] before, string signal = "KILL", string written = "*.parquet")
    {
        var workers = Array.Empty<int>();
        await Eventually.True(() => Directory.GetFiles(Uploads(service), written).Length > 0 && (workers = [.. service.Children().Except(before)]).Length > 0);
        await Signals.Send(signal, workers);
        return workers;
    }
}
