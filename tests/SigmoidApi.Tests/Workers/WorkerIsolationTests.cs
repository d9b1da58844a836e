using System.Globalization;
using System.Text;

namespace SigmoidApi.Tests.Workers;

/// <summary>The restrictions of the process that reads uploaded files, and when it ends. The numbers are those of Linux.</summary>
[Trait("Speed", "Slow")]
public sealed class WorkerIsolationTests
{
    [Fact]
    public async Task WorkerDoesNotGetTheServicesEnvironment()
    {
        await using var service = await Working();
        var names = (await Read(Worker(service), "environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('=')[0]);

        // VECTOR_BITS of test.sh sets one of these, which must reach the worker: it computes predictions too.
        string[] vectors = ["DOTNET_PreferredVectorBitWidth", "DOTNET_EnableAVX512", "DOTNET_EnableAVX", "DOTNET_EnableHWIntrinsic"];
        string[] expected =
        [
            "DOTNET_EnableDiagnostics", "DOTNET_GCConserveMemory", "DOTNET_GCHeapHardLimit",
            .. vectors.Where(name => Environment.GetEnvironmentVariable(name) is not null),
        ];
        names.Where(name => !name.StartsWith("DOTNET_ROOT", StringComparison.Ordinal)).ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task WorkerIsLimited()
    {
        await using var service = await Working(
            ("Datasets:MemoryMegabytes", "300"), ("Datasets:WorkerOverheadMegabytes", "900"),
            ("Datasets:MaxUploadBytes", "1000000"), ("Datasets:MaxWrittenBytes", "5000000"));
        var worker = Worker(service);
        var limits = await Read(worker, "limits");

        Limit("Max core file size").ShouldBe("0");
        Limit("Max data size").ShouldBe("1500000000");
        Limit("Max file size").ShouldBe("5000000");
        int.Parse(Limit("Max open files"), CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(1024);
        (await Read(worker, "oom_score_adj")).Trim().ShouldBe("1000");
        var status = await Read(worker, "status");
        status.ShouldContain("NoNewPrivs:\t1\n");
        status.ShouldContain("Umask:\t0077\n");

        // The soft limit, which must equal the hard one.
        string Limit(string name)
        {
            var line = limits.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
            var values = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            values[1].ShouldBe(values[0]);
            return values[0];
        }
    }

    [Fact]
    public async Task HangingWorkerEndsWhenTheServiceIsKilled()
    {
        await using var service = await Working();
        var worker = Worker(service);
        await Signals.Send("STOP", worker);

        await service.Kill();

        await Eventually.True(() => !IsAlive(worker));
    }

    [Fact]
    public async Task BusyWorkerEndsWhenTheServiceIsKilled()
    {
        await using var service = await ServiceProcess.Started();
        using var body = new MemoryStream(Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("1.25,2\n", 2_000_000))));
        var upload = service.Api.Http.PostAsync(
            new Uri(service.Address, "/api/v1/datasets?name=large&format=csv"), new StreamContent(body), TestContext.Current.CancellationToken);
        var uploads = Path.Combine(service.StorageDirectory, "uploads");
        await Eventually.True(() => Directory.GetFiles(uploads, "*.parquet").Length > 0);
        var worker = Worker(service);

        await service.Kill();

        await Eventually.True(() => !IsAlive(worker));
        await Should.ThrowAsync<HttpRequestException>(upload);
    }

    private static async Task<ServiceProcess> Working(params (string, string)[] settings)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var service = await ServiceProcess.Started(settings);
        await service.Api.Upload("name=first", "a\n1\n");
        return service;
    }

    private static int Worker(ServiceProcess service) => service.Children().ShouldHaveSingleItem();

    private static Task<string> Read(int process, string file) => File.ReadAllTextAsync($"/proc/{process}/{file}", TestContext.Current.CancellationToken);

    // An ended process remains as a zombie until its parent reads its exit code.
    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
