using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Http.Metadata;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SigmoidApi.Http;

/// <summary>
/// Tags of answers, by which a client asks whether it still has the right one (RFC 9110, 13.1.2): then a <see cref="NotModified"/> is all that is sent.
/// </summary>
internal static class KnownAnswer
{
    /// <summary>Whether the request has tags to be compared.</summary>
    public static bool IsAskedFor(HttpRequest request) => request.Headers.IfNoneMatch.Count > 0;

    /// <summary>
    /// Gives the answer its tag, and says whether the client has it already. Tags are weak, since an answer may be packed or plain, and hold for one build of
    /// the service, whose answers may differ from the next one's. Clients may keep the answer but ask each time, as what it shows may be deleted.
    /// </summary>
    /// <param name="context">Of a GET or HEAD that would be answered with 200.</param>
    /// <param name="version">Says what of what can change is sent: an id, a digest.</param>
    public static bool IsKnown(HttpContext context, string version)
    {
        var tag = new EntityTagHeaderValue($"\"{version}-{Build}\"", isWeak: true);
        var headers = context.Response.GetTypedHeaders();
        // A handler asks again where its first question was answered with no.
        if (context.Response.Headers.ETag.Count == 0)
            context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        return context.Request.GetTypedHeaders().IfNoneMatch
            .Any(seen => seen.Equals(EntityTagHeaderValue.Any) || seen.Compare(tag, useStrongComparison: false));
    }

    /// <summary>The same for an answer that is written already.</summary>
    public static bool IsKnown(HttpContext context, byte[] answer) => IsKnown(context, Digest(answer));

    /// <summary>The same for an answer that changes: its tag is a digest of its JSON.</summary>
    public static bool IsKnown<T>(HttpContext context, T answer)
    {
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return IsKnown(context, JsonSerializer.SerializeToUtf8Bytes(answer, json));
    }

    /// <summary>Describes the tag of a route's answers.</summary>
    public static TBuilder WithETag<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder
    {
        const string Tag = "Changes when the answer does. Sent back in `If-None-Match` it is answered with 304 as long as it holds.";
        return route
            .WithRequestHeader(HeaderNames.IfNoneMatch, "The `ETag` of earlier answers: 304 without a body where one of them still holds.", Schemas.Text())
            .WithAnswer(StatusCodes.Status304NotModified, "The answer is still the one that the client has.")
            .WithAnswerHeader(StatusCodes.Status200OK, HeaderNames.ETag, Tag)
            .WithAnswerHeader(StatusCodes.Status304NotModified, HeaderNames.ETag, Tag);
    }

    /// <summary>A short digest of a text of the caller's, for a tag.</summary>
    public static string Digest(string text) => Digest(Encoding.UTF8.GetBytes(text));

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));

    private static readonly string Build = typeof(KnownAnswer).Assembly.ManifestModule.ModuleVersionId.ToString("n")[..8];
}

/// <summary>304: the client has the answer already.</summary>
internal sealed class NotModified : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status304NotModified;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }
}
