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
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"").WithETag();
        models.MapGet("/{name}/versions/{version:int}", Version).WithName("GetModelVersion").WithSummary("A version of a model")
            .WithDescription("A version never changes.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", ModelExamples.Mails)
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"").WithModelVersion().WithExampleOf("version", "1").WithETag();
    }

    private static Task<Results<Ok<ModelResponse>, NotModified, ProblemHttpResult>> Latest(
        string name, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) => Read(name, version: null, context, db, cancellationToken);

    private static Task<Results<Ok<ModelResponse>, NotModified, ProblemHttpResult>> Version(
        string name, int version, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) => Read(name, version, context, db, cancellationToken);

    private static async Task<Results<Ok<ModelResponse>, NotModified, ProblemHttpResult>> Read(
        string name, int? version, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var meant = db.ModelVersions.AsNoTracking().Ref(name, version);
        // A version never changes: its job's id is enough to know it by, and the model itself, which may be large, is not read.
        if (KnownAnswer.IsAskedFor(context.Request) && await meant.Select(v => (Guid?)v.JobId).SingleOrDefaultAsync(cancellationToken) is { } id
            && KnownAnswer.IsKnown(context, $"{id:n}"))
        {
            return new NotModified();
        }

        if (await meant.SingleOrDefaultAsync(cancellationToken) is not { } found)
            return Problems.NotFound(ModelEndpoints.Describe(name, version));
        KnownAnswer.IsKnown(context, $"{found.JobId:n}");
        return TypedResults.Ok(ModelResponse.From(found));
    }
}
