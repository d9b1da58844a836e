using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using SigmoidApi.Tables;

namespace SigmoidApi.Http;

/// <summary>Finds routes for a path that no route has matched. Used only for the answer to such a request.</summary>
internal static class RoutesAtPath
{
    /// <summary>The media types of bodies that the path takes with the request's method; empty where there are none.</summary>
    public static string[] MediaTypes(HttpContext context) =>
    [
        .. Routes(context)
            .Where(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(context.Request.Method) is true)
            .Where(route => new TemplateMatcher(new RouteTemplate(route.RoutePattern), []).TryMatch(context.Request.Path, []))
            .SelectMany(route => route.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [])
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>
    /// The path that a misspelled path most likely means: a route with as many segments, each equal or similar. Parameters keep the caller's text.
    /// Null where there is none.
    /// </summary>
    public static string? Nearest(HttpContext context)
    {
        string[] written = [.. (context.Request.Path.Value ?? "").Trim('/').Split('/')];
        var near = Routes(context).Select(route => Near(written, route.RoutePattern)).OfType<string>();
        return near.FirstOrDefault() is { } path ? context.Request.PathBase + path : null;
    }

    private static string? Near(string[] written, RoutePattern pattern)
    {
        if (pattern.PathSegments.Count != written.Length)
            return null;
        var meant = new string[written.Length];
        for (var i = 0; i < written.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is not [RoutePatternLiteralPart { Content: var literal }])
                meant[i] = written[i];
            else if (literal == written[i] || NearestName.Of(written[i], [literal]) is not null)
                meant[i] = literal;
            else
                return null;
        }

        var path = new PathString("/" + string.Join('/', meant));
        return new TemplateMatcher(new RouteTemplate(pattern), []).TryMatch(path, []) ? path.ToUriComponent() : null;
    }

    private static IEnumerable<RouteEndpoint> Routes(HttpContext context) =>
        context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
}
