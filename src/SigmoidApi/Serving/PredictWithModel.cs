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
/// For a model of two classes: the lowest probability that gets the label of the positive class; by default the version's own threshold, which is 0.5 until
/// it is set (<c>PUT /models/{name}/threshold</c>). A model of more predicts the most probable class.
/// </param>
/// <param name="Explain">
/// <c>true</c> for an explanation of each prediction; <c>{ "top": 5 }</c> names only the columns of the greatest contributions.
/// </param>
/// <param name="Raw">Whether the answer also has <c>rawProbabilities</c>.</param>
public sealed record PredictWithModelRequest(
    Records? Rows = null,
    NamedColumns? Columns = null,
    Matrix? Features = null,
    [property: Range(0d, 1d)] double? Threshold = null,
    ExplainRequest? Explain = null,
    bool Raw = false);

/// <summary>A prediction for each observation.</summary>
/// <param name="Model">The version of the model that made the predictions.</param>
/// <param name="Probabilities">
/// For each observation, the probability of the model's second class; of a model of more than two classes an array with the probability of each class.
/// They are calibrated if the version has a <c>calibration</c>.
/// </param>
/// <param name="Labels">For each observation, one of the model's classes.</param>
/// <param name="UnknownColumns">The first 100 columns of the request that the model does not know; left out if there are none.</param>
/// <param name="UnknownColumnCount">How many columns the model does not know; left out if there are none.</param>
/// <param name="UnknownLevels">For each category, how many of its values no training row had; left out if there are none.</param>
/// <param name="Explanations">
/// For each observation what each column adds to the log-odds, against the mean of the training rows; left out unless asked for.
/// </param>
/// <param name="RawProbabilities">With <c>raw</c>, the probabilities of the fit itself, without the calibration; left out otherwise.</param>
[MayBeArray]
[DefaultsLeftOut]
public sealed record PredictWithModelResponse(
    ModelVersionName Model,
    ClassNumbers Probabilities,
    ClassLabels Labels,
    [property: MaxLength(PredictWithModel.MaxUnknownColumns)]
    IReadOnlyList<string>? UnknownColumns = null,
    int? UnknownColumnCount = null,
    IReadOnlyDictionary<string, int>? UnknownLevels = null,
    Explanations? Explanations = null,
    ClassNumbers? RawProbabilities = null);

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
        if ((ThresholdFailure(request.Threshold, model) ?? SizeFailure(request, model, maxValues) ?? ExplainFailure(request, model, maxValues)) is { } wrong)
            return Problems.From(wrong);
        if (request.Features is { } features)
            return PredictFeatures(features, request, model);
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
        // A prediction writes fills over missing values, whose indicators an explanation needs.
        var numbers = request.Explain is null ? [] : observations.Numbers.ToArray();
        var raw = request.Raw ? new double[probabilities.Length] : null;
        model.Predict(observations.Numbers, observations.Codes, probabilities, raw);
        return TypedResults.Ok(new PredictWithModelResponse(
            model.Name, new(probabilities, model.Outputs), ClassLabels.Of(probabilities, request.Threshold ?? model.Threshold, model.Classes),
            observations.UnknownColumns is { } unknown ? [.. unknown.Take(MaxUnknownColumns).Select(ShownText.Short)] : null,
            observations.UnknownColumns?.Count, observations.UnknownLevels,
            request.Explain is null ? null : Explain(model, numbers, observations.Codes, probabilities, request.Explain.Top),
            raw is null ? null : new(raw, model.Outputs)));
    }

    /// <summary>Explains rows.</summary>
    /// <param name="model">The model, which has an explainer.</param>
    /// <param name="numbers">The numbers of the rows, NaN where a value is missing.</param>
    /// <param name="codes">The codes of the rows; null if the numbers are terms.</param>
    /// <param name="probabilities">The predictions.</param>
    /// <param name="top">The most columns to name; null for all.</param>
    internal static Explanations Explain(ServedModel model, ReadOnlySpan<double> numbers, IReadOnlyList<int[]>? codes, double[] probabilities, int? top)
    {
        var explainer = model.Explainer!;
        var rows = probabilities.Length / model.Outputs;
        var predicted = new int[model.Outputs == 1 ? 0 : rows];
        if (model.Outputs > 1)
            MultinomialModel.Labels(probabilities, model.Outputs, predicted);
        var values = new double[rows * (codes is null ? explainer.Terms : explainer.Columns)];
        if (codes is null)
            explainer.ExplainTerms(numbers, predicted, values);
        else
            explainer.Explain(numbers, codes, predicted, values);
        double[] baselines = [.. Enumerable.Range(0, rows).Select(i => explainer.Baseline(predicted.Length == 0 ? 0 : predicted[i]))];
        string[] names = codes is null ? [.. model.Trained.Coefficients.Select(term => term.Term)] : [.. model.Columns.Select(column => column.Name)];
        return new(names, baselines, values, top, predicted.Length == 0 ? null : [.. predicted.Select(k => model.Classes[k])]);
    }

    /// <summary>Why a model can't explain its predictions; null if it can.</summary>
    public static InputFailure? ExplainerFailure(ServedModel model) => model.Explainer is not null ? null : new(
        StatusCodes.Status409Conflict, "explain",
        $"expected a model that was trained by version 0.17.0 or later: version {model.Name.Version} of '{model.Name.Name}' has not kept the means of "
        + $"its terms; "
        + "train it again");

    /// <summary>An older model can't explain itself, and an answer with explanations has many numbers.</summary>
    private static InputFailure? ExplainFailure(PredictWithModelRequest request, ServedModel model, int maxValues)
    {
        if (request.Explain is null)
            return null;
        if (ExplainerFailure(model) is { } failure)
            return failure;
        var explainer = model.Explainer!;
        var (field, rows, columns) = request.Features is { } features ? ("features", features.Rows, explainer.Terms)
            : request.Rows is { } records ? ("rows", records.Rows, explainer.Columns)
            : ("columns", request.Columns!.Rows, explainer.Columns);
        return (long)rows * columns <= maxValues ? null
            : new(StatusCodes.Status413PayloadTooLarge, field,
                $"expected at most {maxValues / columns} rows with explanations of {columns} columns, got {rows}: an answer has at most {maxValues} "
                + $"contributions ({JsonLimits.ValuesSetting})");
    }

    private static Results<Ok<PredictWithModelResponse>, ProblemHttpResult> PredictFeatures(
        Matrix features, PredictWithModelRequest request, ServedModel served)
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
        var raw = request.Raw ? new double[probabilities.Length] : null;
        served.Predict(features.Values, probabilities, raw);
        return TypedResults.Ok(new PredictWithModelResponse(
            served.Name, new(probabilities, served.Outputs), ClassLabels.Of(probabilities, request.Threshold ?? served.Threshold, served.Classes),
            Explanations: request.Explain is null ? null : Explain(served, features.Values, codes: null, probabilities, request.Explain.Top),
            RawProbabilities: raw is null ? null : new(raw, served.Outputs)));
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
    public static InputFailure? ThresholdFailure(double? threshold, ServedModel model) =>
        model.Outputs == 1 || threshold is null or LogisticModel.DefaultThreshold
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
