using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Growth.Tests;

/// <summary>Twice the scored rows take about twice the time, whatever their scores, on one thread.</summary>
public sealed class EvaluationDoublingTests
{
    private static readonly EvaluationOptions Options = new() { Threads = 1, PrecisionAtLeast = [0.9], RecallAtLeast = [0.9] };

    /// <summary>The score of a row from a random number between 0 and 1.</summary>
    private static readonly Dictionary<string, Func<double, double>> Scores = new(StringComparer.Ordinal)
    {
        ["distinct"] = u => u,
        ["ties"] = u => Math.Round(20 * u) / 20,
        ["equal"] = _ => 0.5,
        ["close to 1"] = u => 1 - 1e-12 * u,
        ["close to 0"] = u => 1e-300 * u,
    };

    [Theory]
    [InlineData("distinct")]
    [InlineData("ties")]
    [InlineData("equal")]
    [InlineData("close to 1")]
    [InlineData("close to 0")]
    public void EvaluationGrowsLikeItsRows(string scores) => Effort.ShouldGrowLikeItsInput(rows =>
    {
        var (a, b) = Rows(rows, Scores[scores]);
        return () =>
        {
            var ranked = BinaryEvaluation.Of(a, b, Options, TestContext.Current.CancellationToken).Ranked;
            RocCurve.Of(ranked);
            PrecisionRecallCurve.Of(ranked);
            GainsCurve.Of(ranked, 100);
            ThresholdMetrics.Table(ranked, Options.Costs, 1000);
        };
    }, size: 5_000, largest: 400_000, enough: 15, little: 40);

    [Fact]
    public void BootstrapGrowsLikeItsRows() => Effort.ShouldGrowLikeItsInput(rows =>
    {
        var (a, _) = Rows(rows, Scores["distinct"]);
        return () => Bootstrap.Intervals(a, new BootstrapOptions { Resamples = 10, Threads = 1 }, TestContext.Current.CancellationToken);
    }, size: 5_000, largest: 400_000, enough: 15, little: 40);

    [Fact]
    public void ManyGroupsGrowLikeTheirRows() => Effort.ShouldGrowLikeItsInput(rows =>
    {
        var (a, _) = Rows(rows, Scores["distinct"]);
        int[] groups = [.. Enumerable.Range(0, rows).Select(i => i * 7 % Math.Max(rows / 4, 1))];
        return () => GroupEvaluation.Of(a, groups, Options, TestContext.Current.CancellationToken);
    }, size: 2_000, largest: 200_000, enough: 15, little: 40);

    private static (ScoredRows A, ScoredRows B) Rows(int rows, Func<double, double> score)
    {
        var random = new Random(rows);
        double[] first = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
        double[] labels = [.. first.Select(u => random.NextDouble() < u ? 1.0 : 0)];
        double[] second = [.. first.Select(u => (u + random.NextDouble()) / 2)];
        return (ScoredRows.FromProbabilities(labels, [.. first.Select(score)]), ScoredRows.FromProbabilities(labels, [.. second.Select(score)]));
    }
}
