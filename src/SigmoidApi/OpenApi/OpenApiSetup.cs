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
/// The OpenAPI document at <c>/openapi/v1.json</c> and Swagger UI at <c>/swagger</c>, in which each form has an example that works as it stands.
/// </summary>
public static class OpenApiSetup
{
    private const string Description = """
        Logistic regression as a service: upload a data set, train a model in the background, look at it, predict with it.

        Names of fields are in camelCase, those of enums in snake_case. A field that is `null` in a request counts as left out.
        Every failure is a problem (RFC 9457).
        `HEAD` is taken wherever `GET` is, and answers the headers alone.
        The service asks for no credentials; who may reach it is for the network to say.
        """;

    public static void AddOpenApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSingleton(new DocComments(typeof(OpenApiSetup).Assembly, typeof(Tables.ColumnProfile).Assembly, typeof(Compute.Regression.LogisticModel).Assembly));
        builder.Services.AddSingleton<RequestTypes>();
        builder.Services.AddSingleton<ServedDocument>();
        builder.Services.AddTransient<ISchemaGenerator, ContractSchemas>();
        AddSchemasOfJson(builder.Services);
        builder.Services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo { Title = "SigmoidApi", Version = ServiceVersion.Number, Description = Description });
            // HEAD is there wherever GET is, and nothing more is to be said of it.
            options.DocInclusionPredicate((_, call) => call.HttpMethod != HttpMethods.Head);
            // In the order in which the features are mapped, which is that of the work.
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
                    // Relative to the page, whatever prefix a proxy puts before both.
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

    /// <summary>Swagger UI answers GET alone. The server knows all the same that no body is to be sent.</summary>
    private static async Task AsGetAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // The log names the method that came.
            context.Request.Method = HttpMethods.Head;
        }
    }

    /// <summary>Types whose JSON is written by converters of the service's own.</summary>
    private static void AddSchemasOfJson(IServiceCollection services)
    {
        services.AddInlineSchema<Matrix>(_ => Schemas.ArrayOf(Schemas.ArrayOf(Schemas.Number())));
        // One schema for the rows of a data set and those to predict: what a client reads of the one it can send to the other.
        services.AddSingleton(new SchemaOf(typeof(Dictionary<string, object?>), _ =>
        {
            var row = Schemas.MapOf(Schemas.Any());
            row.Description = "A value for each column, by its name: a number, a text, true or false, or null where it is missing.";
            return row;
        }, "Row"));
        services.AddInlineSchema<Records>(of => Schemas.ArrayOf(of(typeof(Dictionary<string, object?>))));
        services.AddInlineSchema<NamedColumns>(_ => Schemas.MapOf(Schemas.ArrayOf(Schemas.Any())));
        services.AddInlineSchema<AnyNumber>(_ => Schemas.OneOf(Schemas.Number(), Schemas.NotFinite()));
        services.AddInlineSchema<Tensor>(_ =>
        {
            // Not of itself: the generators of TypeScript types make a type of it that refers to itself, which is none.
            var tensor = Schemas.OneOf(Schemas.ArrayOf(Schemas.Any()), Schemas.Number(), Schemas.NotFinite());
            tensor.Description = "A number, one of the names of those that JSON can't write, or arrays of such, nested to one depth with rows of one length.";
            return tensor;
        });
        services.AddInlineSchema<ProblemDetails>(of => of(typeof(Problem)));
        services.AddInlineSchema<HttpValidationProblemDetails>(of => of(typeof(Problem)));
    }
}
