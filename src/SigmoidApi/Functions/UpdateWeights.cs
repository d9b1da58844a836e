using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Functions;

/// <summary>Labeled rows, and the weights to start from.</summary>
/// <param name="Features">A row for each observation; all rows have the same length.</param>
/// <param name="Labels">0 or 1 for each row.</param>
/// <param name="Weights">The weight of each column before the first step.</param>
/// <param name="LearningRate">The factor of the gradient of the mean log loss in each step.</param>
/// <param name="Iterations">The number of steps; at most <c>Limits:MaxUpdateIterations</c>.</param>
public sealed record UpdateWeightsRequest(
    Matrix Features,
    [property: Range(0d, 1d)] double[] Labels,
    double[] Weights,
    [property: Range(0, double.MaxValue, MinimumIsExclusive = true)] double LearningRate = 0.1,
    [property: Range(1, int.MaxValue)] int Iterations = 1);

/// <summary>The result of the steps.</summary>
/// <param name="Weights">The weights after the last step.</param>
/// <param name="Cost">The mean log loss of these weights.</param>
public sealed record UpdateWeightsResponse(double[] Weights, [property: Range(0, double.MaxValue)] double Cost);

/// <summary><c>POST /update-weights</c>: w ← w − rate · Xᵀ(sigmoid(X·w) − y) / n.</summary>
internal static class UpdateWeights
{
    public static void Map(RouteGroupBuilder group) =>
        group.MapPost("/update-weights", Handle).WithName("UpdateWeights").WithSummary("The article's update_weights: steps of full-batch gradient descent")
            .WithDescription("Each step follows the gradient of the mean log loss, without an intercept, as in the article.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Example", """{"weights":[0.035,0.0033333333333333327],"cost":0.6809158844137818}""")
            .WithExample("One step", OneStep);

    private const string OneStep =
        """{ "features": [[0.5, 1.2], [-1.5, 0.3], [0.1, -0.7]], "labels": [1, 0, 1], "weights": [0, 0], "learningRate": 0.1, "iterations": 1 }""";

    private static ValueTask<Results<Ok<UpdateWeightsResponse>, ProblemHttpResult>> Handle(
        JsonBody<UpdateWeightsRequest> body, ComputeThreads threads, CancellationToken cancellationToken)
    {
        var request = body.Value;
        var work = (double)request.Features.Values.Length * request.Iterations;
        return threads.RunAsync(work, () => Update(request, cancellationToken), cancellationToken);
    }

    private static Results<Ok<UpdateWeightsResponse>, ProblemHttpResult> Update(UpdateWeightsRequest request, CancellationToken cancellationToken)
    {
        var features = DesignMatrix.FromRows(request.Features.Values, request.Features.Rows, request.Features.Columns);
        try
        {
            var (weights, cost) = LogisticTrainer.UpdateWeights(
                features, request.Labels, request.Weights, request.LearningRate, request.Iterations, cancellationToken);
            return TypedResults.Ok(new UpdateWeightsResponse(weights, cost));
        }
        catch (UntrainableDataException e)
        {
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, e.Message);
        }
    }

    internal sealed class Validator : AbstractValidator<UpdateWeightsRequest>
    {
        public Validator(IOptions<LimitOptions> limits)
        {
            RuleFor(r => r.Features).Rows();
            RuleFor(r => r.Labels).LabelsFor(r => r.Features.Rows);
            RuleFor(r => r.Weights).WeightsFor(r => r.Features.Columns);
            RuleFor(r => r.LearningRate).Positive();
            RuleFor(r => r.Iterations).InclusiveBetween(1, limits.Value.MaxUpdateIterations)
                .WithMessage("expected a whole number from {From} to {To}, got {PropertyValue}");
        }
    }
}
