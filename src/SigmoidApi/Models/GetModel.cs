using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary><c>GET /models/{name}</c> and <c>GET /models/{name}/versions/{version}</c></summary>
internal static class GetModel
{
    public static void Map(RouteGroupBuilder models)
    {
        models.MapGet("/{name}", Latest).WithName("GetModel").WithSummary("The latest version of a model: coefficients, metrics, convergence")
            .WithDescription("The version that `POST /models/{name}/predict` uses.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", ModelExamples.Mails)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "With inference", ModelExamples.Inference)
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"");
        models.MapGet("/{name}/versions/{version:int}", Version).WithName("GetModelVersion").WithSummary("A version of a model")
            .WithDescription("A version never changes.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", ModelExamples.Mails)
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"").WithModelVersion().WithExampleOf("version", "1");
    }

    private static Task<Results<Ok<ModelResponse>, ProblemHttpResult>> Latest(string name, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version: null, db, cancellationToken);

    private static Task<Results<Ok<ModelResponse>, ProblemHttpResult>> Version(string name, int version, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version, db, cancellationToken);

    private static async Task<Results<Ok<ModelResponse>, ProblemHttpResult>> Read(string name, int? version, SigmoidDbContext db, CancellationToken cancellationToken) =>
        await db.ModelVersions.AsNoTracking().Ref(name, version).SingleOrDefaultAsync(cancellationToken) is { } found
            ? TypedResults.Ok(ModelResponse.From(found))
            : Problems.NotFound(ModelEndpoints.Describe(name, version));
}
