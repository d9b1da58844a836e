using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Http.Metadata;

namespace SigmoidApi.Functions;

/// <summary>An activation function.</summary>
/// <param name="Name">The name that paths use.</param>
/// <param name="Formula">Its value at x.</param>
/// <param name="DerivativeFormula">Its derivative at x.</param>
/// <param name="Range">Bounds of its values.</param>
/// <param name="ZeroCentered">Whether it is 0 at 0 and takes values of both signs.</param>
/// <param name="Monotonic">Whether it never decreases.</param>
/// <param name="Saturates">Whether its derivative vanishes on both sides, so that gradients through it can vanish.</param>
/// <param name="Parameters">Its parameters other than x; most activations have none.</param>
public sealed record ActivationDescription(
    string Name,
    string Formula,
    string DerivativeFormula,
    string Range,
    bool ZeroCentered,
    bool Monotonic,
    bool Saturates,
    IReadOnlyList<ActivationParameter> Parameters);

/// <summary><c>GET /activations</c></summary>
internal static class ListActivations
{
    public static void Map(RouteGroupBuilder group) =>
        group.MapGet("/activations", Handle).WithName("ListActivations").WithSummary("The catalogue of activation functions")
            .WithDescription("Lists their formulas, their properties and the parameters that they take.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "One of them", ActivationExamples.Catalogue);

    private static Ok<ActivationDescription[]> Handle() =>
        TypedResults.Ok(ActivationCatalog.All
            .Select(a => new ActivationDescription(a.Name, a.Formula, a.DerivativeFormula, a.Range, a.ZeroCentered, a.Monotonic, a.Saturates, a.Parameters))
            .ToArray());
}
