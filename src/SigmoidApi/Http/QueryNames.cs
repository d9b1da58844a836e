using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using SigmoidApi.Tables;

namespace SigmoidApi.Http;

/// <summary>Metadata of a parameter that reads its own part of the query, such as <see cref="Page"/>.</summary>
internal interface IQueryNames
{
    /// <summary>Names that may come once each.</summary>
    IReadOnlyList<string> Names { get; }
}

/// <summary>The parameters that a route takes in its query, found at start from its handler. Others are a 400, as an unknown field of a body is.</summary>
/// <param name="names">Whether each of them may come more than once.</param>
/// <param name="body">The media type of the bodies of the route; null where there are none or several.</param>
internal sealed class QueryNames(FrozenDictionary<string, bool> names, string? body)
{
    public IReadOnlyList<string> Names => names.Keys;

    /// <summary>Whether the route takes a parameter.</summary>
    /// <param name="name">As it is written.</param>
    /// <param name="repeats">Whether it may come more than once.</param>
    public bool TryFind(string name, out bool repeats) => names.TryGetValue(name, out repeats);

    /// <summary>Finds the names of each route of a group.</summary>
    public static void Add(IEndpointConventionBuilder endpoints) => endpoints.Finally(endpoint => endpoint.Metadata.Add(Of((RouteEndpointBuilder)endpoint)));

    /// <summary>Refuses what a request's query has and its route does not take. Names are exact, as those of JSON fields are.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next) =>
        context.Request.QueryString.HasValue
        && context.GetEndpoint()?.Metadata.GetMetadata<QueryNames>()?.Against(context.Request.QueryString.Value) is { } failure
            ? Problems.From(failure).ExecuteAsync(context)
            : next(context);

    private static QueryNames Of(RouteEndpointBuilder endpoint)
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
        return new(found.ToFrozenDictionary(StringComparer.Ordinal), bodies is [var one] ? one : null);
    }

    // Handlers read texts alone, to name what is wrong in a problem; numbers are here for a route that does otherwise.
    private static bool IsText(Type type)
    {
        type = type.IsArray ? type.GetElementType()! : type;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(Guid) || type.IsPrimitive || type.IsEnum;
    }

    private static bool IsFromElsewhere(System.Reflection.ParameterInfo parameter) =>
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

    // The other form of a path, as of files to predict, may take more.
    private string Taken =>
        (Names.Count == 0 ? "none" : string.Join(", ", Names.Order(StringComparer.Ordinal))) + (body is null ? "" : $" with a body of {body}");
}
