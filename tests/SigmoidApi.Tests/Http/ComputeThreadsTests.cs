using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Http;

/// <summary>Long computations do not take the threads of other requests.</summary>
[Trait("Speed", "Slow")]
public sealed class ComputeThreadsTests
{
    [Theory]
    [InlineData(200, 20)] // a small body of many steps
    [InlineData(20_000, 10)] // a large body
    public async Task HealthIsAnsweredWhileFortyRequestsCompute(int rows, int columns)
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxUpdateIterations", "100000000"));
        var body = Steps(rows, columns, iterations: 100_000_000);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        // Each would take minutes if its client did not leave.
        var requests = Enumerable.Range(0, 40).Select(_ => Post(service, body, leaving.Token)).ToArray();
        for (var i = 0; i < 20; i++)
        {
            (await service.Api.Get("/health/live")).Expect(HttpStatusCode.OK);
            (await service.Api.Get("/health/ready")).Expect(HttpStatusCode.OK);
            (await service.Api.Post("sigmoid", """{ "values": 0 }""")).Expect(HttpStatusCode.OK);
        }

        requests.ShouldAllBe(request => !request.IsCompleted);
        await leaving.CancelAsync();
        foreach (var request in requests)
            await Should.ThrowAsync<OperationCanceledException>(() => request);
        // Requests whose clients have gone do not block others.
        (await service.Api.Post("update-weights", Steps(200, 20, 1_000))).Expect(HttpStatusCode.OK);
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 5, 10)]
    [InlineData("3", 3, 3)]
    [InlineData("0", 0, 0)]
    public async Task ComputeThreadsHaveALowerPriority(string? setting, int compute, int fit)
    {
        await using var service = await ServiceProcess.Started(setting is null ? [] : [("Limits:ComputeNice", setting), ("Training:Nice", setting)]);
        var running = await service.Api.Enqueue(LongFit.Request());
        await service.Api.Running(running);

        await Eventually.True(() => service.Threads().Any(thread => thread.Name == "fit"));

        var threads = service.Threads();
        // The process itself may have been started with a nice value.
        var own = threads[0].Nice;
        threads.Where(thread => thread.Name == "compute").Select(thread => thread.Nice).Distinct().ShouldBe([own + compute]);
        threads.Where(thread => thread.Name == "fit").Select(thread => thread.Nice).Distinct().ShouldBe([own + fit]);
        threads.Where(thread => thread.Name == ".NET TP Worker").Select(thread => thread.Nice).Distinct().ShouldBe([own]);
    }

    [Fact]
    public async Task RequestBeyondTheQueueIsRefusedWithRetryAfter()
    {
        await using var service = await ServiceProcess.Started(
            ("Limits:MaxUpdateIterations", "100000000"), ("Limits:ComputeThreads", "1"), ("Limits:MaxComputeQueue", "1"));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var body = Steps(200, 20, iterations: 100_000_000);
        var requests = Enumerable.Range(0, 3).Select(_ => Post(service, body, leaving.Token)).ToArray();

        using var refused = await await Task.WhenAny(requests);

        var answer = new ApiResponse(refused, await refused.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        answer.Problem(HttpStatusCode.ServiceUnavailable).Detail.ShouldContain("Limits:MaxComputeQueue");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        // Short computations run on the request's own thread.
        (await service.Api.Post("update-weights", Steps(2, 2, 10))).Expect(HttpStatusCode.OK);
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
        await leaving.CancelAsync();
    }

    [Fact]
    public async Task LargeBodyIsAnsweredLikeASmallOne()
    {
        await using var application = new TestApplication();
        var values = Enumerable.Range(0, 200_000).Select(i => i / 1000.0 - 100).ToArray();

        var large = (await application.Api.Post("sigmoid", new { values })).Expect(HttpStatusCode.OK).Numbers("values");
        var small = (await application.Api.Post("sigmoid", new { values = values[..10] })).Expect(HttpStatusCode.OK).Numbers("values");

        var withoutLength = (await application.Api.Send(HttpMethod.Post, "sigmoid", JsonContent.Create(new { values })))
            .Expect(HttpStatusCode.OK).Numbers("values");
        var shortWithoutLength = (await application.Api.Send(HttpMethod.Post, "sigmoid", JsonContent.Create(new { values = values[..10] })))
            .Expect(HttpStatusCode.OK).Numbers("values");

        large[..10].ShouldBe(small);
        withoutLength.ShouldBe(large);
        shortWithoutLength.ShouldBe(small);
        large.Length.ShouldBe(values.Length);
        (await application.Api.Post("sigmoid", new { values = values.Select(v => (object)v).Append("no number") })).Problem(HttpStatusCode.BadRequest);
    }

    private static Task<HttpResponseMessage> Post(ServiceProcess service, string body, CancellationToken cancellationToken) =>
        service.Api.Http.PostAsync(new Uri("/api/v1/update-weights", UriKind.Relative), ApiClient.Json(body), cancellationToken);

    private static string Steps(int rows, int columns, int iterations)
    {
        var features = Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, columns).Select(j => (i * 31 + j * 17) % 101 / 101.0).ToArray()).ToArray();
        return JsonSerializer.Serialize(
            new { features, labels = Enumerable.Range(0, rows).Select(i => i % 2).ToArray(), weights = new double[columns], learningRate = 1e-9, iterations },
            JsonSerializerOptions.Web);
    }
}
