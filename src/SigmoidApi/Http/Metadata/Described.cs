using Microsoft.OpenApi;
using SigmoidApi.Tables;

namespace SigmoidApi.Http.Metadata;

/// <summary>
/// Descriptions of an endpoint for the OpenAPI document, beyond what its signature shows. Each is metadata of the endpoint or of a group.
/// </summary>
internal static class Described
{
    /// <summary>The document's group of the routes. The document lists groups in the order in which they are mapped.</summary>
    public static TBuilder WithTag<TBuilder>(this TBuilder routes, string name, string description)
        where TBuilder : IEndpointConventionBuilder =>
        routes.WithTags(name).WithMetadata(new DescribedTag(name, description));

    /// <summary>An example of the request's body.</summary>
    public static TBuilder WithExample<TBuilder>(this TBuilder route, string name, string body, string mediaType = MediaTypes.Json)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new BodyExample(name, body.Trim(), mediaType));

    /// <summary>A further form of the body: raw bytes, or the <paramref name="part"/> of a form.</summary>
    public static TBuilder WithBinaryBody<TBuilder>(this TBuilder route, string mediaType, string? part = null)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new BinaryBody(mediaType, part));

    /// <summary>A further form of the body: text.</summary>
    public static TBuilder WithTextBody<TBuilder>(this TBuilder route, string mediaType)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new BinaryBody(mediaType, Part: null, IsText: true));

    /// <summary>An example of a parameter in the path, the query or a header.</summary>
    public static TBuilder WithExampleOf<TBuilder>(this TBuilder route, string parameter, string json)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ParameterExample(parameter, json));

    /// <summary>A parameter of the query. Describes the handler's parameter of that name, or adds one that the handler reads itself.</summary>
    public static TBuilder WithQueryParameter<TBuilder>(this TBuilder route, string name, string description, OpenApiSchema schema)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new DescribedParameter(ParameterLocation.Query, name, description, schema));

    /// <summary>A header of the request. Describes the handler's parameter of that name, or adds one that the handler reads itself.</summary>
    public static TBuilder WithRequestHeader<TBuilder>(this TBuilder route, string name, string description, OpenApiSchema schema)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new DescribedParameter(ParameterLocation.Header, name, description, schema));

    /// <summary>A parameter of the path.</summary>
    public static TBuilder WithPathParameter<TBuilder>(this TBuilder route, string name, string description, OpenApiSchema? schema = null)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new DescribedParameter(ParameterLocation.Path, name, description, schema));

    /// <summary>
    /// An answer that the handler's signature doesn't show, such as a 304: without a body, or with bytes of a media type. For problems use
    /// <c>ProducesProblem</c>.
    /// </summary>
    public static TBuilder WithAnswer<TBuilder>(this TBuilder route, int status, string description, params string[] mediaTypes)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new DescribedAnswer(status, description, mediaTypes));

    /// <summary>The JSON form of an answer whose other forms are bytes.</summary>
    public static TBuilder WithJsonAnswer<TBuilder>(this TBuilder route, int status, Type type)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new JsonAnswer(status, type));

    /// <summary>The type of each item of a streamed answer: a line of JSON lines, or an event.</summary>
    public static TBuilder WithItemsOfAnswer<TBuilder>(this TBuilder route, int status, string mediaType, Type type)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AnswerItems(status, mediaType, type));

    /// <summary>
    /// A header that each answer with this status has; a text by default. Ignored if the route does not have the status.
    /// </summary>
    public static TBuilder WithAnswerHeader<TBuilder>(this TBuilder route, int status, string name, string description, OpenApiSchema? schema = null)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AnswerHeader(status, name, description, schema ?? Schemas.Text(), IsRequired: true));

    /// <summary>The same for a header that may be left out; the description says when.</summary>
    public static TBuilder WithOptionalAnswerHeader<TBuilder>(this TBuilder route, int status, string name, string description, OpenApiSchema? schema = null)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AnswerHeader(status, name, description, schema ?? Schemas.Text(), IsRequired: false));

    /// <summary>An example of an answer with a status.</summary>
    public static TBuilder WithExampleOfAnswer<TBuilder>(
        this TBuilder route, int status, string name, string body, string mediaType = MediaTypes.Json)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new AnswerExample(status, name, body.Trim(), mediaType));

    internal sealed record DescribedTag(string Name, string Description);

    internal sealed record BinaryBody(string MediaType, string? Part, bool IsText = false);

    internal sealed record BodyExample(string Name, string Body, string MediaType);

    internal sealed record ParameterExample(string Parameter, string Json);

    internal sealed record DescribedParameter(ParameterLocation In, string Name, string Description, OpenApiSchema? Schema);

    internal sealed record DescribedAnswer(int Status, string Description, IReadOnlyList<string> MediaTypes);

    internal sealed record JsonAnswer(int Status, Type Type);

    internal sealed record AnswerItems(int Status, string MediaType, Type Type);

    internal sealed record AnswerHeader(int Status, string Name, string Description, OpenApiSchema Schema, bool IsRequired);

    internal sealed record AnswerExample(int Status, string Name, string Body, string MediaType);
}
