using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.Inspection;

/// <summary>Likelihood-ratio tests of a model's columns.</summary>
/// <param name="Model">The version.</param>
/// <param name="LogLikelihood">That of the model, with all columns.</param>
/// <param name="Tests">For each column, in the order of the model.</param>
public sealed record ColumnTestsResponse(ModelVersionName Model, double LogLikelihood, IReadOnlyList<ColumnTest> Tests);

/// <summary>The likelihood-ratio test of a column: the hypothesis that the model needs none of its terms.</summary>
/// <param name="Column">The column of the data set.</param>
/// <param name="DegreesOfFreedom">By how many the estimated parameters become fewer without the column; 0 if other columns determine it.</param>
/// <param name="LikelihoodRatio">Twice the difference of the log-likelihoods; null if the fit without the column did not converge.</param>
/// <param name="PValue">The upper tail of the chi-squared distribution; 1 with no degree of freedom.</param>
public sealed record ColumnTest(
    string Column,
    [property: Range(0, int.MaxValue)] int DegreesOfFreedom,
    double? LikelihoodRatio,
    [property: Range(0d, 1d)] double? PValue)
{
    internal static ColumnTest From(LikelihoodRatioTest test) =>
        new(test.Column, test.DegreesOfFreedom, ModelInference.Finite(test.LikelihoodRatio), ModelInference.Finite(test.PValue));
}

/// <summary><c>GET /models/{name}/tests</c> and the same of a version</summary>
internal static class GetColumnTests
{
    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapGet(
                "/{name}/tests",
                (string name, HttpContext context, SigmoidDbContext db, InspectedModels inspected, CancellationToken cancellationToken) =>
                    Handle(name, null, context, db, inspected, cancellationToken)), ofVersion: false)
            .WithName("GetModelTests").WithSummary("Likelihood-ratio tests of the columns of a model's latest version");
        Describe(models.MapGet(
                "/{name}/versions/{version:int}/tests",
                (string name, int version, HttpContext context, SigmoidDbContext db, InspectedModels inspected, CancellationToken cancellationToken) =>
                    Handle(name, version, context, db, inspected, cancellationToken)), ofVersion: true)
            .WithName("GetModelVersionTests").WithSummary("Likelihood-ratio tests of the columns of a version");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, bool ofVersion) => route
        .WithDescription(
            "Type II tests, as car's `Anova`, for models of two classes without a penalty: the model is fitted again without each column. "
            + InspectionEndpoints.NeedsRows)
        .WithExampleOfAnswer(StatusCodes.Status200OK, "One column", InspectionExamples.Tests)
        .ReadingRows(ofVersion);

    private static async Task<Results<Ok<ColumnTestsResponse>, NotModified, ProblemHttpResult>> Handle(
        string name, int? version, HttpContext context, SigmoidDbContext db, InspectedModels inspected, CancellationToken cancellationToken)
    {
        var (source, problem) = await inspected.FindAsync(db, name, version, RequiredFit.Unpenalized, cancellationToken);
        if (source is null)
            return problem!;
        if (EntityTags.SetAndCompare(context, $"{source.Version.JobId:n}-tests"))
            return new NotModified();
        (var answer, problem) = await inspected.RunAsync(
            source,
            fitted => new ColumnTestsResponse(
                new(source.Version.Name, source.Version.Version),
                fitted.LogLikelihood,
                [.. LikelihoodRatioTests.Of(fitted, cancellationToken).Select(ColumnTest.From)]),
            cancellationToken);
        return answer is null ? EntityTags.Removed(context, problem!) : TypedResults.Ok(answer);
    }
}
