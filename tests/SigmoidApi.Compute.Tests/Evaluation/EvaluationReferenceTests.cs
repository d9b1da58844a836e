using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

/// <summary>Every figure of evaluation.json, to 1e-9, relative above 1; p-values to 1e-7 of their own size.</summary>
public class EvaluationReferenceTests
{
    private const double Tolerance = 1e-9;
    private const double PValueTolerance = 1e-7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var name in new[] { "spambase", "tied", "credit", "spector" })
            {
                cases.Add(name, false);
                cases.Add(name, true);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MetricsAgree(string name, bool weighted)
    {
        var (evaluation, expected) = Evaluate(name, weighted);
        var metrics = evaluation.Metrics;

        metrics.Rows.ShouldBe(expected.GetProperty("rows").GetInt64());
        Near(metrics.Weight, expected, "weight");
        Near(metrics.PositiveRate, expected, "positive_rate");
        Near(metrics.RocAuc, expected, "roc_auc");
        Near(metrics.AveragePrecision, expected, "average_precision");
        Near(metrics.LogLoss, expected, "log_loss");
        Near(metrics.Brier, expected, "brier");
        Near(metrics.ExpectedCalibrationError, expected, "expected_calibration_error");
        Near(metrics.MaximumCalibrationError, expected, "maximum_calibration_error");
        Near(metrics.KolmogorovSmirnov!.Statistic, expected.GetProperty("kolmogorov_smirnov"), "statistic");
        Near(metrics.KolmogorovSmirnov.Threshold, expected.GetProperty("kolmogorov_smirnov"), "threshold");
        var (parts, decomposition) = (metrics.BrierDecomposition, expected.GetProperty("brier_decomposition"));
        Near(parts.Reliability, decomposition, "reliability");
        Near(parts.Resolution, decomposition, "resolution");
        Near(parts.Uncertainty, decomposition, "uncertainty");
        Near(parts.WithinBinVariance, decomposition, "within_bin_variance");
        Near(parts.WithinBinCovariance, decomposition, "within_bin_covariance");
        (parts.Reliability - parts.Resolution + parts.Uncertainty + parts.WithinBinVariance - parts.WithinBinCovariance).ShouldBe(metrics.Brier, 1e-14);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CalibrationAgrees(string name, bool weighted)
    {
        var (evaluation, expected) = Evaluate(name, weighted);

        evaluation.Calibration.Reason.ShouldBeNull();
        Near(evaluation.Calibration.Intercept, expected, "calibration_intercept");
        Near(evaluation.Calibration.Slope, expected, "calibration_slope");
        Near(evaluation.Calibration.InTheLarge, expected, "calibration_in_the_large");
        JsonElement[] bins = [.. expected.GetProperty("calibration_bins").EnumerateArray().Where(bin => bin.ValueKind != JsonValueKind.Null)];
        evaluation.Bins.Count.ShouldBe(bins.Length);
        foreach (var (bin, of) in evaluation.Bins.Zip(bins))
        {
            Near(bin.Lower, of, "lower");
            Near(bin.Upper, of, "upper");
            bin.Rows.ShouldBe(of.GetProperty("rows").GetInt32());
            Near(bin.Weight, of, "weight");
            Near(bin.MeanProbability, of, "mean_probability");
            Near(bin.PositiveRate, of, "positive_rate");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void HosmerLemeshowAgrees(string name, bool weighted)
    {
        var (evaluation, all) = Evaluate(name, weighted);
        var (test, expected) = (evaluation.HosmerLemeshow, all.GetProperty("hosmer_lemeshow"));

        Near(test.Statistic, expected, "statistic");
        test.DegreesOfFreedom.ShouldBe(expected.GetProperty("degrees_of_freedom").GetInt32());
        PValue(test.PValue, expected, "p_value");
        test.Groups.Count.ShouldBe(expected.GetProperty("groups").GetArrayLength());
        foreach (var (group, of) in test.Groups.Zip(expected.GetProperty("groups").EnumerateArray()))
        {
            Near(group.Upper, of, "upper");
            group.Rows.ShouldBe(of.GetProperty("rows").GetInt64());
            Near(group.Weight, of, "weight");
            Near(group.Observed, of, "observed");
            Near(group.Expected, of, "expected");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CurvesAgree(string name, bool weighted)
    {
        var (evaluation, expected) = Evaluate(name, weighted);

        var (roc, ofRoc) = (RocCurve.Of(evaluation.Ranked), expected.GetProperty("roc"));
        roc.Thresholds[0].ShouldBeNull();
        ofRoc.GetProperty("thresholds")[0].ValueKind.ShouldBe(JsonValueKind.Null);
        double[] thresholds = [.. ofRoc.GetProperty("thresholds").EnumerateArray().Skip(1).Select(threshold => threshold.GetDouble())];
        Near(roc.Thresholds.Skip(1).Select(threshold => threshold!.Value), thresholds);
        Near(roc.FalsePositiveRate, ofRoc.GetProperty("false_positive_rate").Numbers());
        Near(roc.TruePositiveRate, ofRoc.GetProperty("true_positive_rate").Numbers());
        var (precisionRecall, of) = (PrecisionRecallCurve.Of(evaluation.Ranked), expected.GetProperty("precision_recall"));
        Near(precisionRecall.Thresholds, of.GetProperty("thresholds").Numbers());
        Near(precisionRecall.Precision, of.GetProperty("precision").Numbers());
        Near(precisionRecall.Recall, of.GetProperty("recall").Numbers());
        evaluation.Gains.Count.ShouldBe(10);
        foreach (var (decile, ofDecile) in evaluation.Gains.Zip(expected.GetProperty("gains").EnumerateArray()))
        {
            decile.Decile.ShouldBe(ofDecile.GetProperty("decile").GetInt32());
            Near(decile.CumulativeGain, ofDecile, "cumulative_gain");
            Near(decile.CumulativeLift, ofDecile, "cumulative_lift");
            Near(decile.Lift, ofDecile, "lift");
            Near(decile.PositiveRate, ofDecile, "positive_rate");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ThresholdsAgree(string name, bool weighted)
    {
        var (evaluation, expected) = Evaluate(name, weighted);

        At(evaluation.AtThreshold, expected.GetProperty("at_half"));
        ThresholdMetrics[] table = [.. ThresholdMetrics.Table(evaluation.Ranked, EvaluationCase.Costs, 21)];
        foreach (var (at, of) in table.Zip(expected.GetProperty("thresholds").EnumerateArray(), (at, of) => (at, of)))
            At(at, of);
        table.Length.ShouldBe(expected.GetProperty("thresholds").GetArrayLength());
        evaluation.Best.Count.ShouldBe(expected.GetProperty("best").EnumerateObject().Count());
        foreach (var best in evaluation.Best)
        {
            var of = expected.GetProperty("best").GetProperty(best.Rule switch
            {
                ThresholdRule.F1 => "f1",
                ThresholdRule.Youden => "youden",
                ThresholdRule.LeastCost => "cost",
                ThresholdRule.RecallAtPrecision => string.Create(CultureInfo.InvariantCulture, $"recall_at_precision_{best.AtLeast}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"precision_at_recall_{best.AtLeast}"),
            });
            if (best.Metrics is null)
                of.ValueKind.ShouldBe(JsonValueKind.Null);
            else
                At(best.Metrics, of);
        }
    }

    [Theory]
    [InlineData("spambase")]
    [InlineData("tied")]
    [InlineData("credit")]
    [InlineData("spector")]
    public void ComparisonAgrees(string name)
    {
        var of = EvaluationCase.Read(name);
        var evaluation = BinaryEvaluation.Of(of.A(weighted: false), of.B(weighted: false), of.Options, Token);
        var (expected, comparison) = (of.Expected.GetProperty("intervals"), evaluation.Comparison!);

        Area(evaluation.RocAuc!, expected.GetProperty("roc_auc_a"));
        Area(comparison.DeLong!.First, expected.GetProperty("roc_auc_a"));
        Area(comparison.DeLong.Second, expected.GetProperty("roc_auc_b"));
        var ofAreas = expected.GetProperty("delong");
        Near(comparison.DeLong.Difference, ofAreas, "difference");
        Near(comparison.DeLong.StandardError, ofAreas, "standard_error");
        Near([comparison.DeLong.ConfidenceInterval!.Lower, comparison.DeLong.ConfidenceInterval.Upper], ofAreas.GetProperty("confidence_interval").Numbers());
        Near(comparison.DeLong.Z, ofAreas, "z");
        PValue(comparison.DeLong.PValue, ofAreas, "p_value");
        Near(comparison.DeLong.Covariance, ofAreas, "covariance");

        var (test, ofTest) = (comparison.McNemar, of.Expected.GetProperty("comparison").GetProperty("mcnemar"));
        Near([test.BothRight, test.OnlyFirstRight], ofTest.GetProperty("table")[0].Numbers());
        Near([test.OnlySecondRight, test.NeitherRight], ofTest.GetProperty("table")[1].Numbers());
        PValue(test.ExactPValue, ofTest, "exact_p_value");
        Near(test.Statistic, ofTest, "statistic");
        PValue(test.PValue, ofTest, "p_value");
        Near(test.UncorrectedStatistic, ofTest, "uncorrected_statistic");
        PValue(test.UncorrectedPValue, ofTest, "uncorrected_p_value");
        Paired(comparison.LogLoss, of.Expected.GetProperty("comparison").GetProperty("log_loss"));
        Paired(comparison.Brier, of.Expected.GetProperty("comparison").GetProperty("brier"));
    }

    [Fact]
    public void GroupsAgree()
    {
        var of = EvaluationCase.Read("credit");
        string[] names = [.. of.Groups!.Distinct().Order(StringComparer.Ordinal)];

        var groups = GroupEvaluation.Of(of.A(weighted: false), [.. of.Groups!.Select(group => Array.IndexOf(names, group))], of.Options, Token);

        groups.Select(group => names[group.Group]).ShouldBe(names);
        foreach (var group in groups)
        {
            var expected = of.Expected.GetProperty("by_group").GetProperty(names[group.Group]);
            group.Metrics.Rows.ShouldBe(expected.GetProperty("rows").GetInt64());
            Near(group.Metrics.PositiveRate, expected, "positive_rate");
            Near(group.Metrics.MeanProbability, expected, "mean_probability");
            Near(group.Metrics.LogLoss, expected, "log_loss");
            Near(group.Metrics.Brier, expected, "brier");
            if (expected.GetProperty("roc_auc").ValueKind == JsonValueKind.Null)
                group.Metrics.RocAuc.ShouldBeNull();
            else
                Near(group.Metrics.RocAuc, expected, "roc_auc");
            At(group.AtThreshold, expected.GetProperty("at_half"));
        }
    }

    /// <summary>Pairs of probabilities say nothing that log-odds do not.</summary>
    [Theory]
    [InlineData("credit")]
    [InlineData("spector")]
    public void ProbabilitiesGiveWhatLogOddsGive(string name)
    {
        var of = EvaluationCase.Read(name);

        var fromLogOdds = BinaryEvaluation.Of(of.A(weighted: true), of.Options, Token);
        var fromProbabilities = BinaryEvaluation.Of(ScoredRows.FromProbabilities(of.Labels, of.ProbabilitiesA, of.Weights), of.Options, Token);

        fromProbabilities.Metrics.LogLoss.ShouldBe(fromLogOdds.Metrics.LogLoss, 1e-12);
        fromProbabilities.Calibration.Slope!.Value.ShouldBe(fromLogOdds.Calibration.Slope!.Value, 1e-9);
        fromProbabilities.Metrics.RocAuc.ShouldBe(fromLogOdds.Metrics.RocAuc);
    }

    private static (BinaryEvaluation Evaluation, JsonElement Expected) Evaluate(string name, bool weighted)
    {
        var of = EvaluationCase.Read(name);
        return (BinaryEvaluation.Of(of.A(weighted), of.Options, Token), of.Expected.GetProperty(weighted ? "weighted" : "unweighted"));
    }

    private static void Area(AreaEstimate actual, JsonElement expected)
    {
        Near(actual.Estimate, expected, "estimate");
        Near(actual.StandardError, expected, "standard_error");
        Near([actual.ConfidenceInterval!.Lower, actual.ConfidenceInterval.Upper], expected.GetProperty("confidence_interval").Numbers());
    }

    private static void Paired(PairedDifference actual, JsonElement expected)
    {
        Near(actual.Difference, expected, "difference");
        Near(actual.StandardError, expected, "standard_error");
        Near(actual.Z, expected, "z");
        PValue(actual.PValue, expected, "p_value");
    }

    private static void At(ThresholdMetrics actual, JsonElement expected)
    {
        (double Actual, string Name)[] pairs =
        [
            (actual.Threshold, "threshold"), (actual.TruePositive, "true_positive"), (actual.FalsePositive, "false_positive"),
            (actual.FalseNegative, "false_negative"), (actual.TrueNegative, "true_negative"), (actual.Accuracy, "accuracy"), (actual.Precision, "precision"),
            (actual.Recall, "recall"), (actual.Specificity, "specificity"), (actual.F1, "f1"), (actual.BalancedAccuracy, "balanced_accuracy"),
            (actual.Youden, "youden"), (actual.MatthewsCorrelation, "matthews_correlation"), (actual.Kappa, "kappa"),
            (actual.PredictedPositiveRate, "predicted_positive_rate"), (actual.MeanCost, "mean_cost"),
        ];
        pairs.Length.ShouldBe(expected.EnumerateObject().Count());
        foreach (var (value, name) in pairs)
            Near(value, expected, name);
    }

    private static void Near(IEnumerable<double> actual, double[] expected)
    {
        double[] values = [.. actual];
        values.Length.ShouldBe(expected.Length);
        for (var i = 0; i < values.Length; i++)
            values[i].ShouldBe(expected[i], Tolerance * Math.Max(1, Math.Abs(expected[i])), $"value {i}");
    }

    private static void Near(double? actual, JsonElement of, string name)
    {
        var expected = of.GetProperty(name).GetDouble();
        actual.ShouldNotBeNull();
        actual.Value.ShouldBe(expected, Tolerance * Math.Max(1, Math.Abs(expected)), name);
    }

    private static void PValue(double? actual, JsonElement of, string name)
    {
        var expected = of.GetProperty(name).GetDouble();
        actual.ShouldNotBeNull();
        actual.Value.ShouldBe(expected, PValueTolerance * expected, name);
    }
}
