using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Tables;

namespace SigmoidApi.Functions;

/// <summary>The sigmoid and the eleven functions beside it, with their derivatives.</summary>
public static class ActivationEndpoints
{
    public static void MapActivations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTag(
            "Functions", "Functions without a memory: the article's predict, cost and update of weights, and activations with their derivatives, on numbers in the request.");
        ListActivations.Map(group);
        Evaluate.Map(group);
        EvaluateStream.Map(group);
        EvaluateQuery.Map(group);
    }

    /// <summary>The four routes of each kind of call: the sigmoid's own two, and those of the activation that the path names.</summary>
    internal static readonly (string Path, Order Order)[] Routes =
    [
        ("/sigmoid", Order.Value),
        ("/sigmoid/derivative", Order.Derivative),
        ("/activations/{name}", Order.Value),
        ("/activations/{name}/derivative", Order.Derivative),
    ];

    /// <summary>The activation that a path means; the sigmoid's own routes have no name.</summary>
    internal static Activation? Find(string? name) => name is null ? ActivationCatalog.Sigmoid : ActivationCatalog.Find(name);

    /// <summary>The problem of a name that is no activation's.</summary>
    internal static ProblemHttpResult NotFound(string name) =>
        Problems.NotFound(
            $"activation '{name}'; GET /api/v1/activations lists them{NearestName.Hint(name, ActivationCatalog.All.Select(activation => activation.Name))}");
}

/// <summary>What of an activation is asked for.</summary>
internal enum Order
{
    Value,
    Derivative,
}

internal static class OrderExtensions
{
    public static void Apply(this Order order, Activation activation, ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters = default)
    {
        if (order == Order.Value)
            activation.Apply(x, y, parameters);
        else
            activation.Derivative(x, y, parameters);
    }

    public static void Apply(this Order order, Activation activation, ReadOnlySpan<float> x, Span<float> y)
    {
        if (order == Order.Value)
            activation.Apply(x, y);
        else
            activation.Derivative(x, y);
    }
}
