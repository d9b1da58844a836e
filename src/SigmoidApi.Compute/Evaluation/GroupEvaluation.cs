using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>The scores of one group of rows.</summary>
/// <param name="Group">Its code.</param>
/// <param name="Metrics">Scores that need no threshold.</param>
/// <param name="AtThreshold">Scores of labels predicted at the threshold.</param>
public sealed record GroupEvaluation(int Group, BinaryMetrics Metrics, ThresholdMetrics AtThreshold)
{
    /// <summary>Evaluates each group by itself.</summary>
    /// <param name="rows">The scored rows.</param>
    /// <param name="groups">The code of each row, from 0; −1 for a row in no group.</param>
    /// <param name="options">The threshold, costs and threads.</param>
    /// <param name="cancellationToken">Checked for every few thousand rows.</param>
    /// <returns>An entry for each code that has rows of positive weight, in the order of the codes.</returns>
    /// <exception cref="ArgumentException">There is not a code for each row, a code is below −1, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static IReadOnlyList<GroupEvaluation> Of(ScoredRows rows, int[] groups, EvaluationOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (groups.Length != rows.Count)
            throw new ArgumentException($"Expected a group for each of the {rows.Count} rows, got {groups.Length}.", nameof(groups));
        if (groups.Min() < -1)
            throw new ArgumentException($"Expected groups of at least -1, got {groups.Min()}.", nameof(groups));
        using var crew = new ThreadCrew(options.Threads, options.ThreadStart);
        // A stable sort: rows of a group stay in their order.
        int[] order = [.. Enumerable.Range(0, rows.Count).Where(i => groups[i] >= 0).OrderBy(i => groups[i])];
        var evaluations = new List<GroupEvaluation>();
        for (int first = 0, end; first < order.Length; first = end)
        {
            var group = groups[order[first]];
            end = first + 1;
            while (end < order.Length && groups[order[end]] == group)
                end++;
            var own = order[first..end];
            if (rows.Weights is null || Array.Exists(own, i => rows.Weights[i] > 0))
                evaluations.Add(Of(group, rows.Select(own), options, crew, cancellationToken));
        }
        return evaluations;
    }

    private static GroupEvaluation Of(int group, ScoredRows rows, EvaluationOptions options, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var ranked = ScoreRanking.Of(rows, crew, cancellationToken);
        return new GroupEvaluation(group, BinaryMetrics.Of(ranked, CalibrationBin.Of(ranked), rows.MeanLogLoss(ranked.Weight, crew, cancellationToken)),
            ThresholdMetrics.At(ranked, options.Threshold, options.Costs));
    }
}
