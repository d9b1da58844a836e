using CsCheck;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Evaluation;

public class ClassificationMetricsTests
{
    /// <summary>Few distinct margins, so that ties are common; both classes present.</summary>
    private static readonly Gen<(double[] Labels, double[] Margins)> Predictions =
        Gen.Select(Gen.Int[0, 1], Gen.Int[-6, 6]).Array[0, 40]
            .Select(rows => (Labels: rows.Select(row => (double)row.Item1).Append(0).Append(1).ToArray(),
                             Margins: rows.Select(row => row.Item2 / 2.0).Append(-0.5).Append(1).ToArray()));

    [Fact]
    public void ASmallCaseAgreesWithACalculationByHand()
    {
        var logOdds = new[] { 0.9, 0.8, 0.7, 0.5, 0.35, 0.1 }.Select(p => Math.Log(p / (1 - p))).ToArray();

        var metrics = ClassificationMetrics.FromMargins([1, 0, 1, 1, 1, 0], logOdds);

        metrics.Confusion.ShouldBe(new ConfusionMatrix(TrueNegatives: 1, FalsePositives: 1, FalseNegatives: 1, TruePositives: 3));
        metrics.Accuracy.ShouldBe(4 / 6.0, 1e-15);
        metrics.Precision.ShouldBe(3 / 4.0, 1e-15);
        metrics.Recall.ShouldBe(3 / 4.0, 1e-15);
        metrics.F1.ShouldBe(3 / 4.0, 1e-15);
        metrics.MatthewsCorrelation.ShouldBe((3.0 * 1 - 1 * 1) / Math.Sqrt(4 * 4 * 2 * 2), 1e-15);
        metrics.RocAuc.ShouldBe(5 / 8.0, 1e-15);
        metrics.AveragePrecision.ShouldBe((1 + 2 / 3.0 + 3 / 4.0 + 4 / 5.0) / 4, 1e-15);
        metrics.Brier.ShouldBe((0.01 + 0.64 + 0.09 + 0.25 + 0.4225 + 0.01) / 6, 1e-15);
        metrics.LogLoss.ShouldBe(-(Math.Log(0.9) + Math.Log(0.2) + Math.Log(0.7) + Math.Log(0.5) + Math.Log(0.35) + Math.Log(0.9)) / 6, 1e-15);
    }

    [Fact]
    public void AProbabilityOfOneHalfIsPredictedAs1() =>
        ClassificationMetrics.FromMargins([0, 1], [0, 0]).Confusion.ShouldBe(new ConfusionMatrix(0, 1, 0, 1));

