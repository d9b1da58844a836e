using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary><c>GET /models/{name}</c> and <c>GET /models/{name}/versions/{version}</c></summary>
internal static class GetModel
{
    private const string Covariance = "covariance";
    private const string IncludeText = "`covariance` to have the covariance of the estimates in `inference`, where the model has one.";

    public static void Map(RouteGroupBuilder models)
    {
        models.MapGet("/{name}", Latest).WithName("GetModel").WithSummary("The latest version of a model: coefficients, metrics, convergence")
            .WithDescription("The version that `POST /models/{name}/predict` uses.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", ModelExamples.Mails)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "With inference", ModelExamples.Inference)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"")
            .WithQueryParameter("include", IncludeText, Schemas.OneOfTexts(Covariance));
        models.MapGet("/{name}/versions/{version:int}", Version).WithName("GetModelVersion").WithSummary("A version of a model")
            .WithDescription("A version never changes.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", ModelExamples.Mails)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"").WithModelVersion().WithExampleOf("version", "1")
            .WithQueryParameter("include", IncludeText, Schemas.OneOfTexts(Covariance));
    }

    private static Task<Results<Ok<ModelResponse>, ProblemHttpResult>> Latest(string name, string? include, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version: null, include, db, cancellationToken);

    private static Task<Results<Ok<ModelResponse>, ProblemHttpResult>> Version(string name, int version, string? include, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version, include, db, cancellationToken);

    private static async Task<Results<Ok<ModelResponse>, ProblemHttpResult>> Read(string name, int? version, string? include, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (include is not (null or Covariance))
            return Problems.Field(StatusCodes.Status400BadRequest, "include", $"expected {Covariance}, got '{include}'");
        return await db.ModelVersions.AsNoTracking().Ref(name, version).SingleOrDefaultAsync(cancellationToken) is { } found
            ? TypedResults.Ok(ModelResponse.From(found, withCovariance: include is not null))
            : Problems.NotFound(ModelEndpoints.Describe(name, version));
    }
}
