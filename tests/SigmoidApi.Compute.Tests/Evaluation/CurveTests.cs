using CsCheck;
using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

public class CurveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RankedScores Ranked(RandomScores data) => BinaryEvaluation.Of(data.Rows, new EvaluationOptions(), Token).Ranked;

    [Fact]
    public void FewPointsAreAPartOfAllPoints() => Gen.Select(RandomScores.All, Gen.Int[2, 20]).Sample((data, points) =>
    {
        var ranked = Ranked(data);
        var (all, few) = (RocCurve.Of(ranked), RocCurve.Of(ranked, points));

        few.Thresholds.Count.ShouldBe(few.FalsePositiveRate.Count);
        few.Thresholds.Count.ShouldBeLessThanOrEqualTo(points);
        (few.Thresholds[0], few.Thresholds[^1]).ShouldBe((all.Thresholds[0], all.Thresholds[^1]));
        foreach (var (k, threshold) in few.Thresholds.Index())
        {
            var place = all.Thresholds.ToList().IndexOf(threshold);
            (few.FalsePositiveRate[k], few.TruePositiveRate[k]).ShouldBe((all.FalsePositiveRate[place], all.TruePositiveRate[place]));
        }
        PrecisionRecallCurve.Of(ranked, points).Thresholds.ShouldBe(few.Thresholds.Skip(1).Select(threshold => threshold!.Value));
        GainsCurve.Of(ranked, points).Thresholds.ShouldBe(few.Thresholds);
        if (points >= all.Thresholds.Count)
            few.Thresholds.ShouldBe(all.Thresholds);
    });

    /// <summary>A fine curve of 20,000 points in 50: no gap along it is more than three times the mean.</summary>
    [Fact]
    public void FewPointsAreEvenlySpaced()
    {
        var random = new Random(5);
        double[] probabilities = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble())];
        double[] labels = [.. probabilities.Select(p => random.NextDouble() < p ? 1.0 : 0)];

        var roc = RocCurve.Of(BinaryEvaluation.Of(ScoredRows.FromProbabilities(labels, probabilities), new EvaluationOptions(), Token).Ranked, 50);

        roc.Thresholds.Count.ShouldBe(50);
        for (var k = 1; k < 50; k++)
            (roc.FalsePositiveRate[k] - roc.FalsePositiveRate[k - 1] + roc.TruePositiveRate[k] - roc.TruePositiveRate[k - 1]).ShouldBeLessThan(3 * 2 / 49.0);
    }

    [Fact]
    public void GainsGoThroughTheDeciles() => RandomScores.All.Sample(data =>
    {
        var ranked = Ranked(data);
        var (curve, deciles) = (GainsCurve.Of(ranked), GainsDecile.Of(ranked));

        foreach (var decile in deciles)
        {
            var share = decile.Decile / 10.0;
            var k = Enumerable.Range(1, curve.Share.Count - 1).First(k => curve.Share[k] >= share - 1e-15);
            var part = (share - curve.Share[k - 1]) / (curve.Share[k] - curve.Share[k - 1]);
            decile.CumulativeGain.ShouldBe(curve.Gain[k - 1] + part * (curve.Gain[k] - curve.Gain[k - 1]), 1e-12);
        }
        deciles.Average(decile => decile.Lift).ShouldBe(1, 1e-12);
    });

    [Fact]
    public void EachWeightIsInOneBin() => Gen.Select(RandomScores.All, Gen.Int[1, 30]).Sample((data, bins) =>
    {
        var ranked = Ranked(data);
        var (calibration, histogram, entries) = (CalibrationBin.Of(ranked, bins), ScoreBin.Of(ranked, bins), ScoreBin.Of(ranked));

        calibration.Sum(bin => bin.Weight).ShouldBe(ranked.Weight, 1e-12);
        calibration.Sum(bin => bin.Rows).ShouldBe(data.Weights.Count(weight => weight > 0));
        calibration.Sum(bin => bin.Weight * bin.PositiveRate).ShouldBe(ranked.Positives, 1e-12);
        foreach (var bin in calibration)
        {
            var index = (int)Math.Round(bin.Lower * bins);
            var rows = Enumerable.Range(0, data.Labels.Length).Where(i => (int)Math.Min(Math.Floor(bins * data.Probabilities[i]), bins - 1) == index);
            bin.Weight.ShouldBe(rows.Sum(i => data.Weights[i]), 1e-12);
        }
        histogram.Count.ShouldBe(bins);
        histogram.Sum(bin => bin.Ones).ShouldBe(ranked.Positives, 1e-12);
        histogram.Sum(bin => bin.Zeros).ShouldBe(ranked.Negatives, 1e-12);
        entries.Sum(bin => bin.Ones).ShouldBe(ranked.Positives);
        entries.Select(bin => bin.Lower).ShouldBe(entries.Select(bin => bin.Lower).Order());
    });

    /// <summary>A stored ranking gives the same as the rows.</summary>
    [Fact]
    public void ARankingIsReadBack() => RandomScores.All.Sample(data =>
    {
        var ranked = Ranked(data);
        var back = new RankedScores([.. ranked.Scores], [.. ranked.Ones], [.. ranked.Zeros], [.. ranked.Rows], [.. ranked.Present]);

        back.TotalRows.ShouldBe(data.Labels.Length);
        (back.Weight, back.Positives).ShouldBe((ranked.Weight, ranked.Positives));
        RocCurve.Of(back).TruePositiveRate.ShouldBe(RocCurve.Of(ranked).TruePositiveRate);
        var costs = new Costs(0, 3, 1, 0);
        BestThreshold.Of(back, ThresholdRule.LeastCost, costs).ShouldBe(BestThreshold.Of(ranked, ThresholdRule.LeastCost, costs));
    });

    [Fact]
    public void AWrongRankingIsRefused()
    {
        Wrong([], [], [], [], []);
        Wrong([0.5], [1, 2], [0], [1], [1]);
        Wrong([0.5, 0.5], [1, 1], [0, 0], [1, 1], [1, 1]);
        Wrong([0.5, 0.6], [1, 1], [0, 0], [1, 1], [1, 1]);
        Wrong([double.NaN], [1], [0], [1], [1]);
        Wrong([0.5], [-1], [2], [1], [1]);
        Wrong([0.5], [0], [0], [1], [1]);
        Wrong([0.5], [1], [0], [1], [2]);

        static void Wrong(double[] scores, double[] ones, double[] zeros, int[] rows, int[] present) =>
            Should.Throw<ArgumentException>(() => new RankedScores(scores, ones, zeros, rows, present));
    }

    [Fact]
    public void PointsMustBeAtLeastTwo()
    {
        var ranked = new RankedScores([0.5], [1], [1], [2], [2]);

        Should.Throw<ArgumentException>(() => RocCurve.Of(ranked, 1));
        Should.Throw<ArgumentException>(() => ThresholdMetrics.Table(ranked, new Costs(), 1));
        Should.Throw<ArgumentException>(() => ScoreBin.Of(ranked, 0));
        Should.Throw<ArgumentException>(() => CalibrationBin.Of(ranked, 0));
    }

    /// <summary>The exact p-value is twice the binomial's lower tail, here summed in another way.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 3)]
    [InlineData(2, 9)]
    [InlineData(10, 11)]
    [InlineData(30, 60)]
    public void ExactPValueIsTheBinomialTail(int least, int most)
    {
        var (n, tail) = (least + most, 0.0);
        for (var k = 0; k <= least; k++)
            tail += Enumerable.Range(1, k).Aggregate(Math.Pow(0.5, n), (product, j) => product * (n - k + j) / j);

        McNemarTest.Of(5, most, least, 5).ExactPValue.ShouldBe(Math.Min(1, 2 * tail), 1e-13);
        McNemarTest.Of(5, least, most, 5).ExactPValue.ShouldBe(Math.Min(1, 2 * tail), 1e-13);
    }
}
