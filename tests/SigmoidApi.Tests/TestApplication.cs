using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SigmoidApi.Storage;
using SigmoidApi.Tests.Contract;

namespace SigmoidApi.Tests;

/// <summary>
/// The service in this process, with a storage directory of its own, which goes when it is disposed. It listens on a socket: limits of bodies,
/// broken connections and headers are Kestrel's doing, which the in-memory server leaves out.
/// </summary>
public sealed class TestApplication : WebApplicationFactory<Program>
{
    public TestApplication() => UseKestrel();

    /// <summary>Settings over the defaults, such as <c>Limits:MaxValues</c>.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>The service's clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string StorageDirectory { get; } = Path.Combine(Path.GetTempPath(), $"sigmoid-tests-{Guid.NewGuid():n}");

    public ApiClient Api => field ??= new ApiClient(CreateClient());

    /// <summary>A client whose answers are held to the document.</summary>
    public new HttpClient CreateClient() => CreateDefaultClient(new ContractCheck());

    /// <summary>The service's database, to look at behind its back.</summary>
    public Task<SigmoidDbContext> Database() => Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);

    /// <summary>What there is in directories under the storage directory.</summary>
    public string[] Files(params IEnumerable<string> directories) =>
        [.. directories.SelectMany(directory => Directory.GetFileSystemEntries(Path.Combine(StorageDirectory, directory))).Select(path => Path.GetRelativePath(StorageDirectory, path)).Order(StringComparer.Ordinal)];

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
        // Nobody is there who would turn to others meanwhile.
        builder.UseSetting("Limits:DrainSeconds", "0");
        // A failure shows what it needs by itself; a line for each request of a thousand hides it.
        builder.UseSetting("Serilog:MinimumLevel", "Warning");
        foreach (var (key, value) in Settings)
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services => services.AddSingleton(Time));
    }
}
