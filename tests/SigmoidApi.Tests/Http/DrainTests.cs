using System.Net;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Http;

public sealed class DrainTests
{
    [Fact]
    public async Task ServiceThatStopsSaysSoBeforeItClosesItsDoor()
    {
        await using var service = await ServiceProcess.Started(("Limits:DrainSeconds", "5"));

        await service.Signal("TERM");

        var refused = await Eventually.Get(() => service.Api.Post("training-jobs", LongFit.Quick), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        refused.Problem(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("/health/live")).Status.ShouldBe(HttpStatusCode.OK);
        using (var connection = await RawConnection.Open(service.Address))
            service.IsRunning.ShouldBeTrue();
        await Eventually.True(() => !service.IsRunning);
        service.ExitCode.ShouldBe(0);
    }
}
