using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

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

    public string StorageDirectory { get; } = Path.Combine(Path.GetTempPath(), $"sigmoid-tests-{Guid.NewGuid():n}");

    public ApiClient Api => field ??= new ApiClient(CreateClient());

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
        // A failure shows what it needs by itself; a line for each request of a thousand hides it.
        builder.UseSetting("Serilog:MinimumLevel", "Warning");
        foreach (var (key, value) in Settings)
            builder.UseSetting(key, value);
    }
}
