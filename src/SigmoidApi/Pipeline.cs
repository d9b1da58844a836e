using SigmoidApi.Http;
using SigmoidApi.Http.Access;

namespace SigmoidApi;

/// <summary>The middleware of the service, in the order in which a request passes it.</summary>
internal static class Pipeline
{
    public static void UsePipeline(this WebApplication app)
    {
        app.UseAccess();
        app.UseProblems();
        // By default the framework puts routing first, but only now the path has lost its prefix.
        app.UseRouting();
        app.UseConnectionLimit();
        app.UseComputeThreads();
        app.UseAnswerCompression();
        app.Use(QueryNames.CheckAsync);
    }

    /// <summary>
    /// Compiles the handlers of all routes, once. The framework would do it at the first request, and again for each of its two lists of routes.
    /// </summary>
    public static void BuildRoutes(this IEndpointRouteBuilder app)
    {
        Endpoint[] endpoints = [.. app.DataSources.SelectMany(source => source.Endpoints)];
        app.DataSources.Clear();
        app.DataSources.Add(new DefaultEndpointDataSource(endpoints));
    }
}
