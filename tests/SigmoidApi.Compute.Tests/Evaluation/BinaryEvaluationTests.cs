using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Evaluation;

public class BinaryEvaluationTests
{
    private static readonly EvaluationOptions Options = new() { Costs = new Costs(-1, 2, 5, 0.25), PrecisionAtLeast = [0.7], RecallAtLeast = [0.7] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void OrderOfRowsDoesNotMatter() => RandomScores.All.Sample(data =>
    {
        var reversed = data.InOrder(Enumerable.Range(1, data.Labels.Length).Select(k => data.Labels.Length - k));

        var evaluation = BinaryEvaluation.Of(data.Rows, Options, Token);
        var again = BinaryEvaluation.Of(reversed.Rows, Options, Token);

        // Sums of eighths are exact.
        again.Ranked.Scores.ShouldBe(evaluation.Ranked.Scores);
        again.Ranked.Ones.ShouldBe(evaluation.Ranked.Ones);
        again.Ranked.Zeros.ShouldBe(evaluation.Ranked.Zeros);
        again.Ranked.Present.ShouldBe(evaluation.Ranked.Present);
        again.Metrics.LogLoss.ShouldBe(evaluation.Metrics.LogLoss, 1e-12);
        (again.Metrics with { LogLoss = 0 }).ShouldBe(evaluation.Metrics with { LogLoss = 0 });
        again.AtThreshold.ShouldBe(evaluation.AtThreshold);
        again.Best.ShouldBe(evaluation.Best);
        again.Gains.ShouldBe(evaluation.Gains);
    });

    [Fact]
    public void ARowOfWeight2IsARowTwice() => RandomScores.All.Sample(data =>
    {
        double[] whole = [.. data.Weights.Select(weight => Math.Ceiling(2 * weight))];
        var twice = data.InOrder(Enumerable.Range(0, whole.Length).SelectMany(i => Enumerable.Repeat(i, (int)whole[i])));

        var weighted = BinaryEvaluation.Of(ScoredRows.FromProbabilities(data.Labels, data.Probabilities, whole), Options, Token);
        var repeated = BinaryEvaluation.Of(twice.Unweighted, Options, Token);

        repeated.Metrics.LogLoss.ShouldBe(weighted.Metrics.LogLoss, 1e-12);
        (repeated.Metrics with { LogLoss = 0, Rows = 0 }).ShouldBe(weighted.Metrics with { LogLoss = 0, Rows = 0 });
        repeated.AtThreshold.ShouldBe(weighted.AtThreshold);
        repeated.Best.ShouldBe(weighted.Best);
        repeated.Gains.ShouldBe(weighted.Gains);
        RocCurve.Of(repeated.Ranked).TruePositiveRate.ShouldBe(RocCurve.Of(weighted.Ranked).TruePositiveRate);
        repeated.Calibration.Reason.ShouldBe(weighted.Calibration.Reason);
        (repeated.Calibration.Slope ?? 0).ShouldBe(weighted.Calibration.Slope ?? 0, 1e-8);
        (repeated.Calibration.InTheLarge ?? 0).ShouldBe(weighted.Calibration.InTheLarge ?? 0, 1e-8);
    });

    [Fact]
    public void AreaIsTheWeightOfPairsInOrder() => RandomScores.All.Sample(data =>
    {
        var (wins, pairs) = (0.0, 0.0);
        for (var i = 0; i < data.Labels.Length; i++)
        {
            for (var j = 0; j < data.Labels.Length; j++)
            {
                if (data.Labels[i] != 1 || data.Labels[j] != 0)
                    continue;
                var weight = data.Weights[i] * data.Weights[j];
                wins += weight * (data.Probabilities[i] > data.Probabilities[j] ? 1 : data.Probabilities[i] == data.Probabilities[j] ? 0.5 : 0);
                pairs += weight;
            }
        }

        var evaluation = BinaryEvaluation.Of(data.Rows, Options, Token);

        evaluation.Metrics.RocAuc!.Value.ShouldBe(wins / pairs, 1e-14);
        var roc = RocCurve.Of(evaluation.Ranked);
        var area = 0.0;
        for (var k = 1; k < roc.Thresholds.Count; k++)
        {
            area += (roc.FalsePositiveRate[k] - roc.FalsePositiveRate[k - 1]) * (roc.TruePositiveRate[k] + roc.TruePositiveRate[k - 1]) / 2;
            roc.Thresholds[k]!.Value.ShouldBeLessThan(roc.Thresholds[k - 1] ?? 2);
        }
        area.ShouldBe(wins / pairs, 1e-14);
        (roc.FalsePositiveRate[^1], roc.TruePositiveRate[^1]).ShouldBe((1, 1));
    });

    [Fact]
    public void BestThresholdsAreBestOfAllThresholds() => RandomScores.All.Sample(data =>
    {
        var ranked = BinaryEvaluation.Of(data.Rows, Options, Token).Ranked;
        ThresholdMetrics[] table = [.. ThresholdMetrics.Table(ranked, Options.Costs)];

        Best(ThresholdRule.F1)!.F1.ShouldBe(table.Max(at => at.F1), 1e-14);
        Best(ThresholdRule.Youden)!.Youden.ShouldBe(table.Max(at => at.Youden), 1e-14);
        var nothing = (5 * ranked.Positives + 0.25 * ranked.Negatives) / ranked.Weight;
        var least = Best(ThresholdRule.LeastCost);
        Math.Min(nothing, least?.MeanCost ?? nothing).ShouldBe(Math.Min(nothing, table.Min(at => at.MeanCost)), 1e-14);
        (least is null || least.MeanCost < nothing).ShouldBeTrue();
        var precise = Best(ThresholdRule.RecallAtPrecision, 0.7);
        (precise?.Recall).ShouldBe(table.Where(at => at.Precision >= 0.7).Select(at => (double?)at.Recall).Max());
        var complete = Best(ThresholdRule.PrecisionAtRecall, 0.7);
        (complete?.Precision).ShouldBe(table.Where(at => at.Recall >= 0.7).Select(at => (double?)at.Precision).Max());
        foreach (var at in table)
            ThresholdMetrics.At(ranked, at.Threshold, Options.Costs).ShouldBe(at);

        ThresholdMetrics? Best(ThresholdRule rule, double? atLeast = null) => BestThreshold.Of(ranked, rule, Options.Costs, atLeast).Metrics;
    });

    [Fact]
    public void CalibrationIsTheUnpenalisedFitOfTheLogOdds() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var n = random.Next(20, 200);
        double[] logOdds = [.. Enumerable.Range(0, n).Select(_ => 8 * random.NextDouble() - 3)];
        double[] labels = [.. logOdds.Select((z, i) => i < 2 ? i : random.NextDouble() < 1 / (1 + Math.Exp(1 - 0.6 * z)) ? 1.0 : 0)];
        double[] weights = [.. logOdds.Select(_ => random.Next(1, 8) / 8.0)];

        var calibration = BinaryEvaluation.Of(ScoredRows.FromLogOdds(labels, logOdds, weights), Options, Token).Calibration;

        var options = new LogisticOptions { Penalty = Penalty.None, SampleWeight = weights, Tolerance = 0 };
        var fit = LogisticTrainer.Fit(DesignMatrix.FromRows(logOdds, n, 1), labels, options, progress: null, Token);
        (calibration.Reason is null).ShouldBe(fit.Convergence.Converged);
        if (calibration.Reason is not null)
            return;
        calibration.Intercept!.Value.ShouldBe(fit.Model.Intercept, 1e-9 * (1 + Math.Abs(fit.Model.Intercept)));
        calibration.Slope!.Value.ShouldBe(fit.Model.Coefficients[0], 1e-9 * (1 + Math.Abs(fit.Model.Coefficients[0])));
        var slope = labels.Select((y, i) => weights[i] * (1 / (1 + Math.Exp(-calibration.InTheLarge!.Value - logOdds[i])) - y)).Sum();
        slope.ShouldBe(0, 1e-10);
    }, iter: 50);

    /// <summary>More rows than a thread takes at a time, with ties, and scores whose leading bits are the same.</summary>
    [Theory]
    [InlineData(2_500, 0.0)]
    [InlineData(60_001, 0.0)]
    [InlineData(60_001, 1e-13)]
    public void NumberOfThreadsDoesNotChangeABit(int count, double span)
    {
        var random = new Random(count);
        double[] labels = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < 0.3 ? 1.0 : 0)];
        var (first, second) = (Scores(), Scores());
        var (a, b) = (ScoredRows.FromProbabilities(labels, first), ScoredRows.FromProbabilities(labels, second));

        var one = BinaryEvaluation.Of(a, b, Options with { Threads = 1 }, Token);

        // The order is that of a plain sort.
        double[] falling = [.. first.Distinct().OrderDescending()];
        one.Ranked.Scores.ShouldBe(falling);
        one.Ranked.Positives.ShouldBe(labels.Sum());
        for (var threads = 2; threads <= 5; threads++)
        {
            var many = BinaryEvaluation.Of(a, b, Options with { Threads = threads }, Token);
            many.Ranked.Ones.ShouldBe(one.Ranked.Ones);
            (many.Metrics, many.AtThreshold, many.Calibration, many.RocAuc, many.Comparison)
                .ShouldBe((one.Metrics, one.AtThreshold, one.Calibration, one.RocAuc, one.Comparison));
        }

        double[] Scores() => [.. labels.Select((label, i) => i % 3 == 0 ? random.Next(0, 50) / 50.0
            : span > 0 ? 1 - span * random.NextDouble() : Math.Min(1, 0.3 * label + 0.7 * random.NextDouble()))];
    }

    [Fact]
    public void VarianceOfTheAreaIsThatOfItsComponents() =>
        RandomScores.All.Where(data => data.Labels.Sum() > 1 && data.Labels.Sum() < data.Labels.Length - 1).Sample(data =>
        {
            double[] ones = [.. data.Probabilities.Where((_, i) => data.Labels[i] == 1)], zeros = [.. data.Probabilities.Where((_, i) => data.Labels[i] == 0)];
            double[] ofOnes = [.. ones.Select(p => zeros.Average(q => p > q ? 1 : p == q ? 0.5 : 0))];
            double[] ofZeros = [.. zeros.Select(q => ones.Average(p => p > q ? 1 : p == q ? 0.5 : 0))];

            var area = BinaryEvaluation.Of(data.Unweighted, Options, Token).RocAuc!;

            area.Estimate.ShouldBe(ofOnes.Average(), 1e-14);
            Math.Pow(area.StandardError!.Value, 2).ShouldBe(Variance(ofOnes) / ones.Length + Variance(ofZeros) / zeros.Length, 1e-13);

            static double Variance(double[] values) => values.Sum(value => Math.Pow(value - values.Average(), 2)) / (values.Length - 1);
        });

    [Fact]
    public void AModelDoesNotDifferFromItself()
    {
        var of = EvaluationCase.Read("credit");

        var comparison = BinaryEvaluation.Of(of.A(weighted: false), of.A(weighted: false), of.Options, Token).Comparison!;

        comparison.DeLong!.Difference.ShouldBe(0);
        comparison.DeLong.Z.ShouldBeNull();
        comparison.DeLong.PValue.ShouldBeNull();
        comparison.LogLoss.ShouldBe(new PairedDifference(0, 0, null, null));
        comparison.McNemar.ExactPValue.ShouldBe(1);
        comparison.McNemar.Statistic.ShouldBeNull();
        (comparison.McNemar.BothRight + comparison.McNemar.NeitherRight).ShouldBe(of.Labels.Length);
    }

    [Fact]
    public void WithWeightsThereAreNoTests()
    {
        var of = EvaluationCase.Read("credit");

        var evaluation = BinaryEvaluation.Of(of.A(weighted: true), of.B(weighted: true), of.Options, Token);

        evaluation.RocAuc.ShouldBeNull();
        evaluation.Comparison.ShouldBeNull();
        ScoredRows.FromProbabilities([0, 1], [0.5, 0.5], [1, 1]).HasWeights.ShouldBeFalse();
    }

    [Fact]
    public void GroupsAreEvaluatedAsIfAlone() => RandomScores.All.Sample(data =>
    {
        int[] groups = [.. Enumerable.Range(0, data.Labels.Length).Select(i => i % 4 - 1)];

        var evaluations = GroupEvaluation.Of(data.Rows, groups, Options, Token);

        foreach (var group in Enumerable.Range(0, 3))
        {
            int[] rows = [.. Enumerable.Range(0, groups.Length).Where(i => groups[i] == group)];
            var own = evaluations.SingleOrDefault(evaluation => evaluation.Group == group);
            if (rows.Sum(i => data.Weights[i]) == 0)
            {
                own.ShouldBeNull();
                continue;
            }
            var alone = BinaryEvaluation.Of(data.InOrder(rows).Rows, Options, Token);
            own.ShouldNotBeNull();
            (own.Metrics, own.AtThreshold).ShouldBe((alone.Metrics, alone.AtThreshold));
        }
    });
}
