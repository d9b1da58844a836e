using System.Globalization;
using System.Net;
using System.Text;

namespace SigmoidApi.Tests.Durability;

/// <summary>A disk that fills up while a file is read is not an error of the file: the answer is 503, the log has one line, and no file is kept.</summary>
[Trait("Speed", "Slow")]
public sealed class FullDiskTests
{
    // Each number takes 8 bytes as text, and 8 bytes when it is stored.
    private static readonly byte[] Numbers = Encoding.UTF8.GetBytes(
        "a\n" + string.Concat(Enumerable.Range(0, 1_500_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{1_000_000 + i}\n"))));

    [Fact]
    public async Task DiskThatFillsDuringAnUploadIsA503()
    {
        using var disk = new Tmpfs(Path.Combine(Path.GetTempPath(), $"sigmoid-disk-{Guid.NewGuid():n}"), "size=18m");
        await using var service = await On(disk);

        (await Upload(service, Numbers)).Problem(HttpStatusCode.ServiceUnavailable);

        await ShouldContinue(service);
    }

    [Fact]
    public async Task DiskThatFillsDuringAPredictionIsA503()
    {
        using var disk = new Tmpfs(Path.Combine(Path.GetTempPath(), $"sigmoid-disk-{Guid.NewGuid():n}"), "size=24m");
        await using var service = await On(disk);
        var dataset = await service.Api.Upload("name=small", "a,y\n0.1,0\n0.9,1\n0.2,1\n0.4,0\n");
        await service.Api.Train($$"""{ "datasetId": "{{dataset.GetProperty("id").GetString()}}", "target": "y", "modelName": "mails" }""");

        (await service.Api.Send(HttpMethod.Post, "models/mails/predict", ApiClient.Bytes(Numbers, "text/csv"))).Problem(HttpStatusCode.ServiceUnavailable);

        await ShouldContinue(service);
    }

    [Fact]
    public async Task FileThatExceedsTheLimitOfWrittenBytesIsTooLarge()
    {
        await using var service = await ServiceProcess.Started(("Datasets:MaxUploadBytes", "2000000"), ("Datasets:MaxWrittenBytes", "1048576"));
        var lines = Enumerable.Range(0, 320_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * 7919L % 99_991}\n"));
        var numbers = Encoding.UTF8.GetBytes("a\n" + string.Concat(lines));

        (await Upload(service, numbers)).Problem(HttpStatusCode.RequestEntityTooLarge).Detail
            .ShouldBe("Reading the file takes more room on the disk than it may use (Datasets:MaxWrittenBytes).");

        Directory.GetFileSystemEntries(Path.Combine(service.StorageDirectory, "uploads")).ShouldBeEmpty();
    }

    private static async Task<ServiceProcess> On(Tmpfs disk)
    {
        var service = new ServiceProcess { StorageDirectory = Path.Combine(disk.Path, "data") };
        await service.Start();
        return service;
    }

    private static Task<ApiResponse> Upload(ServiceProcess service, byte[] file) =>
        service.Api.Send(HttpMethod.Post, "datasets?name=rows", ApiClient.Bytes(file, "text/csv"));

    private static async Task ShouldContinue(ServiceProcess service)
    {
        await Eventually.True(() => Directory.GetFileSystemEntries(Path.Combine(service.StorageDirectory, "uploads")).Length == 0);
        await Eventually.True(() => service.Log.Count(line => line.Contains("The disk is full: free some space", StringComparison.Ordinal)) == 1);
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
        await service.Api.Upload("name=small", "a\n1\n"u8.ToArray(), "text/csv");
    }
}
