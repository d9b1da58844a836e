using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Functions;

/// <summary>Margins of classes.</summary>
/// <param name="Values">Arrays of one margin for each class, nested to any depth.</param>
public sealed record SoftmaxRequest(Tensor Values);

/// <summary>The softmax of each innermost array.</summary>
/// <param name="Values">
/// The probabilities e^m / Σ e^m, in the shape of the request. An array with NaN, with Infinity, or with -Infinity alone gives NaN.
/// </param>
/// <param name="LogSumExp">log Σ e^m of each innermost array.</param>
public sealed record SoftmaxResponse(Tensor Values, Tensor LogSumExp);

/// <summary><c>POST /softmax</c> and <c>POST /softmax/derivative</c></summary>
internal static class EvaluateSoftmax
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/softmax", Values).WithName("Softmax").WithSummary("The softmax, and the log-sum-exp, of each innermost array")
            .WithDescription("The probabilities of classes from their margins. Nothing overflows, whatever the margins are.")
            .WithExample("Two rows of three classes", """{ "values": [[1, 2, 3], [0, 0, "-Infinity"]] }""")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Two rows of three classes", ActivationExamples.Softmax)
            .WithExample("Large margins", """{ "values": [1e308, -1e308] }""");
        group.MapPost("/softmax/derivative", Derivative).WithName("SoftmaxDerivative")
            .WithSummary("The derivative of each probability in its own margin, p(1 - p)")
            .WithDescription("The diagonal of the Jacobian; between two classes the derivative is -p·q.")
            .WithExample("One row of three classes", """{ "values": [1, 2, 3] }""")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "One row of three classes", ActivationExamples.SoftmaxDerivative);
    }

    private static Ok<SoftmaxResponse> Values(JsonBody<SoftmaxRequest> body)
    {
        var values = body.Value.Values;
        var logSumExp = Tensor.Rent(values.Shape[..^1]);
        Softmax.LogSumExp(values.Values, values.Shape[^1], logSumExp.Values);
        Softmax.Values(values.Values, values.Shape[^1], values.Values);
        return TypedResults.Ok(new SoftmaxResponse(values, logSumExp));
    }

    private static Ok<EvaluateResponse> Derivative(JsonBody<SoftmaxRequest> body)
    {
        var values = body.Value.Values;
        Softmax.Slopes(values.Values, values.Shape[^1], values.Values);
        return TypedResults.Ok(new EvaluateResponse(values));
    }

    internal sealed class Validator : AbstractValidator<SoftmaxRequest>
    {
        public Validator() =>
            RuleFor(r => r.Values).Must(values => values.Shape is [.., > 0]).WithMessage("expected arrays of at least one number");
    }
}
