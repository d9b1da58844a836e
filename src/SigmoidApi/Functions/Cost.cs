using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Functions;

/// <summary>Labeled rows, and the weights of a model.</summary>
/// <param name="Features">A row for each observation; all rows have the same length.</param>
/// <param name="Labels">0 or 1 for each row.</param>
/// <param name="Weights">A weight for each column.</param>
/// <param name="Intercept">The number added to the weighted sum of each row.</param>
public sealed record CostRequest(Matrix Features, [property: Range(0d, 1d)] double[] Labels, double[] Weights, double Intercept = 0);

/// <summary>How well the weights fit.</summary>
/// <param name="Cost">The mean log loss. It is finite even if a probability rounds to 0 or 1, and <c>Infinity</c> if a row's weighted sum is infinite.</param>
public sealed record CostResponse([property: DescribedAs(typeof(AnyNumber))] double Cost);

/// <summary><c>POST /cost</c>: the mean log loss.</summary>
internal static class Cost
{
    public static void Map(RouteGroupBuilder group) =>
        group.MapPost("/cost", Handle).WithName("Cost").WithSummary("The article's cost_function: the mean log loss of the weights on labeled rows")
            .WithDescription("The cost is finite even if a probability rounds to 0 or 1.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Example", """{"cost":0.49998870040811355}""")
            .WithExample(
                "Three observations",
                """{ "features": [[0.5, 1.2], [-1.5, 0.3], [0.1, -0.7]], "labels": [1, 0, 1], "weights": [0.8, -0.4], "intercept": 0 }""");

    private static Ok<CostResponse> Handle(JsonBody<CostRequest> body)
    {
        var request = body.Value;
        return TypedResults.Ok(new CostResponse(new LogisticModel(request.Intercept, request.Weights).MeanLogLoss(request.Features.Values, request.Labels)));
    }

    internal sealed class Validator : AbstractValidator<CostRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Features).Rows();
            RuleFor(r => r.Labels).LabelsFor(r => r.Features.Rows);
            RuleFor(r => r.Weights).WeightsFor(r => r.Features.Columns);
            RuleFor(r => r.Intercept).Finite();
        }
    }
}
