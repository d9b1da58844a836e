using Microsoft.Extensions.Primitives;

namespace SigmoidApi.Http.Access;

/// <summary>The headers of every answer that tell a browser what it may do with it.</summary>
internal sealed class AnswerHeaders(CrossSite crossSite)
{
    // Swagger UI is a page that runs its own scripts and calls this service; all other answers are data.
    private const string Data = "default-src 'none'; frame-ancestors 'none'";
    private const string SwaggerUi =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly StringValues NoSniff = "nosniff", NoReferrer = "no-referrer", Origin = "Origin";
    private static readonly StringValues SameOrigin = "same-origin", CrossOrigin = "cross-origin";

    /// <summary>Called at the beginning of a request, and again after the framework has cleared the headers of a failed one.</summary>
    public void Set(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.XContentTypeOptions = NoSniff;
        headers["Referrer-Policy"] = NoReferrer;
        headers.ContentSecurityPolicy = request.Path.StartsWithSegments("/swagger", StringComparison.Ordinal) ? SwaggerUi : Data;
        var isAllowed = crossSite.AllowsOrigin(request);
        headers["Cross-Origin-Resource-Policy"] = isAllowed ? CrossOrigin : SameOrigin;
        // For an allowed origin the framework's CORS sets it.
        if (crossSite.AllowsSome && !isAllowed)
            headers.Vary = Origin;
        // Only answers to GET and HEAD may be stored, and must be revalidated each time.
        headers.CacheControl = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? "no-cache" : "no-store";
    }
}
