using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary><c>GET /models/{name}</c> and <c>GET /models/{name}/versions/{version}</c></summary>
internal static class GetModel
{
    private const string Covariance = "covariance";
    private const string IncludeText = "`covariance` adds the covariance of the estimates to `inference`, if the model has one.";

    public static void Map(RouteGroupBuilder models)
    {
        models.MapGet("/{name}", Latest).WithName("GetModel").WithSummary("The latest version of a model: coefficients, metrics, convergence")
            .WithDescription("The version that `POST /models/{name}/predict` uses.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", ModelExamples.Mails)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "With inference", ModelExamples.Inference)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"")
            .WithQueryParameter("include", IncludeText, Schemas.OneOfTexts(Covariance)).WithETag();
        models.MapGet("/{name}/versions/{version:int}", Version).WithName("GetModelVersion").WithSummary("A version of a model")
            .WithDescription("A version never changes.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", ModelExamples.Mails)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithModelName().WithExampleOf("name", "\"mails\"").WithModelVersion().WithExampleOf("version", "1")
            .WithQueryParameter("include", IncludeText, Schemas.OneOfTexts(Covariance)).WithETag();
    }

    private static Task<Results<Ok<ModelResponse>, NotModified, ProblemHttpResult>> Latest(
        string name, string? include, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version: null, include, context, db, cancellationToken);

    private static Task<Results<Ok<ModelResponse>, NotModified, ProblemHttpResult>> Version(
        string name, int version, string? include, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version, include, context, db, cancellationToken);

    private static async Task<Results<Ok<ModelResponse>, NotModified, ProblemHttpResult>> Read(
        string name, int? version, string? include, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (include is not (null or Covariance))
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest, "include", $"expected {Covariance}, got '{include}'{NearestName.Hint(include, [Covariance])}");
        }

        var query = db.ModelVersions.AsNoTracking().Referenced(name, version);
        // A version never changes, so the id of its job serves as the ETag, and the model, which may be large, need not be read.
        if (EntityTags.AreCompared(context.Request) && await query.Select(v => (Guid?)v.JobId).SingleOrDefaultAsync(cancellationToken) is { } id
            && EntityTags.SetAndCompare(context, TagOf(id, include)))
        {
            return new NotModified();
        }

        if (await query.SingleOrDefaultAsync(cancellationToken) is not { } found)
            return await db.MissingModelAsync(name, version, cancellationToken);
        EntityTags.SetAndCompare(context, TagOf(found.JobId, include));
        return TypedResults.Ok(ModelResponse.From(found, withCovariance: include is not null));
    }

    private static string TagOf(Guid id, string? include) => $"{id:n}{include}";
}
