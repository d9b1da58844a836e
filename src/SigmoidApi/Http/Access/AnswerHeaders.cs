using Microsoft.Extensions.Primitives;

namespace SigmoidApi.Http.Access;

/// <summary>The headers that every answer has, and that say what a browser may do with it.</summary>
internal sealed class AnswerHeaders(CrossSite crossSite)
{
    // The page of Swagger UI runs its own scripts and calls this service; everything else is data.
    private const string Data = "default-src 'none'; frame-ancestors 'none'";
    private const string SwaggerUi =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly StringValues NoSniff = "nosniff", NoReferrer = "no-referrer", Origin = "Origin";
    private static readonly StringValues SameOrigin = "same-origin", CrossOrigin = "cross-origin";

    /// <summary>Called at the beginning of a request, and again where the headers of a failed answer were cleared.</summary>
    public void Set(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.XContentTypeOptions = NoSniff;
        headers["Referrer-Policy"] = NoReferrer;
        headers.ContentSecurityPolicy = request.Path.StartsWithSegments("/swagger", StringComparison.Ordinal) ? SwaggerUi : Data;
        var isAllowed = crossSite.AllowsOrigin(request);
        headers["Cross-Origin-Resource-Policy"] = isAllowed ? CrossOrigin : SameOrigin;
        // The framework's CORS says so itself where it allows an origin.
        if (crossSite.AllowsSome && !isAllowed)
            headers.Vary = Origin;
        // Kept only where it can be asked for again, and then asked for each time.
        headers.CacheControl = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? "no-cache" : "no-store";
    }
}
