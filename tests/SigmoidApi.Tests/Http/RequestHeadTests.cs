using System.Net;

namespace SigmoidApi.Tests.Http;

/// <summary>The length of a request's head is limited by settings. Beyond them the server answers before it routes the request.</summary>
[Trait("Speed", "Slow")]
public sealed class RequestHeadTests
{
    [Fact]
    public async Task RequestHeadIsAcceptedUpToItsLimits()
    {
        await using var service = await ServiceProcess.Started(
            ("Limits:MaxRequestLineBytes", "20000"), ("Limits:MaxHeaderBytes", "50000"), ("Limits:MaxHeaders", "120"));
        using var http = new HttpClient { BaseAddress = service.Address, Timeout = ApiClient.Patience };

        (await Status(http, $"sigmoid?x={new string('0', 15_000)}")).ShouldBe(HttpStatusCode.OK);
        (await Status(http, $"sigmoid?x={new string('0', 21_000)}")).ShouldBe(HttpStatusCode.RequestUriTooLong);
        (await Status(http, "sigmoid?x=0", headers: 1, length: 45_000)).ShouldBe(HttpStatusCode.OK);
        (await Status(http, "sigmoid?x=0", headers: 1, length: 51_000)).ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
        (await Status(http, "sigmoid?x=0", headers: 110, length: 1)).ShouldBe(HttpStatusCode.OK);
        (await Status(http, "sigmoid?x=0", headers: 121, length: 1)).ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    private static async Task<HttpStatusCode> Status(HttpClient http, string path, int headers = 0, int length = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/" + path, UriKind.Relative));
        for (var i = 0; i < headers; i++)
            request.Headers.Add($"x-{i}", new string('a', length));
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
