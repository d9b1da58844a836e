using Microsoft.OpenApi;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs;

namespace SigmoidApi.Http.OpenApi;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and Swagger UI at <c>/swagger</c>, in which each form has an example that works as it stands.</summary>
public static class OpenApiSetup
{
    public static void AddOpenApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "SigmoidApi",
                Version = "v1",
                Description = "Logistic regression as a service: upload data, train in the background, inspect and serve a binary classifier.",
            });
            options.IncludeXmlComments(typeof(Program).Assembly);
            options.IncludeXmlComments(typeof(Compute.Regression.LogisticModel).Assembly);
            options.SupportNonNullableReferenceTypes();
            options.CustomSchemaIds(SchemaId);
            // HEAD is there wherever GET is, and nothing more is to be said of it.
            options.DocInclusionPredicate((_, call) => call.HttpMethod != HttpMethods.Head);
            options.MapType<double>(() => Schemas.Number());
            options.MapType<double?>(() => Schemas.Number());
            options.MapType<Matrix>(() => Schemas.ArrayOf(Schemas.ArrayOf(Schemas.Number())));
            options.MapType<Records>(() => Schemas.ArrayOf(Schemas.MapOf(AnyCell())));
            options.MapType<NamedColumns>(() => Schemas.MapOf(Schemas.ArrayOf(AnyCell())));
            options.MapType<Tensor>(() => new OpenApiSchema
            {
                Description = "A number, or nested arrays of numbers of any rectangular shape.",
                OneOf = [Schemas.Number(), new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() }],
            });
            options.MapType<PathGrid>(() => new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" }, Schemas.ArrayOf(Schemas.Number())] });
            options.MapType<ClassLabel>(() => Label());
            options.MapType<ClassLabels>(() => Schemas.ArrayOf(Label()));
            options.MapType<LabelWeights>(() => new OpenApiSchema
            {
                OneOf =
                [
                    new OpenApiSchema { Type = JsonSchemaType.String, Enum = [LabelWeights.Balanced] },
                    Schemas.MapOf(Schemas.Number()),
                ],
            });
            options.OperationFilter<OperationDescriptions>();
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
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint("/openapi/v1.json", "v1");
            options.DocumentTitle = "SigmoidApi";
            options.EnableTryItOutByDefault();
            options.DisplayRequestDuration();
        });
        app.MapGet("/", () => TypedResults.LocalRedirect("/swagger")).ExcludeFromDescription().AddHead();
    }

    // Named like its JSON: no generic arity, no suffix of C#.
    private static string SchemaId(Type type) =>
        type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + string.Concat(type.GetGenericArguments().Select(SchemaId)) : type.Name;

    private static OpenApiSchema Label() => new() { OneOf = [Schemas.Number(), new OpenApiSchema { Type = JsonSchemaType.Boolean }, new OpenApiSchema { Type = JsonSchemaType.String }] };

    private static OpenApiSchema AnyCell() => new() { Type = JsonSchemaType.Number | JsonSchemaType.String | JsonSchemaType.Boolean | JsonSchemaType.Null | JsonSchemaType.Array | JsonSchemaType.Object };
}
