using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using SigmoidApi.Tables;

namespace SigmoidApi.Http;

/// <summary>Metadata of a parameter that reads its own part of the query, such as <see cref="Page"/>.</summary>
internal interface IQueryNames
{
    /// <summary>The names; each may be used once.</summary>
    IReadOnlyList<string> Names { get; }
}

/// <summary>
/// The query parameters of a route, found from its handler for the first request with a query. Other parameters are a 400, like unknown fields of a body.
/// </summary>
internal sealed class QueryNames
{
    private readonly Lazy<(FrozenDictionary<string, bool> Names, string? Body)> _route;

    /// <param name="names">The parameters, each with whether it may be repeated.</param>
    /// <param name="body">The media type of the route's bodies; null where there are none or several.</param>
    public QueryNames(FrozenDictionary<string, bool> names, string? body) => _route = new((names, body));

    private QueryNames(RouteEndpointBuilder endpoint) => _route = new(() => Of(endpoint));

    public IReadOnlyList<string> Names => _route.Value.Names.Keys;

    /// <summary>Whether the route takes a parameter.</summary>
    /// <param name="name">The name in the caller's spelling.</param>
    /// <param name="repeats">Whether it may be repeated.</param>
    public bool TryFind(string name, out bool repeats) => _route.Value.Names.TryGetValue(name, out repeats);

    /// <summary>Adds the names of each route of a group to its metadata.</summary>
    public static void Add(IEndpointConventionBuilder endpoints) =>
        endpoints.Finally(endpoint => endpoint.Metadata.Add(new QueryNames((RouteEndpointBuilder)endpoint)));

    /// <summary>Refuses query parameters that the route does not take. Names are case-sensitive, like those of JSON fields.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next) =>
        context.Request.QueryString.HasValue
        && context.GetEndpoint()?.Metadata.GetMetadata<QueryNames>()?.Against(context.Request.QueryString.Value) is { } failure
            ? Problems.From(failure).ExecuteAsync(context)
            : next(context);

    private static (FrozenDictionary<string, bool> Names, string? Body) Of(RouteEndpointBuilder endpoint)
    {
        var inPath = endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var parameter in endpoint.Metadata.OfType<IParameterBindingMetadata>().Select(metadata => metadata.ParameterInfo))
        {
            var attribute = parameter.GetCustomAttributes(inherit: false).OfType<IFromQueryMetadata>().FirstOrDefault();
            var name = attribute?.Name ?? parameter.Name!;
            if (attribute is not null || (IsText(parameter.ParameterType) && !inPath.Contains(name) && !IsFromElsewhere(parameter)))
                found[name] = parameter.ParameterType.IsArray;
        }

        foreach (var name in endpoint.Metadata.OfType<IQueryNames>().SelectMany(metadata => metadata.Names))
            found[name] = false;
        var bodies = endpoint.Metadata.OfType<IAcceptsMetadata>().LastOrDefault()?.ContentTypes ?? [];
        return (found.ToFrozenDictionary(StringComparer.Ordinal), bodies is [var one] ? one : null);
    }

    // Handlers take their parameters as texts, so that a problem can say what is wrong. Other types are here for a route that does not.
    private static bool IsText(Type type)
    {
        type = type.IsArray ? type.GetElementType()! : type;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(Guid) || type.IsPrimitive || type.IsEnum;
    }

    private static bool IsFromElsewhere(ParameterInfo parameter) =>
        parameter.GetCustomAttributes(inherit: false)
            .Any(attribute => attribute is IFromHeaderMetadata or IFromRouteMetadata or IFromServiceMetadata or IFromBodyMetadata);

    private InputFailure? Against(string query)
    {
        HashSet<string>? seen = null;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().ToString();
            if (!TryFind(name, out var repeats))
                return InputFailure.BadRequest(name, $"unknown query parameter: this path takes {Taken}{NearestName.Hint(name, Names)}");
            if (!repeats && !(seen ??= new(StringComparer.Ordinal)).Add(name))
                return InputFailure.BadRequest(name, "expected once in the query, got more than once");
        }

        return null;
    }

    // The same path may take other parameters with another kind of body, for example a file to predict.
    private string Taken =>
        (Names.Count == 0 ? "none" : string.Join(", ", Names.Order(StringComparer.Ordinal))) + (_route.Value.Body is { } body ? $" with a body of {body}" : "");
}
