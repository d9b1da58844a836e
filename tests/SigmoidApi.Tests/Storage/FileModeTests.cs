using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;

namespace SigmoidApi.Tests.Storage;

/// <summary>Only the service's user can access its files: files 0600, folders 0700.</summary>
[UnsupportedOSPlatform("windows")]
[Trait("Speed", "Slow")]
public sealed class FileModeTests
{
    private const UnixFileMode OfFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfFolders = OfFiles | UnixFileMode.UserExecute;

    [Fact]
    public async Task FilesAreAccessibleToTheirUserOnly()
    {
        await using var service = await ServiceProcess.Started();
        var dataset = await service.Api.Upload("name=rows", "a,b\n1,0\n2,1\n3,0\n4,1\n");
        await service.Api.Train($$"""{ "datasetId": "{{dataset.GetProperty("id").GetString()}}", "target": "b", "modelName": "mails" }""");
        var large = "a\n" + string.Concat(Enumerable.Repeat("1.25\n", 200_000));
        (await service.Api.Send(HttpMethod.Post, "models/mails/predict", ApiClient.Bytes(System.Text.Encoding.UTF8.GetBytes(large), "text/csv")))
            .Expect(HttpStatusCode.OK);
        var backup = Path.Combine(service.StorageDirectory, "backup");
        using var process = Process.Start("dotnet", [typeof(Program).Assembly.Location, "backup", backup, $"--Storage:Directory={service.StorageDirectory}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);

        var entries = new DirectoryInfo(service.StorageDirectory)
            .GetFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });
        entries.OfType<FileInfo>().Count().ShouldBeGreaterThan(5);
        foreach (var entry in entries.Append(new DirectoryInfo(service.StorageDirectory)))
            entry.UnixFileMode.ShouldBe(entry is DirectoryInfo ? OfFolders : OfFiles, entry.FullName);
    }

    [Fact]
    public async Task FilesOfEarlierVersionsAreRestricted()
    {
        await using var service = await ServiceProcess.Started();
        await service.Terminate();
        string[] made = ["datasets", "uploads", "scratch", "sigmoid.db"];
        foreach (var name in made)
            File.SetUnixFileMode(Path.Combine(service.StorageDirectory, name), OfFolders | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        await service.Start();

        foreach (var name in made)
            File.GetUnixFileMode(Path.Combine(service.StorageDirectory, name)).ShouldBe(OfFolders, name);
    }
}
