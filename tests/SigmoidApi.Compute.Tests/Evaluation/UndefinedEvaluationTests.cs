using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

/// <summary>What is defined where a figure is not: null with a reason, 0 for a ratio of nothing, or an error that names the row.</summary>
public class UndefinedEvaluationTests
{
    private static readonly EvaluationOptions Options = new() { PrecisionAtLeast = [0.5], RecallAtLeast = [0.5] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void OneClassHasNoArea(double label)
    {
        var rows = ScoredRows.FromProbabilities([label, label, label], [0.2, 0.7, 0.7]);

        var evaluation = BinaryEvaluation.Of(rows, rows, Options, Token);

        evaluation.Metrics.RocAuc.ShouldBeNull();
        evaluation.Metrics.KolmogorovSmirnov.ShouldBeNull();
        evaluation.RocAuc.ShouldBeNull();
        evaluation.Comparison!.DeLong.ShouldBeNull();
        evaluation.Metrics.AveragePrecision.ShouldBe(label);
        evaluation.Calibration.ShouldBe(new CalibrationFit(null, null, null, "one_class"));
        RocCurve.Of(evaluation.Ranked).FalsePositiveRate[^1].ShouldBe(1 - label);
        RocCurve.Of(evaluation.Ranked).TruePositiveRate[^1].ShouldBe(label);
        evaluation.Gains[^1].CumulativeGain.ShouldBe(label);
        evaluation.Best.Single(best => best.Rule == ThresholdRule.RecallAtPrecision).Metrics?.Recall.ShouldBe(1);
        Finite(evaluation);
    }

    [Fact]
    public void OneRowHasScores()
    {
        var rows = ScoredRows.FromLogOdds([1], [0.5]);

        var evaluation = BinaryEvaluation.Of(rows, rows, Options, Token);

        evaluation.Metrics.Rows.ShouldBe(1);
        evaluation.Metrics.LogLoss.ShouldBe(Math.Log(1 + Math.Exp(-0.5)), 1e-15);
        evaluation.Comparison!.LogLoss.ShouldBe(new PairedDifference(0, null, null, null));
        evaluation.HosmerLemeshow.Groups.Count.ShouldBe(1);
        Finite(evaluation);
    }

    [Fact]
    public void AClassOfOneRowHasAnAreaWithoutAnError()
    {
        var area = BinaryEvaluation.Of(ScoredRows.FromProbabilities([0, 1, 0], [0.1, 0.3, 0.6]), Options, Token).RocAuc;

        area.ShouldBe(new AreaEstimate(0.5, null, null));
    }

    [Fact]
    public void EqualScoresRankNothing()
    {
        var evaluation = BinaryEvaluation.Of(ScoredRows.FromProbabilities([0, 1, 0, 1, 0], [0.3, 0.3, 0.3, 0.3, 0.3]), Options, Token);

        evaluation.Metrics.RocAuc.ShouldBe(0.5);
        evaluation.Ranked.Count.ShouldBe(1);
        evaluation.Calibration.Reason.ShouldBe("constant_score");
        evaluation.Calibration.Slope.ShouldBeNull();
        evaluation.Calibration.InTheLarge!.Value.ShouldBe(Math.Log(2 / 3.0) - Math.Log(0.3 / 0.7), 1e-12);
        evaluation.HosmerLemeshow.Groups.Single().Rows.ShouldBe(5);
        evaluation.Gains.Select(decile => decile.Lift).ShouldAllBe(lift => Math.Abs(lift - 1) < 1e-12);
        Finite(evaluation);
    }

    [Theory]
    [InlineData(new[] { -1.0, -0.5, 0.5, 1 })]
    [InlineData(new[] { 1, 0.5, -0.5, -1 })]
    [InlineData(new[] { -1, 0, 0.0, 1 })]
    public void SeparatedScoresHaveNoSlope(double[] logOdds)
    {
        var evaluation = BinaryEvaluation.Of(ScoredRows.FromLogOdds([0, 0, 1, 1], logOdds), Options, Token);

        evaluation.Calibration.Reason.ShouldBe("separated");
        evaluation.Calibration.Slope.ShouldBeNull();
        evaluation.Calibration.InTheLarge.ShouldNotBeNull();
        Finite(evaluation);
    }

    [Fact]
    public void ExactProbabilitiesOf0And1HaveAFiniteLogLoss()
    {
        var evaluation = BinaryEvaluation.Of(ScoredRows.FromProbabilities([1, 0, 1, 0], [0, 1, 1, -0.0]), Options, Token);

        evaluation.Metrics.LogLoss.ShouldBe((52 * Math.Log(2) * 2 + 2 * Math.Pow(2, -52)) / 4, 1e-12);
        evaluation.Metrics.Brier.ShouldBe(0.5);
        evaluation.Ranked.Scores.ShouldBe([1, 0]);
        evaluation.Ranked.Ones.ShouldBe([1, 1]);
        Finite(evaluation);
    }

    [Fact]
    public void GroupsThatCannotErrButDoHaveNoStatistic()
    {
        var evaluation = BinaryEvaluation.Of(ScoredRows.FromProbabilities([1, 0, 1, 1], [0, 0.5, 0.6, 1]), Options, Token);

        evaluation.HosmerLemeshow.Statistic.ShouldBeNull();
        evaluation.HosmerLemeshow.PValue.ShouldBeNull();
        var right = BinaryEvaluation.Of(ScoredRows.FromProbabilities([0, 0, 1, 1], [0, 0.5, 0.6, 1]), Options, Token).HosmerLemeshow;
        right.Statistic.ShouldNotBeNull();
        right.PValue.ShouldNotBeNull();
    }

    [Fact]
    public void WithFewGroupsAFittedModelLeavesNoDegreesOfFreedom()
    {
        var test = BinaryEvaluation.Of(
            ScoredRows.FromProbabilities([0, 1, 1], [0.4, 0.4, 0.6]), Options with { FittedOnTheseRows = true }, Token).HosmerLemeshow;

        test.DegreesOfFreedom.ShouldBeLessThanOrEqualTo(0);
        test.PValue.ShouldBeNull();
    }

    [Fact]
    public void LogOddsOfAnySizeAreScored()
    {
        var rows = ScoredRows.FromLogOdds([0, 1, 0, 1], [1e100, -1e100, 5, 900]);

        var evaluation = BinaryEvaluation.Of(rows, ScoredRows.FromLogOdds([0, 1, 0, 1], [1, 2, 3, 4]), Options, Token);

        evaluation.Metrics.LogLoss.ShouldBe(5e99, 1e86);
        evaluation.Metrics.Brier.ShouldBe((1 + 1 + Math.Pow(1 / (1 + Math.Exp(-5)), 2)) / 4, 1e-12);
        evaluation.Calibration.Intercept.HasValue.ShouldBe(evaluation.Calibration.Reason is null);
        double.IsFinite(evaluation.Comparison!.LogLoss.StandardError!.Value).ShouldBeTrue();
    }

    [Fact]
    public void RowsOfWeight0AreNotThere()
    {
        var with = BinaryEvaluation.Of(ScoredRows.FromProbabilities([0, 1, 0, 1, 0, 1], [0.2, 0.6, 0.7, 0.4, 0.9, 0.1], [1, 2, 1, 1, 0, 0]), Options, Token);
        var without = BinaryEvaluation.Of(ScoredRows.FromProbabilities([0, 1, 0, 1], [0.2, 0.6, 0.7, 0.4], [1, 2, 1, 1]), Options, Token);

        with.Metrics.Rows.ShouldBe(6);
        (with.Metrics with { Rows = 4 }).ShouldBe(without.Metrics);
        with.Calibration.ShouldBe(without.Calibration);
        with.Best.ShouldBe(without.Best);
        with.Bins.ShouldBe(without.Bins);
        with.Gains.ShouldBe(without.Gains);
        RocCurve.Of(with.Ranked).Thresholds.ShouldBe(RocCurve.Of(without.Ranked).Thresholds);
        ThresholdMetrics.Table(with.Ranked, Options.Costs).ShouldBe(ThresholdMetrics.Table(without.Ranked, Options.Costs));
        ScoreBin.Of(with.Ranked).ShouldBe(ScoreBin.Of(without.Ranked));
    }

    public static TheoryData<double[], double[], double[]?, string> WrongRows => new()
    {
        { [], [], null, "Expected at least one row, got none." },
        { [0, 1], [0.5], null, "Expected as many scores as labels, 2, got 1." },
        { [0, 2], [0.5, 0.5], null, "Expected a whole number from 0 to 1 as the label of row 1, got 2." },
        { [0, double.NaN], [0.5, 0.5], null, "Expected a whole number from 0 to 1 as the label of row 1, got NaN." },
        { [0, 1], [0.5, double.NaN], null, "Expected a probability from 0 to 1 in row 1, got NaN." },
        { [0, 1], [1.5, 0.5], null, "Expected a probability from 0 to 1 in row 0, got 1.5." },
        { [0, 1], [0.5, 0.5], [1], "Expected as many weights as labels, 2, got 1." },
        { [0, 1], [0.5, 0.5], [1, -1], "Expected a finite weight of at least 0 in row 1, got -1." },
        { [0, 1], [0.5, 0.5], [1, double.NaN], "Expected a finite weight of at least 0 in row 1, got NaN." },
        { [0, 1], [0.5, 0.5], [0, 0], "Expected weights with a positive, finite sum, got 0." },
    };

    [Theory]
    [MemberData(nameof(WrongRows))]
    public void WrongRowsAreNamed(double[] labels, double[] probabilities, double[]? weights, string message) =>
        Should.Throw<ArgumentException>(() => ScoredRows.FromProbabilities(labels, probabilities, weights)).Message.ShouldBe(message);

    [Fact]
    public void LogOddsMustBeFinite() => Should.Throw<ArgumentException>(() => ScoredRows.FromLogOdds([0, 1], [0, double.PositiveInfinity]))
        .Message.ShouldBe("Expected log-odds from -1e100 to 1e100 in row 1, got Infinity.");

    [Fact]
    public void OptionsMustBeInRange()
    {
        var rows = ScoredRows.FromProbabilities([0, 1], [0.5, 0.6]);

        foreach (var wrong in new[] { Options with { Threshold = double.NaN }, Options with { ConfidenceLevel = 1 }, Options with { RecallAtLeast = [1.1] },
            Options with { PrecisionAtLeast = [double.NaN] }, Options with { Threads = -1 }, Options with { Costs = new Costs(FalsePositive: double.NaN) } })
        {
            Should.Throw<ArgumentException>(() => BinaryEvaluation.Of(rows, wrong, Token));
        }
        Should.Throw<ArgumentException>(() => BinaryEvaluation.Of(rows, ScoredRows.FromProbabilities([1, 1], [0.5, 0.6]), Options, Token));
        Should.Throw<ArgumentException>(() => BinaryEvaluation.Of(rows, ScoredRows.FromProbabilities([0, 1], [0.5, 0.6], [1, 2]), Options, Token));
        Should.Throw<ArgumentException>(() => GroupEvaluation.Of(rows, [0], Options, Token));
        Should.Throw<ArgumentException>(() => GroupEvaluation.Of(rows, [0, -2], Options, Token));
        Should.Throw<ArgumentException>(() => BestThreshold.Of(BinaryEvaluation.Of(rows, Options, Token).Ranked, ThresholdRule.F1, new Costs(), 0.5));
        Should.Throw<ArgumentException>(() => BestThreshold.Of(BinaryEvaluation.Of(rows, Options, Token).Ranked, ThresholdRule.RecallAtPrecision, new Costs()));
    }

    [Fact]
    public void ACanceledEvaluationStops() => Should.Throw<OperationCanceledException>(
        () => BinaryEvaluation.Of(ScoredRows.FromProbabilities([0, 1], [0.5, 0.6]), Options, new CancellationToken(canceled: true)));

    private static void Finite(BinaryEvaluation evaluation)
    {
        double[] values =
        [
            evaluation.Metrics.LogLoss, evaluation.Metrics.Brier, evaluation.Metrics.AveragePrecision, evaluation.Metrics.ExpectedCalibrationError,
            evaluation.Metrics.BrierDecomposition.Reliability, evaluation.Metrics.BrierDecomposition.WithinBinCovariance, evaluation.AtThreshold.Kappa,
            evaluation.AtThreshold.MatthewsCorrelation, evaluation.AtThreshold.Precision, evaluation.AtThreshold.MeanCost,
            .. evaluation.Gains.Select(decile => decile.Lift + decile.PositiveRate), .. GainsCurve.Of(evaluation.Ranked).Lift,
            .. PrecisionRecallCurve.Of(evaluation.Ranked).Precision, .. PrecisionRecallCurve.Of(evaluation.Ranked).Recall,
            .. evaluation.Best.Select(best => best.Metrics?.F1 ?? 0),
        ];
        values.ShouldAllBe(value => double.IsFinite(value));
    }
}
