namespace SigmoidApi.Http;

/// <summary>
/// The failure of a body whose media type the path does not take. The answer names the types that it takes, in its text and in the header Accept
/// (RFC 9110, 15.5.16).
/// </summary>
internal static class UnsupportedMediaType
{
    public static InputFailure FailureOf(HttpContext context) => FailureOf(context, RoutesAtPath.MediaTypes(context));

    /// <param name="context">The refused request.</param>
    /// <param name="taken">The media types that the path takes.</param>
    public static InputFailure FailureOf(HttpContext context, IReadOnlyList<string> taken)
    {
        var types = string.Join(", ", taken);
        context.Response.Headers.Accept = types;
        return new(StatusCodes.Status415UnsupportedMediaType, "", $"Expected a Content-Type of {types}, got {context.Request.ContentType ?? "none"}.");
    }
}
