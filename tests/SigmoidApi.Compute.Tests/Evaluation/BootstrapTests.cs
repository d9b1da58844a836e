using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

public class BootstrapTests
{
    private static readonly BootstrapOptions Options = new() { Resamples = 400, Costs = EvaluationCase.Costs };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NumberOfThreadsDoesNotChangeABit(bool weighted)
    {
        var rows = EvaluationCase.Read("tied").A(weighted);

        var one = Bootstrap.Intervals(rows, Options with { Threads = 1 }, Token);

        foreach (var threads in new[] { 2, 3, 7 })
            Bootstrap.Intervals(rows, Options with { Threads = threads }, Token).ShouldBe(one);
        Bootstrap.Intervals(rows, Options with { Seed = 43 }, Token).ShouldNotBe(one);
    }

    /// <summary>Of every score the interval includes the estimate, and of the area it is about that of DeLong.</summary>
    [Fact]
    public void IntervalsAreAroundTheEstimates()
    {
        var of = EvaluationCase.Read("credit");
        var evaluation = BinaryEvaluation.Of(of.A(weighted: false), of.Options, Token);

        var intervals = Bootstrap.Intervals(of.A(weighted: false), Options with { Resamples = 2000 }, Token);

        var (metrics, at) = (evaluation.Metrics, evaluation.AtThreshold);
        foreach (var (name, value) in new[]
        {
            (nameof(metrics.RocAuc), metrics.RocAuc!.Value), (nameof(metrics.AveragePrecision), metrics.AveragePrecision),
            (nameof(metrics.LogLoss), metrics.LogLoss), (nameof(metrics.Brier), metrics.Brier), (nameof(at.Accuracy), at.Accuracy), (nameof(at.F1), at.F1),
            (nameof(at.Precision), at.Precision), (nameof(at.Recall), at.Recall), (nameof(at.Specificity), at.Specificity), (nameof(at.Kappa), at.Kappa),
            (nameof(at.MatthewsCorrelation), at.MatthewsCorrelation), (nameof(at.BalancedAccuracy), at.BalancedAccuracy), (nameof(at.MeanCost), at.MeanCost),
            (nameof(at.PredictedPositiveRate), at.PredictedPositiveRate), (nameof(metrics.MeanProbability), metrics.MeanProbability),
        })
        {
            intervals[name].Lower.ShouldBeLessThan(value, name);
            intervals[name].Upper.ShouldBeGreaterThan(value, name);
        }
        var delong = evaluation.RocAuc!.ConfidenceInterval!;
        intervals[nameof(metrics.RocAuc)].Lower.ShouldBe(delong.Lower, 0.003);
        intervals[nameof(metrics.RocAuc)].Upper.ShouldBe(delong.Upper, 0.003);
        // Positives are drawn alone, so that recall is a binomial share of as many rows as there are.
        var error = Math.Sqrt(at.Recall * (1 - at.Recall) / evaluation.Ranked.Positives);
        (intervals[nameof(at.Recall)].Upper - intervals[nameof(at.Recall)].Lower).ShouldBe(2 * 1.96 * error, 0.01);
    }

    /// <summary>The same draws, evaluated as rows of their own.</summary>
    [Fact]
    public void AResampleIsEvaluatedAsItsRows()
    {
        var of = EvaluationCase.Read("spector");
        // With one row of each class every resample is the data.
        int[] two = [Array.IndexOf(of.Labels, 0.0), Array.IndexOf(of.Labels, 1.0)];
        var rows = ScoredRows.FromLogOdds([0, 1], [.. two.Select(i => of.LogOddsA![i])], [0.5, 2]);
        var evaluation = BinaryEvaluation.Of(rows, new EvaluationOptions { Costs = EvaluationCase.Costs }, Token);

        var intervals = Bootstrap.Intervals(rows, Options, Token);

        intervals[nameof(BinaryMetrics.LogLoss)].ShouldBe(new Interval(evaluation.Metrics.LogLoss, evaluation.Metrics.LogLoss));
        intervals[nameof(BinaryMetrics.Brier)].ShouldBe(new Interval(evaluation.Metrics.Brier, evaluation.Metrics.Brier));
        intervals[nameof(ThresholdMetrics.MeanCost)].ShouldBe(new Interval(evaluation.AtThreshold.MeanCost, evaluation.AtThreshold.MeanCost));
        intervals[nameof(BinaryMetrics.RocAuc)].Lower.ShouldBe(evaluation.Metrics.RocAuc!.Value);
    }

