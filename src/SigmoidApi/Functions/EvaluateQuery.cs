using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Functions;

/// <summary>The function's values.</summary>
/// <param name="Values">A value for each <c>x</c>.</param>
public sealed record EvaluateQueryResponse([property: DescribedAs(typeof(AnyNumber[]))] double[] Values);

/// <summary><c>GET /sigmoid?x=-1&amp;x=0.5</c> and <c>GET /sigmoid/derivative?x=…</c>, to try in a browser's address bar.</summary>
internal static class EvaluateQuery
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/sigmoid", ([FromQuery] string[]? x) => Handle(Order.Value, x)).WithName("SigmoidOfQuery")
            .WithSummary("The sigmoid of the numbers in the address").ProducesValidationProblem().WithX().WithExampleOf("x", "[-1, 0.5]");
        group.MapGet("/sigmoid/derivative", ([FromQuery] string[]? x) => Handle(Order.Derivative, x)).WithName("SigmoidDerivativeOfQuery")
            .WithSummary("The sigmoid's derivative at the numbers in the address").ProducesValidationProblem().WithX().WithExampleOf("x", "[-1, 0.5]");
    }

    private static RouteHandlerBuilder WithX(this RouteHandlerBuilder route) => route
        .WithDescription("For a browser's address bar; a POST takes more numbers.")
        .WithExampleOfAnswer(StatusCodes.Status200OK, "Two numbers", ActivationExamples.OfQuery)
        .WithQueryParameter(
            "x",
            "A number; may be given several times. `NaN`, `Infinity` and `-Infinity` are allowed.",
            new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = 1, Items = Schemas.OneOf(Schemas.Number(), Schemas.NotFinite()) });

    private static Results<Ok<EvaluateQueryResponse>, ProblemHttpResult> Handle(Order order, string[]? x)
    {
        if (x is null || x.Length == 0)
            return Problems.Field(StatusCodes.Status400BadRequest, "x", "expected at least one number, as in ?x=-1&x=0.5");
        var values = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            if (!TryParse(x[i], out values[i]))
            {
                return Problems.Field(
                    StatusCodes.Status400BadRequest, x.Length == 1 ? "x" : $"x[{i}]", $"expected a number that a float64 can hold, got '{x[i]}'");
            }
        }

        order.Apply(ActivationCatalog.Sigmoid, values, values);
        return TypedResults.Ok(new EvaluateQueryResponse(values));
    }

    // As in JSON, 1e999 is not a number: infinity has to be spelled out.
    private static bool TryParse(string text, out double value)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Styles, CultureInfo.InvariantCulture, out value)
            && (double.IsFinite(value) || text is "NaN" or "Infinity" or "-Infinity");
    }
}
