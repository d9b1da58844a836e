using System.Net;

namespace SigmoidApi.Tests.Operations;

public sealed class HealthTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task RunningServiceIsHealthy(string path)
    {
        (await _api.Get(path)).Expect(HttpStatusCode.OK).Text.ShouldBe("Healthy");
    }

    [Fact]
    public async Task ServiceWithoutItsDatabaseIsAliveButNotReady()
    {
        await using var broken = new TestApplication();
        (await broken.Api.Get("/health/ready")).Expect(HttpStatusCode.OK);

        var answer = await Eventually.Get(
            () =>
            {
                // The service queries its database regularly, also while the files are being deleted.
                Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
                foreach (var file in Directory.EnumerateFiles(broken.StorageDirectory, "sigmoid.db*"))
                    File.Delete(file);
                return broken.Api.Get("/health/ready");
            },
            answer => answer.Status != HttpStatusCode.OK);
        answer.Expect(HttpStatusCode.ServiceUnavailable).Text.ShouldBe("Unhealthy");
        (await broken.Api.Get("/health/live")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RootRedirectsToSwagger()
    {
        var page = (await _api.Get("/")).Expect(HttpStatusCode.OK);

        page.ContentHeaders.ContentType?.MediaType.ShouldBe("text/html");
        page.Text.ShouldContain("swagger-ui");
    }
}
