using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>The covariance matrix of a model's estimates.</summary>
/// <param name="Terms">
/// The parameters of its rows and columns: <c>intercept</c> first, if one was fitted, then the terms as in <c>coefficients[].term</c>. With more than two
/// classes these repeat for each class but the base, as <c>class: term</c>.
/// </param>
/// <param name="Covariance">A square matrix in the columns' own units; null in the rows and columns of parameters that the data do not determine.</param>
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
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithModelName().WithExampleOf("name", "\"inference\"").WithModelVersion().WithExampleOf("version", "1")
            .WithETag();
    }

    private const string Description =
        "Only models with the penalty `none` or `firth` and at most `Training:MaxCovarianceParameters` parameters have one. "
        + "For other models, the 404 gives the reason.";

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
        if (await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is not { Trained: var trained } found)
            return await db.MissingModelAsync(name, version, cancellationToken);
        if (trained.Inference is not { } inference)
            return Problems.NotFound($"covariance of {model}: {WhyNone(trained)}, and only models with the penalty 'none' or 'firth' have one");

        if (inference.Covariance is not { Count: > 0 } covariance)
        {
            return Problems.NotFound(
                $"covariance of {model}: it has more parameters than the setting Training:MaxCovarianceParameters allowed when it was trained");
        }

        if (EntityTags.SetAndCompare(context, $"{found.JobId:n}-covariance"))
            return new NotModified();
        var ofClasses = inference.Classes?.Select(ofClass => $"{ofClass.Class}: ").ToArray() ?? [""];
        // Without an intercept, the matrix covers the terms only.
        string[] intercept = covariance.Count > ofClasses.Length * trained.Coefficients.Count ? ["intercept"] : [];
        string[] terms = [.. intercept, .. trained.Coefficients.Select(coefficient => ShownText.Short(coefficient.Term))];
        return TypedResults.Ok(new CovarianceResponse([.. ofClasses.SelectMany(_ => terms, (ofClass, term) => ofClass + term)], covariance));
    }

    /// <summary>Why a model has no inference. A stopped fit and one-vs-rest have none with any penalty.</summary>
    private static string WhyNone(TrainedModel trained) =>
        trained.MultiClass == MultiClass.OneVsRest ? "one_vs_rest fits each class on its own, without inference"
        : trained.Convergence.Warnings.Any(warning => warning.Code == "stopped") ? "its fit was stopped before its end"
        : "its coefficients are penalized";
}
