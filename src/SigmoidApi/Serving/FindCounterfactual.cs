using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Explanation;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;

namespace SigmoidApi.Serving;

/// <summary>A record, and the probability that it should get.</summary>
/// <param name="Row">The record by column name, as for a prediction.</param>
/// <param name="TargetProbability">The probability of the second class to reach, between 0 and 1. The record is raised or lowered to it.</param>
/// <param name="Vary">
/// The columns that may change. Of a number <c>[low, high]</c>: it stays whole if its value and both bounds are. Of a category its levels, or <c>true</c> for
/// every level that the model knows. A boolean takes <c>true</c>.
/// </param>
public sealed record CounterfactualRequest(OneRecord Row, double TargetProbability, IReadOnlyDictionary<string, VariedValues> Vary);

/// <summary>The least change of the record: the fewest columns, then the least distance.</summary>
/// <param name="Model">The version of the model.</param>
/// <param name="Reached">Whether the changed record reaches the target; otherwise it is the closest to it that the allowed values admit.</param>
/// <param name="Probability">The probability of the changed record.</param>
/// <param name="OriginalProbability">The probability of the record.</param>
/// <param name="Distance">
/// The sum over the changed columns: of a number the change in standard deviations of the training rows, of a category 1.
/// </param>
/// <param name="IsLeast">Whether the search ended before its limit of steps, so that no smaller change exists.</param>
/// <param name="Changes">The columns to change.</param>
public sealed record CounterfactualResponse(
    ModelVersionName Model,
    bool Reached,
    [property: Range(0d, 1d)] double Probability,
    [property: Range(0d, 1d)] double OriginalProbability,
    double Distance,
    bool IsLeast,
    IReadOnlyList<CounterfactualChange> Changes);

/// <summary>The change of a column.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="From">The value in the request; null if it is missing.</param>
/// <param name="To">The new value.</param>
public sealed record CounterfactualChange(string Column, ClassLabel? From, ClassLabel To);

/// <summary><c>POST /models/{name}/counterfactuals</c> and <c>POST /models/{name}/versions/{version}/counterfactuals</c></summary>
internal static class FindCounterfactual
{
    private const string ExampleRequest = """
        { "row": { "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60 }, "targetProbability": 0.5,
          "vary": { "word_freq_free": [0, 2], "capital_run_length": [1, 100] } }
        """;

    private const string ExampleAnswer = """
        {"model": {"name": "mails", "version": 1}, "reached": true, "probability": 0.5, "originalProbability": 0.895135088683886,
        "distance": 2.431475, "isLeast": true, "changes": [{"column": "word_freq_free", "from": 0.9, "to": 0.712421},
        {"column": "capital_run_length", "from": 60, "to": 1}]}
        """;

    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapPost("/{name}/counterfactuals", Latest).WithName("FindCounterfactual")
            .WithSummary("The least change of a record that reaches a probability, by the latest version of a model"));
        Describe(models.MapPost("/{name}/versions/{version:int}/counterfactuals", OfVersion).WithModelVersion().WithName("FindCounterfactualOfVersion")
            .WithSummary("The least change of a record that reaches a probability, by a version of a model"));
    }

    private static void Describe(RouteHandlerBuilder route) =>
        route.WithDescription(
                "Finds the fewest columns of `vary` that must change, and among these the least distance. The changed record was predicted to check "
                + "the answer. "
                + "For a model of two classes. Of a calibrated model the probability before calibration is meant.")
            .WithExample("One mail", ExampleRequest).WithExampleOfAnswer(StatusCodes.Status200OK, "One mail", ExampleAnswer)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithModelName().WithExampleOf("name", "\"mails\"").WithExampleOf("version", "1");

    private static Task<Results<Ok<CounterfactualResponse>, ProblemHttpResult>> Latest(string name, JsonBody<CounterfactualRequest> body, ModelCache cache,
        IOptions<LimitOptions> limits, CancellationToken cancellationToken) => Find(name, null, body, cache, limits, cancellationToken);

    private static Task<Results<Ok<CounterfactualResponse>, ProblemHttpResult>> OfVersion(string name, int version, JsonBody<CounterfactualRequest> body,
        ModelCache cache, IOptions<LimitOptions> limits, CancellationToken cancellationToken) => Find(name, version, body, cache, limits, cancellationToken);

    private static async Task<Results<Ok<CounterfactualResponse>, ProblemHttpResult>> Find(string name, int? version, JsonBody<CounterfactualRequest> body,
        ModelCache cache, IOptions<LimitOptions> limits, CancellationToken cancellationToken)
    {
        if (await cache.FindAsync(name, version, cancellationToken) is not { } served)
            return await cache.MissingAsync(name, version, cancellationToken);
        var request = body.Value;
        if (served.OfTwo is not { } model)
        {
            return Problems.Conflict(
                $"Expected a model of two classes, but {ModelEndpoints.Describe(served.Name.Name, served.Name.Version)} has {served.Classes.Count}; "
                + "train one for a single class against the others.");
        }

        if (request.Vary.Count > limits.Value.MaxVariedColumns)
        {
            return Problems.Field(StatusCodes.Status413PayloadTooLarge, "vary",
                $"expected at most {limits.Value.MaxVariedColumns} columns (Limits:{nameof(LimitOptions.MaxVariedColumns)}), got {request.Vary.Count}");
        }

        using var observations = Observations.From(request.Row.Cells, served, (_, column) => $"row{JsonPath.Member(column)}");
        if (observations.Failure is { } failure)
            return Problems.From(failure);
        var varied = new List<VariedColumn>();
        foreach (var (column, values) in request.Vary)
        {
            var (found, wrong) = VariedColumns.Of(served, observations, column, values);
            if (wrong is { } problem)
                return Problems.From(problem);
            varied.Add(found!);
        }

        int[] codes = [.. observations.Codes.Select(ofCategory => ofCategory[0])];
        var change = Counterfactuals.Find(
            model, observations.Numbers, codes, request.TargetProbability, varied, limits.Value.MaxSearchSteps, cancellationToken);
        var original = new double[1];
        model.PredictProbabilities(observations.Numbers, observations.Codes, original);
        return TypedResults.Ok(new CounterfactualResponse(
            served.Name, change.Reached, change.Probability, original[0], change.Distance, change.IsLeast,
            [.. change.Changes.Select(changed => new CounterfactualChange(
                served.Columns[changed.Column].Name, Given(request.Row.Cells, served.Columns[changed.Column].Name),
                VariedColumns.Value(served.Columns[changed.Column], changed)))]));
    }

    private static ClassLabel? Given(Records row, string column) => row.IndexOf(column) is >= 0 and var index
        ? row[0, index] switch
        {
            { Kind: CellKind.Number } cell when double.IsFinite(cell.Number) => new ClassLabel(cell.Number),
            { Kind: CellKind.True or CellKind.False } cell => new ClassLabel(cell.Kind == CellKind.True),
            { Text: { } text } => new ClassLabel(text),
            _ => null,
        }
        : null;

    internal sealed class Validator : AbstractValidator<CounterfactualRequest>
    {
        public Validator()
        {
            RuleFor(r => r.TargetProbability).Must(probability => probability is > 0 and < 1)
                .WithMessage(r => $"expected a number above 0 and below 1, got {r.TargetProbability}");
            RuleFor(r => r.Vary).Must(vary => vary.Count > 0).WithMessage("expected at least one column that may change");
        }
    }
}
