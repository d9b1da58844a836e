using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Tables;

namespace SigmoidApi.Functions;

/// <summary>The routes of the activation functions and their derivatives.</summary>
public static class ActivationEndpoints
{
    public static void MapActivations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTag(
            "Functions",
            "Stateless functions of the numbers in the request: the article's predict, cost and update of weights, and activations with their derivatives.");
        ListActivations.Map(group);
        Evaluate.Map(group);
        EvaluateStream.Map(group);
        EvaluateQuery.Map(group);
        EvaluateSoftmax.Map(group);
    }

    /// <summary>Where the reader of a message or of the OpenAPI document finds the names.</summary>
    internal const string Listed = $"GET {HttpConventions.ApiPath}/activations lists them";

    /// <summary>The four routes of each kind of call: two for the sigmoid, and two for the activation that the path names.</summary>
    internal static readonly (string Path, Order Order)[] Routes =
    [
        ("/sigmoid", Order.Value),
        ("/sigmoid/derivative", Order.Derivative),
        ("/activations/{name}", Order.Value),
        ("/activations/{name}/derivative", Order.Derivative),
    ];

    /// <summary>The activation of a path: the sigmoid for a path without a name; null for an unknown name.</summary>
    internal static Activation? Find(string? name) => name is null ? ActivationCatalog.Sigmoid : ActivationCatalog.Find(name);

    /// <summary>The problem for an unknown name.</summary>
    internal static ProblemHttpResult NotFound(string name) =>
        Problems.NotFound($"activation '{name}'; {Listed}{NearestName.Hint(name, ActivationCatalog.All.Select(activation => activation.Name))}");
}
