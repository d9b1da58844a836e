using System.ComponentModel.DataAnnotations;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Simd;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Serving;

/// <summary>The observations, in one of three forms.</summary>
/// <param name="Rows">
/// A record for each observation, by column name, with values as they were uploaded. Null is a missing value; a text is read like a cell of a file.
/// </param>
/// <param name="Columns">An array for each column.</param>
/// <param name="Features">A row of numbers for each observation, in the order of the model's coefficients.</param>
/// <param name="Threshold">
/// For a model of two classes: the lowest probability that gets the label of the positive class. A model of more predicts the most probable class.
/// </param>
public sealed record PredictWithModelRequest(
    Records? Rows = null,
    NamedColumns? Columns = null,
    Matrix? Features = null,
    [property: Range(0d, 1d)] double Threshold = LogisticModel.DefaultThreshold);

/// <summary>A prediction for each observation.</summary>
/// <param name="Model">The version of the model that made the predictions.</param>
/// <param name="Probabilities">
/// For each observation, the probability of the model's second class; of a model of more than two classes an array with the probability of each class.
/// </param>
/// <param name="Labels">For each observation, one of the model's classes.</param>
/// <param name="UnknownColumns">The first 100 columns of the request that the model does not know; left out if there are none.</param>
/// <param name="UnknownColumnCount">How many columns the model does not know; left out if there are none.</param>
/// <param name="UnknownLevels">For each category, how many of its values no training row had; left out if there are none.</param>
[MayBeArray]
[DefaultsLeftOut]
public sealed record PredictWithModelResponse(
    ModelVersionName Model,
    ClassNumbers Probabilities,
    ClassLabels Labels,
    [property: MaxLength(PredictWithModel.MaxUnknownColumns)]
    IReadOnlyList<string>? UnknownColumns = null,
    int? UnknownColumnCount = null,
    IReadOnlyDictionary<string, int>? UnknownLevels = null);

/// <summary>Predicts the observations of a JSON body; see <see cref="PredictFile"/> for files.</summary>
internal static class PredictWithModel
{
    // A body may have millions of names. UnknownLevels needs no limit: it has at most the columns of the model.
    public const int MaxUnknownColumns = 100;

    /// <param name="request">The observations.</param>
    /// <param name="model">The model.</param>
    /// <param name="maxValues">The most probabilities of an answer (<c>Limits:MaxValues</c>).</param>
    public static Results<Ok<PredictWithModelResponse>, ProblemHttpResult> Predict(PredictWithModelRequest request, ServedModel model, int maxValues)
    {
        if ((ThresholdFailure(request.Threshold, model) ?? SizeFailure(request, model, maxValues)) is { } wrong)
            return Problems.From(wrong);
        if (request.Features is { } features)
            return PredictFeatures(features, request.Threshold, model);
        CellTable cells = request.Rows is { } rows ? rows : request.Columns!;
        if (cells.Rows == 0)
        {
            return request.Rows is null
                ? Problems.Field(StatusCodes.Status400BadRequest, "columns", "expected at least one value in each column")
                : Problems.Field(StatusCodes.Status400BadRequest, "rows", "expected at least one record");
        }

        using var observations = Observations.From(cells, model, request.Rows is null
            ? (row, name) => row < 0 ? $"columns{JsonPath.Member(name)}" : $"columns{JsonPath.Member(name)}[{row}]"
            : (row, name) => $"rows[{row}]{JsonPath.Member(name)}");
        if (observations.Failure is { } failure)
            return Problems.From(failure);
        var probabilities = new double[observations.Rows * model.Outputs];
        model.Predict(observations.Numbers, observations.Codes, probabilities);
        return TypedResults.Ok(new PredictWithModelResponse(
            model.Name, new(probabilities, model.Outputs), ClassLabels.Of(probabilities, request.Threshold, model.Classes),
            observations.UnknownColumns is { } unknown ? [.. unknown.Take(MaxUnknownColumns).Select(ShownText.Short)] : null,
            observations.UnknownColumns?.Count, observations.UnknownLevels));
    }

    private static Results<Ok<PredictWithModelResponse>, ProblemHttpResult> PredictFeatures(Matrix features, double threshold, ServedModel served)
    {
        var terms = served.Trained.Coefficients.Count;
        if (features.Rows == 0)
            return Problems.Field(StatusCodes.Status400BadRequest, "features", "expected at least one row");
        if (features.Columns != terms)
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest,
                "features[0]",
                $"expected {terms} numbers, one for each of the model's coefficients, got {features.Columns}");
        }

        if (FiniteCheck.IndexOfNonFinite<double>(features.Values) is >= 0 and var bad)
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest,
                $"features[{bad / features.Columns}][{bad % features.Columns}]",
                $"expected a finite number, got {features.Values[bad]}");
        }

        var probabilities = new double[features.Rows * served.Outputs];
        served.Predict(features.Values, probabilities);
        return TypedResults.Ok(new PredictWithModelResponse(
            served.Name, new(probabilities, served.Outputs), ClassLabels.Of(probabilities, threshold, served.Classes)));
    }

    /// <summary>The request itself is within the limit, but each row of it may get many probabilities.</summary>
    private static InputFailure? SizeFailure(PredictWithModelRequest request, ServedModel model, int maxValues)
    {
        var (field, rows) = request.Features is { } features ? ("features", features.Rows)
            : request.Rows is { } records ? ("rows", records.Rows)
            : ("columns", request.Columns!.Rows);
        return model.Outputs == 1 || (long)rows * model.Outputs <= maxValues
            ? null
            : new(
                StatusCodes.Status413PayloadTooLarge,
                field,
                $"expected at most {maxValues / model.Outputs} rows for a model of {model.Outputs} classes, got {rows}: an answer has at most {maxValues} "
                + $"probabilities ({JsonLimits.ValuesSetting}); the predictions of a file have no such limit");
    }

    /// <summary>Only two classes have a threshold. A client may send the default.</summary>
    public static InputFailure? ThresholdFailure(double threshold, ServedModel model) => model.Outputs == 1 || threshold == LogisticModel.DefaultThreshold
        ? null
        : new(
            StatusCodes.Status400BadRequest,
            "threshold",
            $"expected nothing for a model of {model.Classes.Count} classes, which predicts the most probable one");

    internal sealed class Validator : AbstractValidator<PredictWithModelRequest>
    {
        public Validator()
        {
            RuleFor(r => r).Must(r => (r.Rows is null ? 0 : 1) + (r.Columns is null ? 0 : 1) + (r.Features is null ? 0 : 1) == 1)
                .OverridePropertyName("features").WithMessage("expected exactly one of 'rows', 'columns' and 'features'");
            RuleFor(r => r.Threshold).Probability();
        }
    }
}
