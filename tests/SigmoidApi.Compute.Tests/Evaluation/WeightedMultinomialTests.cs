using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

public class WeightedMultinomialTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public void ARowOfWeight2IsARowTwice(int classes)
    {
        var (labels, scores, _) = BootstrapTests.MultinomialRowsOf(90, classes);
        double[] weights = [.. labels.Select((_, i) => (double)(i % 4))];
        int[] rows = [.. Enumerable.Range(0, labels.Length).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];

        var weighted = MultinomialMetrics.FromScores(labels, scores, classes, weights);
        var repeated = MultinomialMetrics.FromScores(
            [.. rows.Select(i => labels[i])], [.. rows.SelectMany(i => scores.Skip(i * classes).Take(classes))], classes);

        foreach (var (actual, expected) in Values(weighted).Zip(Values(repeated)))
            actual.ShouldBe(expected, 1e-12);
        weighted.WeightedConfusion!.SelectMany(row => row).ShouldBe(repeated.Confusion.SelectMany(row => row).Select(count => (double)count));
        weighted.Confusion.Sum(row => row.Sum()).ShouldBe(weights.Count(weight => weight > 0));
        repeated.WeightedConfusion.ShouldBeNull();
    }

    [Fact]
    public void WeightsOf1ChangeNoBit()
    {
        var (labels, scores, _) = BootstrapTests.MultinomialRowsOf(200, 5);

        var weighted = MultinomialMetrics.FromScores(labels, scores, 5, [.. labels.Select(_ => 1.0)]);

        Values(weighted).ShouldBe(Values(MultinomialMetrics.FromScores(labels, scores, 5)));
    }

    [Fact]
    public void TwoClassesAgreeWithTheirOwnEvaluation()
    {
        var of = EvaluationCase.Read("credit");
        double[] scores = [.. of.LogOddsA!.SelectMany(z => new[] { 0, z })];

        var two = BinaryEvaluation.Of(of.A(weighted: true), of.Options, Token);
        var more = MultinomialMetrics.FromScores(of.Labels, scores, 2, of.Weights);

        more.LogLoss.ShouldBe(two.Metrics.LogLoss, 1e-12);
        // Each of two classes has the same squared error.
        more.Brier.ShouldBe(2 * two.Metrics.Brier, 1e-12);
        more.RocAuc.OneVsRestMacro.ShouldBe(two.Metrics.RocAuc!.Value, 1e-12);
        more.Accuracy.ShouldBe(two.AtThreshold.Accuracy, 1e-12);
        more.BalancedAccuracy.ShouldBe(two.AtThreshold.BalancedAccuracy, 1e-12);
        more.MatthewsCorrelation.ShouldBe(two.AtThreshold.MatthewsCorrelation, 1e-12);
        more.Kappa.ShouldBe(two.AtThreshold.Kappa, 1e-12);
        var one = BinaryEvaluation.Of(ScoredRows.OneVersusRest(of.Labels, scores, 2, 1, of.Weights), of.Options, Token);
        one.Metrics.RocAuc!.Value.ShouldBe(two.Metrics.RocAuc.Value, 1e-12);
        one.Metrics.LogLoss.ShouldBe(two.Metrics.LogLoss, 1e-12);
    }

    [Fact]
    public void OneClassAgainstTheRestHasItsArea()
    {
        var (labels, scores, weights) = BootstrapTests.MultinomialRowsOf(150, 3);
        var metrics = MultinomialMetrics.FromScores(labels, scores, 3, weights);

        double[] areas = [.. Enumerable.Range(0, 3).Select(k =>
            BinaryEvaluation.Of(ScoredRows.OneVersusRest(labels, scores, 3, k, weights), new EvaluationOptions(), Token).Metrics.RocAuc!.Value)];

        areas.Average().ShouldBe(metrics.RocAuc.OneVsRestMacro, 1e-12);
    }

    [Fact]
    public void WrongWeightsAreRefused()
    {
        Should.Throw<ArgumentException>(() => MultinomialMetrics.FromScores([0, 1], [0, 0, 0, 0], 2, [1]));
        Should.Throw<ArgumentException>(() => MultinomialMetrics.FromScores([0, 1], [0, 0, 0, 0], 2, [0, 0]));
        Should.Throw<ArgumentException>(() => MultinomialMetrics.FromScores([0, 1], [0, 0, 0, 0], 2, [1, double.NaN]));
        Should.Throw<ArgumentException>(() => ScoredRows.OneVersusRest([0, 1], [0, 0, 0, 0], 2, 2));
        Should.Throw<ArgumentException>(() => ScoredRows.OneVersusRest([0, 1], [0, 0, 0, double.NaN], 2, 1));
    }

    private static double[] Values(MultinomialMetrics metrics) =>
    [
        metrics.LogLoss, metrics.Brier, metrics.Accuracy, metrics.BalancedAccuracy, metrics.MacroPrecision, metrics.WeightedPrecision, metrics.MacroRecall,
        metrics.WeightedRecall, metrics.MacroF1, metrics.WeightedF1, metrics.MatthewsCorrelation, metrics.Kappa, metrics.RocAuc.OneVsRestMacro,
        metrics.RocAuc.OneVsRestWeighted, metrics.RocAuc.OneVsOneMacro, metrics.RocAuc.OneVsOneWeighted, .. metrics.TopKAccuracy,
    ];
}
