using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>The covariance of a model's estimates.</summary>
/// <param name="Terms">What its rows and columns are of: <c>intercept</c> first, then the terms as in <c>coefficients[].term</c>.</param>
/// <param name="Covariance">Square, in the columns' own units; null in the rows and columns of parameters that the data do not determine.</param>
public sealed record CovarianceResponse(IReadOnlyList<string> Terms, IReadOnlyList<IReadOnlyList<double?>> Covariance);

/// <summary><c>GET /models/{name}/covariance</c> and <c>GET /models/{name}/versions/{version}/covariance</c></summary>
internal static class GetCovariance
{
    public static void Map(RouteGroupBuilder models)
    {
        models.MapGet("/{name}/covariance", Latest).WithName("GetModelCovariance").WithSummary("The covariance of the estimates of a model's latest version")
            .WithDescription(Description).WithExampleOfAnswer(StatusCodes.Status200OK, "Three parameters", ModelExamples.Covariance)
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"inference\"").WithETag();
        models.MapGet("/{name}/versions/{version:int}/covariance", Version).WithName("GetModelVersionCovariance")
            .WithSummary("The covariance of the estimates of a version of a model")
            .WithDescription(Description).WithExampleOfAnswer(StatusCodes.Status200OK, "Three parameters", ModelExamples.Covariance)
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"inference\"").WithModelVersion().WithExampleOf("version", "1")
            .WithETag();
    }

    private const string Description =
        "Models of the penalties `none` and `firth` have one, of at most `Training:MaxCovarianceParameters` parameters; for others the 404 says why there is none.";

    private static Task<Results<Ok<CovarianceResponse>, NotModified, ProblemHttpResult>> Latest(
        string name, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version: null, context, db, cancellationToken);

    private static Task<Results<Ok<CovarianceResponse>, NotModified, ProblemHttpResult>> Version(
        string name, int version, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version, context, db, cancellationToken);

    private static async Task<Results<Ok<CovarianceResponse>, NotModified, ProblemHttpResult>> Read(
        string name, int? version, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var model = ModelEndpoints.Describe(name, version);
        if (await db.ModelVersions.AsNoTracking().Ref(name, version).SingleOrDefaultAsync(cancellationToken) is not { Trained: var trained } found)
            return await db.MissingModelAsync(name, version, cancellationToken);
        if (trained.Inference is not { } inference)
            return Problems.NotFound($"covariance of {model}: its coefficients are penalized, and only the penalties 'none' and 'firth' leave estimates that have one");
        if (inference.Covariance is not { Count: > 0 } covariance)
            return Problems.NotFound($"covariance of {model}: it has more parameters than the setting Training:MaxCovarianceParameters allowed when it was trained");
        if (KnownAnswer.IsKnown(context, $"{found.JobId:n}-covariance"))
            return new NotModified();
        // Where no intercept was fitted, the rows are of the terms alone.
        string[] intercept = covariance.Count > trained.Coefficients.Count ? ["intercept"] : [];
        return TypedResults.Ok(new CovarianceResponse([.. intercept, .. trained.Coefficients.Select(coefficient => ShownText.Short(coefficient.Term))], covariance));
    }
}