    [Fact]
    public void ScoresThatNeedTwoClassesAreMissingWithOne()
    {
        var intervals = Bootstrap.Intervals(ScoredRows.FromProbabilities([1, 1, 0], [0.2, 0.7, 0.5], [1, 1, 0]), Options, Token);

        intervals.ShouldNotContainKey(nameof(BinaryMetrics.RocAuc));
        intervals.ShouldNotContainKey(nameof(BinaryMetrics.KolmogorovSmirnov));
        // The row of weight 0 is not drawn.
        intervals[nameof(BinaryMetrics.Brier)].Upper.ShouldBe(0.64, 1e-15);
    }

    [Fact]
    public void MoreClassesHaveTheSameBitsOnAnyNumberOfThreads()
    {
        var (labels, scores, weights) = MultinomialRowsOf(120, 4);

        var one = Bootstrap.Intervals(labels, scores, 4, weights, Options with { Threads = 1 }, Token);

        Bootstrap.Intervals(labels, scores, 4, weights, Options with { Threads = 3 }, Token).ShouldBe(one);
        var metrics = MultinomialMetrics.FromScores(labels, scores, 4, weights);
        foreach (var (name, value) in new[]
        {
            (nameof(metrics.LogLoss), metrics.LogLoss), (nameof(metrics.Brier), metrics.Brier), (nameof(metrics.Accuracy), metrics.Accuracy),
            (nameof(metrics.MacroF1), metrics.MacroF1), (nameof(metrics.Kappa), metrics.Kappa),
            (nameof(metrics.RocAuc.OneVsOneMacro), metrics.RocAuc.OneVsOneMacro),
        })
        {
            one[name].Lower.ShouldBeLessThan(value, name);
            one[name].Upper.ShouldBeGreaterThan(value, name);
        }
    }

    [Fact]
    public void TwoClassesHaveTheSameIntervalsAsK()
    {
        var of = EvaluationCase.Read("credit");
        double[] scores = [.. of.LogOddsA!.SelectMany(z => new[] { 0, z })];

        var two = Bootstrap.Intervals(of.A(weighted: true), Options, Token);
        var more = Bootstrap.Intervals(of.Labels, scores, 2, of.Weights, Options, Token);

        // Strata are drawn in the same order, but rows are numbered in another.
        foreach (var name in new[] { "LogLoss", "Accuracy", "Kappa", "BalancedAccuracy" })
        {
            more[name].Lower.ShouldBe(two[name].Lower, 0.02, name);
            more[name].Upper.ShouldBe(two[name].Upper, 0.02, name);
        }
    }

    [Fact]
    public void ACanceledBootstrapStops() => Should.Throw<OperationCanceledException>(
        () => Bootstrap.Intervals(EvaluationCase.Read("spector").A(weighted: false), Options, new CancellationToken(canceled: true)));

    [Fact]
    public void OptionsMustBeInRange()
    {
        var rows = ScoredRows.FromProbabilities([0, 1], [0.5, 0.6]);

        foreach (var wrong in new[] { Options with { Resamples = 1 }, Options with { ConfidenceLevel = 0 }, Options with { Threshold = double.NaN } })
            Should.Throw<ArgumentException>(() => Bootstrap.Intervals(rows, wrong, Token));
        Should.Throw<ArgumentException>(() => Bootstrap.Intervals([0, 3], [0, 0, 0, 0, 0, 0], 3, null, Options, Token));
    }

    internal static (double[] Labels, double[] Scores, double[] Weights) MultinomialRowsOf(int rows, int classes)
    {
        var random = new Random(rows);
        double[] labels = [.. Enumerable.Range(0, rows).Select(_ => (double)random.Next(classes))];
        double[] scores = [.. Enumerable.Range(0, rows * classes).Select(i => random.Next(0, 5) / 2.0 + (labels[i / classes] == i % classes ? 1 : 0))];
        return (labels, scores, [.. labels.Select((_, i) => (1 + i % 8) / 8.0)]);
    }
}
