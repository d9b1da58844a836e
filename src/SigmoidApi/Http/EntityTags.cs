using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Http.Metadata;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SigmoidApi.Http;

/// <summary>
/// Entity tags of answers. A client sends the tag of the answer that it has (RFC 9110, 13.1.2); while the tag is current it gets a <see cref="NotModified"/>.
/// </summary>
internal static class EntityTags
{
    /// <summary>Whether the request has tags to compare.</summary>
    public static bool AreCompared(HttpRequest request) => request.Headers.IfNoneMatch.Count > 0;

    /// <summary>
    /// Sets the answer's tag, and returns whether the client has this answer already. Tags are weak, since an answer may be compressed or not. They include the
    /// build of the service, since another build may answer differently. Clients may store the answer but must ask each time, as the resource may be deleted.
    /// </summary>
    /// <param name="context">The context of a GET or HEAD that would be answered with 200.</param>
    /// <param name="version">Identifies the content of the answer: an id or a digest.</param>
    public static bool SetAndCompare(HttpContext context, string version)
    {
        var tag = new EntityTagHeaderValue($"\"{version}-{Build}\"", isWeak: true);
        var headers = context.Response.GetTypedHeaders();
        // A handler may call this again after a first call returned false.
        if (context.Response.Headers.ETag.Count == 0)
            context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        return context.Request.GetTypedHeaders().IfNoneMatch
            .Any(seen => seen.Equals(EntityTagHeaderValue.Any) || seen.Compare(tag, useStrongComparison: false));
    }

    /// <summary>Removes the tag again: the answer turned out to be a problem.</summary>
    public static TProblem Removed<TProblem>(HttpContext context, TProblem problem)
    {
        context.Response.Headers.Remove(HeaderNames.ETag);
        context.Response.Headers.Remove(HeaderNames.CacheControl);
        return problem;
    }

    /// <summary>As <see cref="SetAndCompare(HttpContext, string)"/>, for an answer that is already serialized.</summary>
    public static bool SetAndCompare(HttpContext context, byte[] answer) => SetAndCompare(context, Digest(answer));

    /// <summary>The same for an answer without an id: the tag is a digest of its JSON.</summary>
    public static bool SetAndCompare<T>(HttpContext context, T answer)
    {
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return SetAndCompare(context, JsonSerializer.SerializeToUtf8Bytes(answer, json));
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

    /// <summary>A short digest of the caller's text, for a tag.</summary>
    public static string Digest(string text) => Digest(Encoding.UTF8.GetBytes(text));

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));

    private static readonly string Build = typeof(EntityTags).Assembly.ManifestModule.ModuleVersionId.ToString("n")[..8];
}

/// <summary>A 304: the client has the answer already.</summary>
internal sealed class NotModified : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status304NotModified;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }
}
