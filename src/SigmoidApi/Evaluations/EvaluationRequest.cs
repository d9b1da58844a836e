using System.ComponentModel.DataAnnotations;
using FluentValidation;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;

namespace SigmoidApi.Evaluations;

/// <summary>What is computed in an evaluation.</summary>
public abstract record EvaluationSettings
{
    private const int MostResamples = 100_000;
    private const int MostLevels = 100;

    /// <summary>
    /// The lowest probability that is predicted as the second class of two; by default 0.5. A model of more classes predicts the most probable one.
    /// </summary>
    [Range(0d, 1d)]
    public double? Threshold { get; init; }

    /// <summary>What a row costs, by its predicted and its true class; by default 1 for an error.</summary>
    public EvaluationCosts? Costs { get; init; }

    /// <summary>For each of these precisions the threshold of greatest recall among those that reach it.</summary>
    [MaxLength(MostLevels)]
    public double[]? PrecisionAtLeast { get; init; }

    /// <summary>For each of these recalls the threshold of greatest precision among those that reach it.</summary>
    [MaxLength(MostLevels)]
    public double[]? RecallAtLeast { get; init; }

    /// <summary>The level of confidence intervals.</summary>
    [Range(0d, 1d, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>How often the rows are resampled, within each class, for an interval of every metric; 0 for none.</summary>
    [Range(0, MostResamples)]
    public int Resamples { get; init; }

    /// <summary>The seed of the resamples: the same seed gives the same intervals on every machine.</summary>
    public long Seed { get; init; } = 42;

    internal abstract class Rules<T> : AbstractValidator<T>
        where T : EvaluationSettings
    {
        protected Rules()
        {
            RuleFor(r => r.Threshold).Probability();
            RuleFor(r => r.ConfidenceLevel).Must(level => level is > 0 and < 1).WithMessage("expected a number above 0 and below 1, got {PropertyValue}");
            RuleFor(r => r.Resamples).InclusiveBetween(0, MostResamples)
                .WithMessage($"expected a whole number from 0 to {MostResamples}, got {{PropertyValue}}");
            RuleFor(r => r.PrecisionAtLeast).Custom(Levels);
            RuleFor(r => r.RecallAtLeast).Custom(Levels);
            RuleFor(r => r.Costs).Must(EvaluationCosts.AreInRange).WithMessage("expected numbers from −1e12 to 1e12");
        }

        private static void Levels(double[]? levels, ValidationContext<T> context)
        {
            if (levels is { Length: > MostLevels })
                context.AddFailure($"expected at most {MostLevels} numbers, got {levels.Length}");
            else
                NumberRules.RequireDistinct(levels, NumberRules.IsProbability, "a number from 0 to 1", context);
        }
    }
}

/// <summary>What a row costs, by its predicted and its true class. A benefit is a negative cost.</summary>
/// <param name="TruePositive">Of a row of the second class that is predicted as it.</param>
/// <param name="FalsePositive">Of a row of the first class that is predicted as the second.</param>
/// <param name="FalseNegative">Of a row of the second class that is predicted as the first.</param>
/// <param name="TrueNegative">Of a row of the first class that is predicted as it.</param>
public sealed record EvaluationCosts(double TruePositive = 0, double FalsePositive = 1, double FalseNegative = 1, double TrueNegative = 0)
{
    /// <summary>Sums of greater ones over weighted rows would overflow.</summary>
    internal const double MostCost = 1e12;

    internal static bool AreInRange(EvaluationCosts? costs) => costs is null
        || Array.TrueForAll([costs.TruePositive, costs.FalsePositive, costs.FalseNegative, costs.TrueNegative], cost => Math.Abs(cost) <= MostCost);

    internal Costs ToCosts() => new(TruePositive, FalsePositive, FalseNegative, TrueNegative);
}

/// <summary>The rows to evaluate a model on, and what to compute. Only the rows are required: <c>datasetId</c> or <c>data</c>.</summary>
public sealed record EvaluateModelRequest : EvaluationSettings
{
    private const int MostGroupColumns = 3;

    /// <summary>The data set: its id, or its name for the newest version.</summary>
    public string? DatasetId { get; init; }

    /// <summary>Rows in the request, instead of a data set.</summary>
    public EvaluationRows? Data { get; init; }

    /// <summary>The column of the classes; by default the one that the model was trained to predict.</summary>
    public string? Target { get; init; }

    /// <summary>A column of the data set with the weight of each row; by default each weighs 1.</summary>
    public string? SampleWeight { get; init; }

    /// <summary>Columns of the data set: the rows of each combination of their values are also evaluated by themselves.</summary>
    [MaxLength(MostGroupColumns)]
    public IReadOnlyList<string>? GroupBy { get; init; }

    /// <summary>Another model of the same classes, to compare with.</summary>
    public ModelVersionName? CompareWith { get; init; }

    internal sealed class Validator : Rules<EvaluateModelRequest>
    {
        public Validator()
        {
            RuleFor(r => r).Must(r => r.DatasetId is null != r.Data is null)
                .OverridePropertyName("datasetId").WithMessage("expected exactly one of 'datasetId' and 'data'");
            RuleFor(r => r.GroupBy).Must(g => g is null || g.Count <= MostGroupColumns).WithMessage($"expected at most {MostGroupColumns} columns")
                .Must(g => g is null || g.Distinct(StringComparer.Ordinal).Count() == g.Count).WithMessage("expected each column once");
            RuleForEach(r => r.GroupBy).NotNull().WithMessage("expected the name of a column, got null");
            RuleFor(r => r).Must(r => r.Data is null || (r.SampleWeight is null && r.GroupBy is null or [] && r.Target is null))
                .OverridePropertyName("data")
                .WithMessage("expected no 'target', 'sampleWeight' or 'groupBy' with 'data', which has its own labels and weights");
            When(r => r.Data is not null, () =>
            {
                RuleFor(r => r.Data!.Rows).Must(rows => rows.Rows > 0).WithMessage("expected at least one record");
                RuleFor(r => r.Data!.Labels).LabelsFor(r => r.Data!.Rows.Rows);
                RuleFor(r => r.Data!.Weights).RowWeightsFor(r => r.Data!.Rows.Rows);
            });
        }
    }
}

/// <summary>Rows with their classes.</summary>
/// <param name="Rows">A record for each row, by column name, as for a prediction.</param>
/// <param name="Labels">The class of each row.</param>
/// <param name="Weights">The weight of each row; by default each weighs 1.</param>
public sealed record EvaluationRows(Records Rows, Labels Labels, double[]? Weights = null);

/// <summary>Probabilities that were made elsewhere, and what to compute.</summary>
public sealed record EvaluateScoresRequest : EvaluationSettings
{
    /// <summary>The class of each row, of two: the second is the larger number, true, or the last text in ordinal order.</summary>
    public required Labels Labels { get; init; }

    /// <summary>For each row the probability of the second class.</summary>
    public required double[] Probabilities { get; init; }

    /// <summary>The weight of each row; by default each weighs 1.</summary>
    public double[]? Weights { get; init; }

    /// <summary>The probabilities of another model of the same rows, to compare with.</summary>
    public double[]? OtherProbabilities { get; init; }

    internal sealed class Validator : Rules<EvaluateScoresRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Probabilities).Must(p => p.Length > 0).WithMessage("expected at least one probability");
            RuleFor(r => r.Probabilities).ProbabilitiesFor(r => r.Probabilities.Length);
            RuleFor(r => r.OtherProbabilities).ProbabilitiesFor(r => r.Probabilities.Length);
            RuleFor(r => r.Labels).LabelsFor(r => r.Probabilities.Length);
            RuleFor(r => r.Weights).RowWeightsFor(r => r.Probabilities.Length);
        }
    }
}
