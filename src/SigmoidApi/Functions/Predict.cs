using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Functions;

/// <summary>Rows, and the weights of a model.</summary>
/// <param name="Features">A row for each observation; all rows have the same length.</param>
/// <param name="Weights">A weight for each column.</param>
/// <param name="Intercept">The number added to the weighted sum of each row.</param>
/// <param name="Threshold">The lowest probability that gets the label 1.</param>
public sealed record PredictRequest(
    Matrix Features,
    double[] Weights,
    double Intercept = 0,
    [property: Range(0d, 1d)] double Threshold = LogisticModel.DefaultThreshold);

/// <summary>A prediction for each row.</summary>
/// <param name="Probabilities">For each row, the probability of label 1.</param>
/// <param name="Labels">For each row, 0 or 1.</param>
public sealed record PredictResponse([property: Range(0d, 1d)] double[] Probabilities, [property: Range(0d, 1d)] double[] Labels);

/// <summary><c>POST /predict</c>: sigmoid(X·w + b).</summary>
internal static class Predict
{
    public static void Map(RouteGroupBuilder group) =>
        group.MapPost("/predict", Handle).WithName("Predict").WithSummary("The article's predict: sigmoid(X·w + intercept), and a label by the threshold")
            .WithDescription("The intercept is added to the weighted sum of each row.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Example", """{"probabilities":[0.5049998333399998,0.22793645057321624],"labels":[1,0]}""")
            .WithExample("Two observations", """{ "features": [[0.5, 1.2], [-1.5, 0.3]], "weights": [0.8, -0.4], "intercept": 0.1, "threshold": 0.5 }""");

    private static Ok<PredictResponse> Handle(JsonBody<PredictRequest> body)
    {
        var request = body.Value;
        var probabilities = new double[request.Features.Rows];
        new LogisticModel(request.Intercept, request.Weights).PredictProbabilities(request.Features.Values, probabilities);
        return TypedResults.Ok(new PredictResponse(probabilities, LogisticModel.Labels(probabilities, request.Threshold, 0, 1)));
    }

    internal sealed class Validator : AbstractValidator<PredictRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Features).Rows();
            RuleFor(r => r.Weights).WeightsFor(r => r.Features.Columns);
            RuleFor(r => r.Intercept).Finite();
            RuleFor(r => r.Threshold).Probability();
        }
    }
}
