using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SigmoidApi.Http;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and Swagger UI at <c>/swagger</c>, in which each form has an example that works as it stands.</summary>
public static class OpenApi
{
    public static void AddOpenApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "SigmoidApi",
                Version = ServiceVersion.Number,
                Description = "Logistic regression as a service: upload data, train in the background, inspect and serve a binary classifier.",
            });
            options.IncludeXmlComments(typeof(Program).Assembly);
            options.IncludeXmlComments(typeof(Compute.Regression.LogisticModel).Assembly);
            options.SupportNonNullableReferenceTypes();
            options.CustomSchemaIds(SchemaId);
            // HEAD is there wherever GET is, and nothing more is to be said of it.
            options.DocInclusionPredicate((_, call) => call.HttpMethod != HttpMethods.Head);
            options.MapType<double>(() => Number());
            options.MapType<double?>(() => Number());
            options.MapType<Matrix>(() => ArrayOf(ArrayOf(Number())));
            options.MapType<Records>(() => ArrayOf(MapOf(AnyCell())));
            options.MapType<NamedColumns>(() => MapOf(ArrayOf(AnyCell())));
            options.MapType<Tensor>(() => new OpenApiSchema
            {
                Description = "A number, or nested arrays of numbers of any rectangular shape.",
                OneOf = [Number(), new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() }],
            });
            options.MapType<PathGrid>(() => new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" }, ArrayOf(Number())] });
            options.MapType<ClassLabel>(() => Label());
            options.MapType<ClassLabels>(() => ArrayOf(Label()));
            options.MapType<LabelWeights>(() => new OpenApiSchema
            {
                OneOf =
                [
                    new OpenApiSchema { Type = JsonSchemaType.String, Enum = [LabelWeights.Balanced] },
                    MapOf(Number()),
                ],
            });
            options.OperationFilter<DescribedByMetadata>();
        });
    }

    public static void UseOpenApiDocument(this WebApplication app)
    {
        // Both of the following answer GET alone; the server knows all the same that no body is to be sent.
        app.Use((context, next) =>
        {
            var path = context.Request.Path;
            var isOfThem = path.StartsWithSegments("/openapi", StringComparison.Ordinal) || path.StartsWithSegments("/swagger", StringComparison.Ordinal);
            if (isOfThem && HttpMethods.IsHead(context.Request.Method))
                context.Request.Method = HttpMethods.Get;
            return next(context);
        });
        app.UseSwagger(options =>
        {
            options.RouteTemplate = "openapi/{documentName}.json";
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        });
        var hasSwaggerUi = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.SwaggerUi;
        if (hasSwaggerUi)
        {
            app.UseSwaggerUI(options =>
            {
                // Relative to the page, whatever prefix a proxy puts before both.
                options.SwaggerEndpoint("../openapi/v1.json", "v1");
                options.DocumentTitle = "SigmoidApi";
                options.EnableTryItOutByDefault();
                options.DisplayRequestDuration();
            });
        }

        app.MapGet("/", () => TypedResults.LocalRedirect(hasSwaggerUi ? "~/swagger" : "~/openapi/v1.json")).ExcludeFromDescription().AddHead();
    }

    /// <summary>An example of the request's body.</summary>
    public static RouteHandlerBuilder WithExample(this RouteHandlerBuilder route, string name, string body, string mediaType = "application/json") =>
        route.WithMetadata(new BodyExample(name, body.Trim(), mediaType));

    /// <summary>Another form of the body: raw bytes, or as the <paramref name="part"/> of a form.</summary>
    public static RouteHandlerBuilder WithBinaryBody(this RouteHandlerBuilder route, string mediaType, string? part = null) =>
        route.WithMetadata(new BinaryBody(mediaType, part));

    /// <summary>An example of a parameter in the path, the query or a header.</summary>
    public static RouteHandlerBuilder WithExampleOf(this RouteHandlerBuilder route, string parameter, string json) =>
        route.WithMetadata(new ParameterExample(parameter, json));

    // Named like its JSON: no generic arity, no suffix of C#.
    private static string SchemaId(Type type) =>
        type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + string.Concat(type.GetGenericArguments().Select(SchemaId)) : type.Name;

    private static OpenApiSchema Label() => new() { OneOf = [Number(), new OpenApiSchema { Type = JsonSchemaType.Boolean }, new OpenApiSchema { Type = JsonSchemaType.String }] };

    private static OpenApiSchema Number() => new() { Type = JsonSchemaType.Number, Format = "double" };

    private static OpenApiSchema ArrayOf(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema MapOf(OpenApiSchema values) => new() { Type = JsonSchemaType.Object, AdditionalProperties = values };

    private static OpenApiSchema AnyCell() => new() { Type = JsonSchemaType.Number | JsonSchemaType.String | JsonSchemaType.Boolean | JsonSchemaType.Null | JsonSchemaType.Array | JsonSchemaType.Object };

    private static OpenApiParameter Query(string name, JsonSchemaType type, string description) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { Type = type } };

    private static OpenApiMediaType Binary(string? part)
    {
        var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        return new() { Schema = part is null ? bytes : new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { [part] = bytes } } };
    }

    private sealed record BinaryBody(string MediaType, string? Part);

    private sealed record BodyExample(string Name, string Body, string MediaType);

    private sealed record ParameterExample(string Parameter, string Json);

    private sealed class DescribedByMetadata : IOperationFilter
    {
        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
            foreach (var example in metadata.OfType<BodyExample>())
            {
                if (operation.RequestBody is not OpenApiRequestBody body)
                    operation.RequestBody = body = new OpenApiRequestBody();
                body.Required = true;
                body.Content ??= new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal);
                if (!body.Content.TryGetValue(example.MediaType, out var found) || found is not OpenApiMediaType media)
                    body.Content[example.MediaType] = media = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
                media.Examples ??= new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
                var value = example.MediaType == "application/json" ? JsonNode.Parse(example.Body)! : JsonValue.Create(example.Body);
                media.Examples[example.Name] = new OpenApiExample { Value = value };
            }

            foreach (var binary in metadata.OfType<BinaryBody>())
                operation.RequestBody!.Content![binary.MediaType] = Binary(binary.Part);

            if (metadata.OfType<IdempotencyParameter>().Any())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = Idempotency.Header,
                    In = ParameterLocation.Header,
                    Description = "Any text of your own, such as a UUID. The same request under the same key creates nothing twice: it gets the first answer again, with `Idempotent-Replayed: true`.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
                });
            }

            if (metadata.OfType<PageParameters>().Any())
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(Query("limit", JsonSchemaType.Integer, $"Most items on the page; {Page.DefaultLimit} by default."));
                operation.Parameters.Add(Query("cursor", JsonSchemaType.String, "The nextCursor of the page before."));
            }

            foreach (var example in metadata.OfType<ParameterExample>())
            {
                if (operation.Parameters?.FirstOrDefault(p => p.Name == example.Parameter) is OpenApiParameter parameter)
                {
                    parameter.Example = JsonNode.Parse(example.Json);
                    // A number that the handler reads from text itself, to name it in a problem.
                    if (parameter.Example!.GetValueKind() == JsonValueKind.Number)
                        parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer };
                }
            }
        }
    }
}