    [Fact]
    public void RocAucIsTheShareOfPairsInOrder() => Predictions.Sample(data =>
    {
        var (labels, margins) = data;
        var ordered = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            for (var j = 0; j < labels.Length; j++)
            {
                if (labels[i] == 1 && labels[j] == 0)
                    ordered += margins[i] > margins[j] ? 1 : margins[i] == margins[j] ? 0.5 : 0;
            }
        }
        var positives = labels.Sum();
        ClassificationMetrics.FromMargins(labels, margins).RocAuc.ShouldBe(ordered / (positives * (labels.Length - positives)), 1e-14);
    });

    [Fact]
    public void AveragePrecisionIsTheSumOverThresholds() => Predictions.Sample(data =>
    {
        var (labels, margins) = data;
        var (sum, recallBefore) = (0.0, 0.0);
        foreach (var threshold in margins.Distinct().OrderDescending())
        {
            var chosen = labels.Where((_, i) => margins[i] >= threshold).ToArray();
            var recall = chosen.Sum() / labels.Sum();
            sum += (recall - recallBefore) * chosen.Average();
            recallBefore = recall;
        }
        ClassificationMetrics.FromMargins(labels, margins).AveragePrecision.ShouldBe(sum, 1e-14);
    });

    [Fact]
    public void CalibrationErrorIsTheWeightedGapOfEachBin() => Predictions.Sample(data =>
    {
        var (labels, margins) = data;
        var probabilities = margins.Select(m => 1 / (1 + Math.Exp(-m))).ToArray();
        var expected = Enumerable.Range(0, labels.Length).GroupBy(i => (int)Math.Min(9, Math.Floor(10 * probabilities[i])))
            .Sum(bin => bin.Count() / (double)labels.Length * Math.Abs(bin.Average(i => probabilities[i]) - bin.Average(i => labels[i])));
        ClassificationMetrics.FromMargins(labels, margins).ExpectedCalibrationError.ShouldBe(expected, 1e-14);
    });

    [Fact]
    public void MatthewsCorrelationIsThePearsonCorrelationOfTheLabels() => Predictions.Sample(data =>
    {
        var (labels, margins) = data;
        var predicted = margins.Select(m => m >= 0 ? 1.0 : 0.0).ToArray();
        var (meanPredicted, meanTrue) = (predicted.Average(), labels.Average());
        var covariance = predicted.Zip(labels, (p, y) => (p - meanPredicted) * (y - meanTrue)).Sum();
        var spread = Math.Sqrt(predicted.Sum(p => Math.Pow(p - meanPredicted, 2)) * labels.Sum(y => Math.Pow(y - meanTrue, 2)));
        ClassificationMetrics.FromMargins(labels, margins).MatthewsCorrelation.ShouldBe(spread == 0 ? 0 : covariance / spread, 1e-13);
    });

    [Fact]
    public void SaturatedProbabilitiesHaveAFiniteLogLoss()
    {
        var metrics = ClassificationMetrics.FromMargins([0, 1], [1000, 1000]);

        metrics.LogLoss.ShouldBe(500);
        metrics.Brier.ShouldBe(0.5);
        metrics.RocAuc.ShouldBe(0.5);
    }

    [Fact]
    public void WithoutAPositivePredictionPrecisionIs0()
    {
        var metrics = ClassificationMetrics.FromMargins([0, 1], [-1, -2]);

        metrics.Precision.ShouldBe(0);
        metrics.F1.ShouldBe(0);
        metrics.MatthewsCorrelation.ShouldBe(0);
    }

    [Fact]
    public void WithOneClassRocAucIsUndefined()
    {
        double.IsNaN(ClassificationMetrics.FromMargins([1, 1], [1, 2]).RocAuc).ShouldBeTrue();
        var zeros = ClassificationMetrics.FromMargins([0, 0], [1, 2]);
        double.IsNaN(zeros.RocAuc).ShouldBeTrue();
        zeros.AveragePrecision.ShouldBe(0);
        zeros.Recall.ShouldBe(0);
    }

    /// <summary>With ties, and more rows than a thread takes at a time.</summary>
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(511, 0.5)]
    [InlineData(50_001, 0.5)]
    [InlineData(50_001, 0.03)]
    public void ManyRowsAreAddedInTheirOrderOnAnyNumberOfThreads(int rows, double share)
    {
        var random = new Random(rows);
        double[] labels = [0, 1, .. Enumerable.Range(0, rows).Select(_ => random.NextDouble() < share ? 1.0 : 0.0)];
        double[] margins = [.. labels.Select((label, i) => i % 3 == 0 ? random.Next(-40, 40) : label + 4 * random.NextDouble() - 2)];
        var probabilities = new double[margins.Length];
        Elementwise.Apply<Sigmoid.Function, double>(margins, probabilities, []);
        var (brier, gaps) = (0.0, new double[10]);
        for (var i = 0; i < labels.Length; i++)
        {
            brier += (probabilities[i] - labels[i]) * (probabilities[i] - labels[i]);
            gaps[Math.Min((int)(10 * probabilities[i]), 9)] += probabilities[i] - labels[i];
        }
        var (ones, zeros, area, precisions) = (0.0, 0.0, 0.0, 0.0);
        foreach (var tied in probabilities.Zip(labels).GroupBy(row => row.First, row => row.Second).OrderByDescending(group => group.Key))
        {
            var (tiedOnes, tiedZeros) = (tied.Count(label => label == 1), tied.Count(label => label == 0));
            area += tiedZeros * (ones + tiedOnes / 2.0);
            (ones, zeros) = (ones + tiedOnes, zeros + tiedZeros);
            precisions += tiedOnes * ones / (ones + zeros);
        }

        var metrics = ClassificationMetrics.FromMargins(labels, margins);

        metrics.Brier.ShouldBe(brier / labels.Length);
        metrics.ExpectedCalibrationError.ShouldBe(gaps.Sum(Math.Abs) / labels.Length);
        metrics.RocAuc.ShouldBe(area / (ones * zeros));
        metrics.AveragePrecision.ShouldBe(precisions / ones);
        metrics.LogLoss.ShouldBe(LogisticLoss.Sum(margins, labels) / labels.Length);
        for (var threads = 2; threads <= 3; threads++)
        {
            using var crew = new ThreadCrew(threads);
            ClassificationMetrics.FromMargins(labels, (double[])margins.Clone(), crew).ShouldBe(metrics);
        }
    }

    [Fact]
    public void LengthsMustAgree()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => ClassificationMetrics.FromMargins([0, 1], [0]));
        Should.Throw<ArgumentOutOfRangeException>(() => ClassificationMetrics.FromMargins([], []));
    }
}
