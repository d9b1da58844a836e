using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Tables;

namespace SigmoidApi.Functions;

/// <summary>Where to evaluate a function.</summary>
/// <param name="Values">A number, or nested arrays of numbers in any rectangular shape.</param>
/// <param name="Parameters">
/// Parameters of the activation, such as <c>alpha</c>, by the names in the catalogue. Those left out or null have their defaults.
/// </param>
public sealed record EvaluateRequest(Tensor Values, IReadOnlyDictionary<string, double?>? Parameters = null);

/// <summary>The function's values.</summary>
/// <param name="Values">The values, in the shape of the request.</param>
public sealed record EvaluateResponse(Tensor Values);

/// <summary><c>POST /activations/{name}</c>, <c>…/derivative</c>, <c>POST /sigmoid</c>, <c>…/derivative</c>, with a JSON body.</summary>
internal static class Evaluate
{
    public static void Map(RouteGroupBuilder group)
    {
        foreach (var (path, order) in ActivationEndpoints.Routes)
        {
            var derivative = order == Order.Derivative;
            var sigmoid = !path.Contains('{', StringComparison.Ordinal);
            var route = sigmoid
                ? group.MapPost(path, (string? dtype, JsonBody<EvaluateRequest> body) => Handle(order, name: null, dtype, body.Value))
                : group.MapPost(path, (string name, string? dtype, JsonBody<EvaluateRequest> body) => Handle(order, name, dtype, body.Value))
                    .ProducesProblem(StatusCodes.Status404NotFound);
            route.WithName((sigmoid ? "Sigmoid" : "Activation") + (derivative ? "Derivative" : ""))
                .WithSummary($"{(sigmoid ? "The sigmoid" : "An activation")}{(derivative ? "'s derivative" : "")}, element by element")
                .WithDescription("Also takes and returns `application/octet-stream`: little-endian float64, or float32 with `?dtype=float32`.")
                .WithExampleOfAnswer(StatusCodes.Status200OK, "Any shape", ActivationExamples.Values)
                .WithBinaryBody(MediaTypes.Bytes)
                .WithQueryParameter(
                    "dtype", "The type of the numbers. Those of `application/octet-stream` may be float32; those of JSON are float64.", DataTypes())
                .WithAnswer(StatusCodes.Status200OK, "The values, in the format of the request.", MediaTypes.Bytes)
                .WithPathParameter(
                    "name",
                    $"The activation's name; {ActivationEndpoints.Listed}.",
                    Schemas.OneOfTexts(ActivationCatalog.All.Select(a => a.Name)))
                .WithExample("Values", """{ "values": [-10, -5, 0, 5, 10] }""")
                .WithExample("Any shape", """{ "values": [[-1, 0.5], ["-Infinity", 745]] }""")
                .WithExampleOf("name", "\"tanh\"");
        }
    }

    private static Results<Ok<EvaluateResponse>, ProblemHttpResult> Handle(Order order, string? name, string? dtype, EvaluateRequest request)
    {
        // Swagger UI and some generated clients send the default of a parameter that the caller did not set.
        if (dtype is not (null or "float64"))
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest,
                "dtype",
                $"expected float64, the type of numbers in JSON, got '{dtype}'; for float32 send application/octet-stream");
        }

        if (ActivationEndpoints.Find(name) is not { } activation)
            return ActivationEndpoints.NotFound(name!);
        var given = request.Parameters ?? new Dictionary<string, double?>();
        foreach (var (key, value) in given)
        {
            var path = "parameters" + JsonPath.Member(key);
            if (activation.Parameters.All(p => p.Name != key))
            {
                var hint = NearestName.Hint(key, activation.Parameters.Select(p => p.Name));
                return Problems.Field(StatusCodes.Status400BadRequest, path, $"expected {Expected(activation)}, got '{key}'{hint}");
            }

            if (value is { } number && !double.IsFinite(number))
                return Problems.Field(StatusCodes.Status400BadRequest, path, $"expected a finite number, got {number}");
        }

        var parameters = activation.Parameters.Select(p => given.GetValueOrDefault(p.Name) ?? p.Default).ToArray();
        order.Apply(activation, request.Values.Values, request.Values.Values, parameters);
        return TypedResults.Ok(new EvaluateResponse(request.Values));
    }

    private static OpenApiSchema DataTypes() => Schemas.OneOfTexts("float64", "float32");

    private static string Expected(Activation activation) => activation.Parameters.Count == 0
        ? $"no parameter for {activation.Name}"
        : $"a parameter of {activation.Name} ({string.Join(", ", activation.Parameters.Select(p => p.Name))})";
}
