using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SigmoidApi.Tests;

/// <summary>An answer of the service, read to its end.</summary>
public sealed class ApiResponse(HttpResponseMessage message, byte[] content)
{
    private static readonly JsonSerializerOptions NamedNumbers = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public HttpStatusCode Status { get; } = message.StatusCode;

    public HttpResponseHeaders Headers { get; } = message.Headers;

    public HttpContentHeaders ContentHeaders { get; } = message.Content.Headers;

    public byte[] Content => content;

    public string Text => Encoding.UTF8.GetString(content);

    public JsonElement Json => JsonElement.Parse(content);

    /// <summary>A member of the body as an array; also reads the strings for NaN and the infinities.</summary>
    public double[] Numbers(string member) => Read<double[]>(member);

    public T Read<T>(string member) => Read<T>(Json.GetProperty(member));

    public static T Read<T>(JsonElement element) => element.Deserialize<T>(NamedNumbers)!;

    public ApiResponse Expect(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>The body as a problem, which must have this status and must not reveal internals of the service.</summary>
    public Problem Problem(HttpStatusCode status)
    {
        Expect(status);
        ContentHeaders.ContentType?.MediaType.ShouldBe("application/problem+json");
        foreach (var inner in new[] { "System.", "SigmoidApi.", "Microsoft.", "Exception", "   at ", "LineNumber", "BytePositionInLine" })
            Text.ShouldNotContain(inner, Case.Sensitive);
        var problem = JsonSerializer.Deserialize<Problem>(content, JsonSerializerOptions.Web)!;
        problem.Status.ShouldBe((int)status);
        problem.Type.ShouldNotBeNullOrEmpty();
        problem.Title.ShouldNotBeNullOrEmpty();
        problem.Detail.ShouldNotBeNullOrEmpty();
        problem.TraceId.ShouldMatch("^[0-9a-f]{32}$");
        return problem;
    }

    /// <summary>The only entry in the problem's <c>errors</c>.</summary>
    public (string Path, string Message) Error(HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        var errors = Problem(status).Errors.ShouldNotBeNull(Text);
        var (path, messages) = errors.ShouldHaveSingleItem();
        return (path, messages.ShouldHaveSingleItem());
    }
}

/// <summary>A problem (RFC 9457) with the members that this service adds.</summary>
public sealed record Problem(string Type, string Title, int Status, string Detail, string TraceId, Dictionary<string, string[]>? Errors);
