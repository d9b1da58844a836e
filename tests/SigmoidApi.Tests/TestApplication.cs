using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SigmoidApi.Storage;
using SigmoidApi.Tests.Contract;

namespace SigmoidApi.Tests;

/// <summary>
/// The service in this process, with its own storage directory, which is removed on disposal. It listens on a socket, since Kestrel handles limits of bodies,
/// broken connections and headers, which the in-memory server lacks.
/// </summary>
public sealed class TestApplication : WebApplicationFactory<Program>
{
    public TestApplication() => UseKestrel();

    /// <summary>Settings that override the defaults, such as <c>Limits:MaxValues</c>.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>The service's clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string StorageDirectory { get; } = Path.Combine(Path.GetTempPath(), $"sigmoid-tests-{Guid.NewGuid():n}");

    public ApiClient Api => field ??= new ApiClient(CreateClient());

    /// <summary>A client whose answers are checked against the document.</summary>
    public new HttpClient CreateClient() => CreateDefaultClient(new ContractCheck());

    /// <summary>Direct access to the service's database.</summary>
    public Task<SigmoidDbContext> Database() =>
        Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);

    /// <summary>The entries of directories under the storage directory.</summary>
    public string[] Files(params IEnumerable<string> directories) =>
        [.. directories.SelectMany(directory => Directory.GetFileSystemEntries(Path.Combine(StorageDirectory, directory)))
            .Select(path => Path.GetRelativePath(StorageDirectory, path)).Order(StringComparer.Ordinal)];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Directory.Exists(StorageDirectory))
            Directory.Delete(StorageDirectory, recursive: true);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseSetting("Storage:Directory", StorageDirectory);
        // No proxy needs time to use other replicas.
        builder.UseSetting("Limits:DrainSeconds", "0");
        // A line for each of thousands of requests would hide a test's failure.
        builder.UseSetting("Serilog:MinimumLevel", "Warning");
        foreach (var (key, value) in Settings)
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services => services.AddSingleton(Time));
    }
}
