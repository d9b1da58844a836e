using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http.Access;

/// <summary>
/// Refuses requests that a page of another site makes the browser send. The browser sends a form, plain text or an empty POST without a CORS preflight, and
/// names the page's site in <c>Origin</c> and <c>Sec-Fetch-Site</c>. Other programs send neither header.
/// </summary>
internal sealed class CrossSite(IOptions<HttpOptions> options)
{
    private readonly FrozenSet<string> _allowed = options.Value.Origins().ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether pages of any other origin may call the service through CORS.</summary>
    public bool AllowsSome => _allowed.Count > 0;

    /// <summary>Whether pages of an origin may.</summary>
    public bool Allows(string origin) => _allowed.Contains(origin);

    public bool AllowsOrigin(HttpRequest request) => AllowsSome && request.Headers.Origin is [{ } origin] && Allows(origin);

    public Task Check(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (IsSafe(request.Method) || !IsForeign(request))
            return next(context);
        var from = request.Headers.Origin.Count > 0 ? $"Origin '{request.Headers.Origin}'" : $"Sec-Fetch-Site '{request.Headers["Sec-Fetch-Site"]}'";
        return Problems.Of(
            StatusCodes.Status403Forbidden,
            $"{from}: pages of other sites may not change anything here; this request came to '{Own(request)}'. "
            + $"The setting {HttpOptions.Section}:{nameof(HttpOptions.CorsOrigins)} lists the sites that may; "
            + $"behind a proxy, {HttpOptions.Section}:{nameof(HttpOptions.KnownProxies)} makes the service use the address that the proxy forwards.")
            .ExecuteAsync(context);
    }

    private bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        var origin = request.Headers.Origin;
        if (origin.Count == 0)
            return IsElsewhere(site);
        if (AllowsOrigin(request))
            return false;
        return IsElsewhere(site) || origin is not [{ } single] || !single.Equals(Own(request), StringComparison.OrdinalIgnoreCase);
    }

    // "none" is a request that a person has started, for example by a bookmark.
    private static bool IsElsewhere(Microsoft.Extensions.Primitives.StringValues site) => site is not ([] or ["same-origin"] or ["none"]);

    internal static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private static string Own(HttpRequest request) => $"{request.Scheme}://{request.Headers.Host}";
}
