using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Operations;

/// <summary>A request's log line says why it was refused, and an orderly stop is not an error.</summary>
[Trait("Speed", "Slow")]
public sealed class RequestLogTests
{
    [Fact]
    public async Task LineOfARefusedRequestHasItsReason()
    {
        await using var service = await ServiceProcess.Started();

        await service.Api.Post("sigmoid", """{ "valeus": 1 }""");
        await service.Api.Get("models/none");
        await service.Api.Get("datasets?limt=1");
        await service.Api.Get("/nothing");
        await service.Api.Post("sigmoid", "{ \"values\": 1, \"a\\r\\nb\\u2028c" + new string('x', 5000) + "\": 1 }");
        await service.Api.Get("sigmoid?x=1");

        (await Line(service, 400, "/api/v1/sigmoid")).ShouldBe(("Information", "valeus: unknown field; did you mean 'values'?"));
        (await Line(service, 404, "/api/v1/models/none")).ShouldBe(("Information", "There is no model 'none'."));
        (await Line(service, 400, "/api/v1/datasets"))
            .ShouldBe(("Information", "limt: unknown query parameter: this path takes cursor, limit, name; did you mean 'limit'?"));
        (await Line(service, 404, "/nothing")).Reason.ShouldStartWith("There is nothing at this path");
        (await Line(service, 200, "/api/v1/sigmoid")).ShouldBe(("Information", null));
        var long_ = (await Line(service, 400, "/api/v1/sigmoid", skip: 1)).Reason.ShouldNotBeNull();
        long_.Length.ShouldBeLessThan(310);
        long_.Any(char.IsControl).ShouldBeFalse();
        long_.ShouldNotContain('\u2028');
    }

    [Fact]
    public async Task LineOfAHeadRequestNamesItsMethod()
    {
        await using var service = await ServiceProcess.Started();
        string[] paths = ["/openapi/v1.json", "/swagger/index.html", "/version"];

        foreach (var path in paths)
            (await service.Api.Send(HttpMethod.Head, path)).Expect(HttpStatusCode.OK);
        await service.Terminate();

        foreach (var path in paths)
        {
            var lines = service.Log.Where(line => line.Contains($"\"RequestPath\":\"{path}\"", StringComparison.Ordinal));
            lines.ShouldHaveSingleItem().ShouldContain("\"RequestMethod\":\"HEAD\"");
        }
    }

    [Fact]
    public async Task ReadinessRequestDuringAStopIsNotAnError()
    {
        await using var service = await ServiceProcess.Started(("Limits:DrainSeconds", "5"));
        await service.Signal("TERM");

        var ready = await Eventually.Get(() => service.Api.Get("/health/ready"), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        ready.Text.ShouldBe("Unhealthy");
        (await service.Api.Get("datasets")).Problem(HttpStatusCode.ServiceUnavailable);
        await Eventually.True(() => !service.IsRunning);

        (await Line(service, 503, "/health/ready")).ShouldBe(("Information", "The service is stopping."));
        (await Line(service, 503, "/api/v1/datasets")).Level.ShouldBe("Information");
        service.Log.ShouldNotContain(
            line => line.Contains("\"@l\":\"Error\"", StringComparison.Ordinal) || line.Contains("\"@l\":\"Fatal\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ClosedConnectionIsNotAnError()
    {
        await using var service = await ServiceProcess.Started();
        var id = await service.Api.Enqueue(LongFit.Request("left"));
        await service.Api.Running(id);
        using (var leaving = new CancellationTokenSource())
        {
            await using var events = await service.Api.Http.GetStreamAsync(new Uri($"/api/v1/training-jobs/{id}/events", UriKind.Relative), leaving.Token);
            await leaving.CancelAsync();
        }

        (await Line(service, 200, $"/api/v1/training-jobs/{id}/events")).Level.ShouldBe("Information");
        service.Log.ShouldNotContain(line => line.Contains("\"@l\":\"Error\"", StringComparison.Ordinal));
    }

    /// <summary>The level and the reason of a request's log line, which is written shortly after the answer.</summary>
    private static async Task<(string Level, string? Reason)> Line(ServiceProcess service, int status, string path, int skip = 0)
    {
        var line = await Eventually.Get(
            () => Task.FromResult(service.Log.Where(l => l.StartsWith('{')).Select(l => JsonElement.Parse(l)).Where(Is).Skip(skip).FirstOrDefault()),
            found => found.ValueKind == JsonValueKind.Object);
        return (line.TryGetProperty("@l", out var level) ? level.GetString()! : "Information",
            line.TryGetProperty("Reason", out var reason) ? reason.GetString() : null);

        bool Is(JsonElement logged) =>
            logged.TryGetProperty("RequestPath", out var p) && p.GetString() == path && logged.GetProperty("StatusCode").GetInt32() == status;
    }
}
