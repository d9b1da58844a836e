using System.Net;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Http;

[Trait("Speed", "Slow")]
public sealed class DrainTests
{
    [Fact]
    public async Task StoppingServiceAnswers503BeforeItStopsListening()
    {
        await using var service = await ServiceProcess.Started(("Limits:DrainSeconds", "5"));
        var id = await service.Api.Enqueue(LongFit.Request());
        await service.Api.Running(id);
        await using var events = await service.Api.Http.GetStreamAsync(
            new Uri($"/api/v1/training-jobs/{id}/events", UriKind.Relative), TestContext.Current.CancellationToken);
        var watching = events.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);

        await service.Signal("TERM");

        var refused = await Eventually.Get(
            () => service.Api.Post("training-jobs", LongFit.Quick), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        refused.Problem(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("/health/live")).Status.ShouldBe(HttpStatusCode.OK);
        using (var connection = await RawConnection.Open(service.Address))
            service.IsRunning.ShouldBeTrue();
        // EventSource treats a 503 as final, so the events last until the service stops listening.
        watching.IsCompleted.ShouldBeFalse();
        await watching;
        await Eventually.True(() => !service.IsRunning);
        service.ExitCode.ShouldBe(0);
    }
}
