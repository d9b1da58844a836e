using SigmoidApi.Http;
using SigmoidApi.Http.Access;

namespace SigmoidApi;

/// <summary>The order in which a request goes through the service, up to its route.</summary>
internal static class Pipeline
{
    public static void UsePipeline(this WebApplication app)
    {
        app.UseAccess();
        app.UseProblems();
        // Here, and not where the framework would put it, before all else: the path is known without its prefix only now.
        app.UseRouting();
        app.UseConnectionLimit();
        app.UseComputeThreads();
        app.UseAnswerCompression();
        app.Use(QueryNames.CheckAsync);
    }
}
