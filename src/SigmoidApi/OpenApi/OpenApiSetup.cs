using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Operations;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace SigmoidApi.OpenApi;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c> and Swagger UI at <c>/swagger</c>, in which each form has a working example.
/// </summary>
public static class OpenApiSetup
{
    private const string Description = """
        Logistic regression as a service: upload a data set, train a model in the background, look at it, predict with it.

        Names of fields are in camelCase, those of enums in snake_case. A field that is `null` in a request counts as left out.
        Every failure is a problem (RFC 9457).
        `HEAD` is taken wherever `GET` is, and answers the headers alone.
        The service asks for no credentials; the network decides who may reach it.
        """;

    public static void AddOpenApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSingleton(_ => new DocComments(
            typeof(OpenApiSetup).Assembly, typeof(Tables.ColumnProfile).Assembly, typeof(Compute.Regression.LogisticModel).Assembly));
        builder.Services.AddSingleton<RequestTypes>();
        builder.Services.AddSingleton<ServedDocument>();
        builder.Services.AddTransient<ISchemaGenerator, ContractSchemas>();
        AddSchemasOfJson(builder.Services);
        builder.Services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo { Title = "SigmoidApi", Version = ServiceVersion.Number, Description = Description });
            // Leave out HEAD: it exists for each GET, and the description of the document says so.
            options.DocInclusionPredicate((_, call) => call.HttpMethod != HttpMethods.Head);
            // Keep the order in which the features are mapped, which is the order of use.
            options.OrderActionsBy(_ => "");
            options.OperationFilter<OperationDescriptions>();
            options.DocumentFilter<ProblemAnswers>();
            options.DocumentFilter<ServiceDescription>();
        });
    }

    public static void UseOpenApiDocument(this WebApplication app)
    {
        var hasSwaggerUi = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.SwaggerUi;
        if (hasSwaggerUi)
        {
            app.UseWhen(context => context.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase), swagger =>
            {
                swagger.Use((context, next) => HttpMethods.IsHead(context.Request.Method) ? AsGetAsync(context, next) : next(context));
                swagger.UseSwaggerUI(options =>
                {
                    // Relative to the page, so that it works with any prefix of a proxy.
                    options.SwaggerEndpoint("../openapi/v1.json", "v1");
                    options.DocumentTitle = "SigmoidApi";
                    options.EnableTryItOutByDefault();
                    options.DisplayRequestDuration();
                });
            });
        }

        app.MapGet("/openapi/v1.json", ServedDocument.HandleAsync).ExcludeFromDescription().AddHead();
        app.MapGet("/", () => TypedResults.LocalRedirect(hasSwaggerUi ? "~/swagger" : "~/openapi/v1.json")).ExcludeFromDescription().AddHead();
    }

    /// <summary>Handles HEAD as GET, since Swagger UI only answers GET. The server still sends no body.</summary>
    private static async Task AsGetAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // Restore the method for the log.
            context.Request.Method = HttpMethods.Head;
        }
    }

    /// <summary>Describes the types whose JSON the service's own converters read and write.</summary>
    private static void AddSchemasOfJson(IServiceCollection services)
    {
        services.AddInlineSchema<Matrix>(_ => Schemas.ArrayOf(Schemas.ArrayOf(Schemas.Number())));
        // One schema for rows of a data set and rows to predict, so that clients can send rows that they have read.
        services.AddSingleton(new SchemaOf(typeof(Dictionary<string, object?>), _ =>
        {
            var row = Schemas.MapOf(Schemas.Any());
            row.Description = "A value for each column, by its name: a number, a text, true or false, or null where it is missing.";
            return row;
        }, "Row"));
        services.AddInlineSchema<Records>(of => Schemas.ArrayOf(of(typeof(Dictionary<string, object?>))));
        services.AddInlineSchema<NamedColumns>(_ => Schemas.MapOf(Schemas.ArrayOf(Schemas.Any())));
        services.AddInlineSchema<AnyNumber>(_ => Schemas.OneOf(Schemas.Number(), Schemas.NotFinite()));
        services.AddInlineSchema<Labels>(_ => Schemas.OneOf(
            Schemas.ArrayOf(Schemas.Number()), Schemas.ArrayOf(Schemas.Text()), Schemas.ArrayOf(Schemas.Boolean())));
        services.AddInlineSchema<Tensor>(_ =>
        {
            // Not recursive: generators of TypeScript types would make an invalid type that refers to itself.
            var tensor = Schemas.OneOf(Schemas.ArrayOf(Schemas.Any()), Schemas.Number(), Schemas.NotFinite());
            tensor.Description = "A number, one of the names of those that JSON can't write, or arrays of such, nested to one depth with rows of one length.";
            return tensor;
        });
        services.AddInlineSchema<ProblemDetails>(of => of(typeof(Problem)));
        services.AddInlineSchema<HttpValidationProblemDetails>(of => of(typeof(Problem)));
    }
}
