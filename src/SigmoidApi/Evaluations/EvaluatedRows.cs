using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Models;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Evaluations;

/// <summary>Rows to evaluate.</summary>
/// <param name="Classes">The classes.</param>
/// <param name="Labels">The index of each row's class.</param>
/// <param name="Scores">
/// For two classes the score of each row: log-odds, or probabilities. For more, row by row, the numbers of whose softmax the probabilities consist.
/// </param>
/// <param name="AreLogOdds">Whether the scores of two classes are log-odds.</param>
/// <param name="Weights">The weight of each row; null if each weighs 1.</param>
/// <param name="Others">The scores of another model, of two classes; null without one.</param>
/// <param name="OthersAreLogOdds">Whether those are log-odds.</param>
/// <param name="Groups">Columns to group by.</param>
internal sealed record EvaluatedRows(IReadOnlyList<ClassLabel> Classes, double[] Labels, double[] Scores, bool AreLogOdds, double[]? Weights,
    double[]? Others = null, bool OthersAreLogOdds = false, IReadOnlyList<ColumnValues>? Groups = null)
{
    private const int FewRows = 30;

    public int Count => Labels.Length;

    private bool IsBinary => Classes.Count == 2;

    /// <summary>The answer without its id, names and time, and for each ranked class its scores.</summary>
    /// <param name="settings">What to compute.</param>
    /// <param name="fittedOnTheseRows">Whether the model was fitted to these rows.</param>
    /// <param name="comparedWith">The other model, if it is a stored one.</param>
    /// <param name="maxGroups">The most groups.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="cancellationToken">Ends the computation within one pass over the rows.</param>
    public (EvaluationResponse Answer, IReadOnlyList<(int Class, RankedScores Ranked)> Ranked) Evaluate(EvaluationSettings settings, bool fittedOnTheseRows,
        ModelVersionName? comparedWith, int maxGroups, int threads, CancellationToken cancellationToken)
    {
        var warnings = new List<EvaluationWarning>();
        if (fittedOnTheseRows)
        {
            warnings.Add(new("training_rows",
                "The model was trained on this data set, so its scores are better than on new rows; evaluate it on rows that it has not seen."));
        }

        var present = Labels.Where((_, i) => Weights is null || Weights[i] > 0).Distinct().ToArray();
        if (present.Length == 1)
        {
            warnings.Add(new("one_class",
                $"All rows are of the class '{Classes[(int)present[0]]}', so that whatever compares classes is not defined and left out."));
        }

        var options = new EvaluationOptions
        {
            Threshold = settings.Threshold ?? 0.5,
            Costs = (settings.Costs ?? new()).ToCosts(),
            PrecisionAtLeast = settings.PrecisionAtLeast ?? [],
            RecallAtLeast = settings.RecallAtLeast ?? [],
            ConfidenceLevel = settings.ConfidenceLevel,
            FittedOnTheseRows = fittedOnTheseRows,
            Threads = threads,
        };
        var (answer, ranked) = IsBinary
            ? EvaluateTwo(settings, options, comparedWith, cancellationToken)
            : EvaluateMore(settings, options, cancellationToken);
        var groups = Groups is { Count: > 0 } ? EvaluateGroups(Groups, options, maxGroups, warnings, cancellationToken) : null;
        return (answer with { Groups = groups, Warnings = warnings }, ranked);
    }

    private (EvaluationResponse Answer, IReadOnlyList<(int Class, RankedScores Ranked)> Ranked) EvaluateTwo(
        EvaluationSettings settings, EvaluationOptions options, ModelVersionName? comparedWith, CancellationToken cancellationToken)
    {
        var rows = Binary(Scores, AreLogOdds);
        var other = Others is null ? null : Binary(Others, OthersAreLogOdds);
        var evaluation = BinaryEvaluation.Of(rows, other, options, cancellationToken);
        var intervals = new Dictionary<string, MetricInterval>(StringComparer.Ordinal);
        if (settings.Resamples > 0)
            AddBootstrap(intervals, Bootstrap.Intervals(rows, BootstrapOf(settings, options), cancellationToken));
        if (evaluation.RocAuc is { ConfidenceInterval: { } area } auc)
            intervals["rocAuc"] = new([area.Lower, area.Upper], IntervalMethod.Delong, auc.StandardError);
        var (metrics, fit) = (evaluation.Metrics, evaluation.Calibration);
        var answer = Empty(settings) with
        {
            PositiveRate = metrics.PositiveRate,
            Threshold = options.Threshold,
            Costs = settings.Costs ?? new(),
            Weight = metrics.Weight,
            Metrics = EvaluationMetrics.Of(metrics, evaluation.AtThreshold),
            Intervals = intervals,
            BrierDecomposition = metrics.BrierDecomposition,
            Calibration = new(metrics.ExpectedCalibrationError, metrics.MaximumCalibrationError, evaluation.Bins, fit.Intercept, fit.Slope, fit.InTheLarge,
                evaluation.HosmerLemeshow),
            Gains = evaluation.Gains,
            Best = [.. evaluation.Best.Select(BestChoice.Of)],
            Comparison = evaluation.Comparison is { } comparison ? EvaluationComparison.Of(comparison, comparedWith) : null,
        };
        return (answer, [(1, evaluation.Ranked)]);
    }

    private (EvaluationResponse Answer, IReadOnlyList<(int Class, RankedScores Ranked)> Ranked) EvaluateMore(
        EvaluationSettings settings, EvaluationOptions options, CancellationToken cancellationToken)
    {
        var metrics = MultinomialMetrics.FromScores(Labels, Scores, Classes.Count, Weights);
        var intervals = new Dictionary<string, MetricInterval>(StringComparer.Ordinal);
        if (settings.Resamples > 0)
        {
            AddBootstrap(
                intervals, Bootstrap.Intervals(Labels, Scores, Classes.Count, Weights, BootstrapOf(settings, options), cancellationToken));
        }

        var ranked = new List<(int Class, RankedScores Ranked)>();
        for (var k = 0; k < Classes.Count; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = ScoredRows.OneVersusRest(Labels, Scores, Classes.Count, k, Weights);
            ranked.Add((k, BinaryEvaluation.Of(rows, options, cancellationToken).Ranked));
        }

        return (Empty(settings) with { Weight = Weights?.Sum() ?? Count, Metrics = EvaluationMetrics.Of(metrics), Intervals = intervals }, ranked);
    }

    private List<EvaluationGroup> EvaluateGroups(IReadOnlyList<ColumnValues> columns, EvaluationOptions options, int maxGroups,
        List<EvaluationWarning> warnings, CancellationToken cancellationToken)
    {
        var codes = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            var key = string.Join(',', columns.Select(column => column.Codes![i]));
            if (!codes.TryGetValue(key, out var rows))
            {
                if (codes.Count == maxGroups)
                    throw new TooManyGroupsException(maxGroups);
                codes[key] = rows = [];
            }

            rows.Add(i);
        }

        var groups = new List<EvaluationGroup>();
        foreach (var rows in codes.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var first = rows[0];
            var values = columns.ToDictionary(
                column => column.Name, column => column.Codes![first] < 0 ? null : column.Levels[column.Codes[first]], StringComparer.Ordinal);
            var own = Select(rows);
            if (own.Weights is { } weights && Array.TrueForAll(weights, weight => weight == 0))
                continue;
            if (rows.Count < FewRows)
            {
                warnings.Add(new("few_rows_in_group",
                    $"The group has {rows.Count} row{(rows.Count == 1 ? "" : "s")}, so that its scores say little.", values));
            }

            groups.Add(own.OfGroup(values, options, cancellationToken));
        }

        return [.. groups.OrderByDescending(group => group.Weight).ThenBy(group => string.Join('\u0001', group.Group.Values), StringComparer.Ordinal)];
    }

    private EvaluationGroup OfGroup(IReadOnlyDictionary<string, string?> values, EvaluationOptions options, CancellationToken cancellationToken)
    {
        if (!IsBinary)
        {
            return new(values, Count, Weights?.Sum() ?? Count, EvaluationMetrics.Of(MultinomialMetrics.FromScores(Labels, Scores, Classes.Count, Weights)));
        }

        var group = GroupEvaluation.Of(Binary(Scores, AreLogOdds), new int[Count], options, cancellationToken)[0];
        return new(values, Count, group.Metrics.Weight, EvaluationMetrics.Of(group.Metrics, group.AtThreshold), group.Metrics.PositiveRate,
            group.Metrics.MeanProbability);
    }

    private EvaluatedRows Select(List<int> rows)
    {
        var outputs = IsBinary ? 1 : Classes.Count;
        return new(Classes, [.. rows.Select(i => Labels[i])],
            [.. rows.SelectMany(i => Enumerable.Range(i * outputs, outputs)).Select(place => Scores[place])], AreLogOdds,
            Weights is null ? null : [.. rows.Select(i => Weights[i])]);
    }

    private ScoredRows Binary(double[] scores, bool areLogOdds) =>
        areLogOdds ? ScoredRows.FromLogOdds(Labels, scores, Weights) : ScoredRows.FromProbabilities(Labels, scores, Weights);

    private EvaluationResponse Empty(EvaluationSettings settings) => new()
    {
        Id = Guid.Empty,
        Classes = Classes,
        Rows = Count,
        Weight = Count,
        ConfidenceLevel = settings.ConfidenceLevel,
        Metrics = null!,
        Intervals = new Dictionary<string, MetricInterval>(StringComparer.Ordinal),
        Warnings = [],
        CreatedAt = default,
    };

    private static BootstrapOptions BootstrapOf(EvaluationSettings settings, EvaluationOptions options) => new()
    {
        Resamples = settings.Resamples,
        Seed = settings.Seed,
        ConfidenceLevel = settings.ConfidenceLevel,
        Threshold = options.Threshold,
        Costs = options.Costs,
        Threads = options.Threads,
    };

    private static void AddBootstrap(Dictionary<string, MetricInterval> intervals, IReadOnlyDictionary<string, Interval> resampled)
    {
        foreach (var (name, interval) in resampled)
            intervals[System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name)] = new([interval.Lower, interval.Upper], IntervalMethod.Bootstrap);
    }
}

/// <summary>The columns to group by have more combinations of values than the service evaluates.</summary>
internal sealed class TooManyGroupsException(int most) : Exception($"expected at most {most} groups (Evaluations:MaxGroups)");
