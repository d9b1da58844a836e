using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SigmoidApi.Database;
using SigmoidApi.Storage;

namespace SigmoidApi.Tests.Database;

public sealed class StorageSetupTests
{
    /// <summary>
    /// EF Core builds a part of its model at the first query, and one of two concurrent first queries may fail. Hosted services query at the same
    /// time.
    /// </summary>
    [Fact]
    public async Task ModelIsCompleteBeforeTheServicesStart()
    {
        var seen = new ModelAtStart();
        await using var application = new TestApplication();
        using var ownModels = new MemoryCache(new MemoryCacheOptions { SizeLimit = 1 << 20 });
        await using var started = application.WithWebHostBuilder(builder => builder.ConfigureTestServices(services =>
        {
            // Other tests have already built the model that the process caches; this service uses its own.
            services.ConfigureDbContext<SqliteDbContext>(options => options.UseMemoryCache(ownModels));
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider =>
            {
                seen.Contexts = provider.GetRequiredService<IDbContextFactory<SigmoidDbContext>>();
                return seen;
            }));
        }));

        started.StartServer();

        seen.IsWhole.ShouldBe(true);
    }

    private sealed class ModelAtStart : IHostedService
    {
        public IDbContextFactory<SigmoidDbContext>? Contexts { get; set; }

        public bool? IsWhole { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using var db = await Contexts!.CreateDbContextAsync(cancellationToken);
            IsWhole = db.Model.FindRuntimeAnnotation(RelationalAnnotationNames.RelationalModel) is not null;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
