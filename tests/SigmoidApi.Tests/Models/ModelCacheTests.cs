using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SigmoidApi.Models;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Models;

public sealed class ModelCacheTests(TestApplication application) : IClassFixture<TestApplication>
{
    /// <summary>A client may see that its job has ended before the committing process returns from the commit.</summary>
    [Fact]
    public async Task NewVersionIsServedAsSoonAsItIsCommitted()
    {
        var cache = await Trained("renewed");
        (await Latest(cache, "renewed")).ShouldBe(1);

        using (cache.Change("renewed"))
        {
            (await Latest(cache, "renewed")).ShouldBe(1);
            await AddVersion("renewed");
            (await Latest(cache, "renewed")).ShouldBe(2);
        }

        (await Latest(cache, "renewed")).ShouldBe(2);
    }

    [Fact]
    public async Task ModelIsCachedOnlyAfterTheLastOfTwoConcurrentChanges()
    {
        var cache = await Trained("twice");

        var (first, second) = (cache.Change("twice"), cache.Change("twice"));
        first.Dispose();
        (await Latest(cache, "twice")).ShouldBe(1);
        await AddVersion("twice");
        second.Dispose();

        (await Latest(cache, "twice")).ShouldBe(2);
    }

    private async Task<ModelCache> Trained(string name)
    {
        await application.Api.Train(LongFit.Quick.Replace("\"quick\"", $"\"{name}\"", StringComparison.Ordinal));
        return application.Services.GetRequiredService<ModelCache>();
    }

    private static async Task<int> Latest(ModelCache cache, string name) =>
        (await cache.FindAsync(name, version: null, TestContext.Current.CancellationToken)).ShouldNotBeNull().Name.Version;

    private async Task AddVersion(string name)
    {
        await using var db = await application.Database();
        var latest = await db.ModelVersions.AsNoTracking().SingleAsync(v => v.Name == name, TestContext.Current.CancellationToken);
        db.ModelVersions.Add(new ModelVersion
        {
            JobId = Guid.CreateVersion7(),
            Name = latest.Name,
            Version = latest.Version + 1,
            DatasetId = latest.DatasetId,
            Target = latest.Target,
            CreatedAt = latest.CreatedAt,
            Trained = latest.Trained,
        });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
