using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>Fits with a calibration by folds.</summary>
public class CalibratedFitTests
{
    private static readonly CalibrationOptions Sigmoid = new(CalibrationMethod.Sigmoid, Folds: 4);

    [Theory]
    [InlineData(null)]
    [InlineData(4)]
    [InlineData(3)]
    public void ModelHasTheSameBitsWithoutTheCalibration(int? folds)
    {
        var (features, labels) = RandomData.Make(200, 3, seed: 1);
        var options = new LogisticOptions { Folds = folds, Cs = folds is null ? null : [0.01, 1], Threads = 1 };

        var plain = KeptFit.Of(features, labels, options);
        var calibrated = Train(features, labels, options with { Calibration = Sigmoid });

        var without = calibrated with { Calibration = null, Convergence = calibrated.Convergence with { Passes = 0, Seconds = 0 } };
        var expected = plain.Train(new FitControl());
        KeptFit.Describe(without).ShouldBe(KeptFit.Describe(expected with { Convergence = expected.Convergence with { Passes = 0, Seconds = 0 } }));
        calibrated.Calibration!.Rows.ShouldBe(200);
    }

    /// <summary>Each row's log-odds are those of a fit to the other folds, and the map is fitted to them.</summary>
    [Fact]
    public void MapIsFittedToRowsThatTheFitsHaveNotSeen()
    {
        var (features, labels) = RandomData.Make(120, 3, seed: 2);
        double[] weights = [.. Enumerable.Range(0, 120).Select(i => 1.0 + i % 3)];
        var options = new LogisticOptions { SampleWeight = weights, Threads = 1, ClassWeight = ClassWeight.Balanced };
        var foldOf = StratifiedSplit.Folds(labels, 4, options.Seed);
        var logOdds = new double[120];
        for (var fold = 0; fold < 4; fold++)
        {
            var ofFold = options with { SampleWeight = [.. weights.Select((weight, i) => foldOf[i] == fold ? 0 : weight)] };
            var model = LogisticTrainer.Fit(features, labels, ofFold, progress: null, TestContext.Current.CancellationToken).Model;
            for (var i = 0; i < 120; i++)
            {
                if (foldOf[i] == fold)
                    model.PredictMargins(features.Row(i), logOdds.AsSpan(i, 1));
            }
        }
        var expected = HeldOutCalibration.Fit(
            CalibrationMethod.Sigmoid, 2, labels, logOdds, weights, foldOf, cancellationToken: TestContext.Current.CancellationToken);

        var found = Train(features, labels, options with { Calibration = Sigmoid }).Calibration!;

        found.Calibration.Maps[0].Parameters[0].ShouldBe(expected.Calibration.Maps[0].Parameters[0], 1e-9);
        found.Calibration.Maps[0].Parameters[1].ShouldBe(expected.Calibration.Maps[0].Parameters[1], 1e-9);
        found.LogLossBefore.ShouldBe(expected.LogLossBefore, 1e-12);
        found.LogLossAfter!.Value.ShouldBe(expected.LogLossAfter!.Value, 1e-9);
    }

    /// <summary>The folds of a validation serve the calibration too, and others give the same map at the chosen point.</summary>
    [Fact]
    public void FoldsOfTheValidationAreShared()
    {
        var (features, labels) = RandomData.Make(200, 3, seed: 3);
        var path = new LogisticOptions { Cs = [0.001, 0.1, 10], Folds = 4, Calibration = Sigmoid, Threads = 1, Tolerance = 1e-12 };

        var shared = Train(features, labels, path);
        var alone = Train(features, labels, path with { Cs = null, C = shared.Path!.Points[shared.Path.Selected].C, Folds = null });

        alone.Calibration!.Calibration.Maps[0].Parameters[0].ShouldBe(shared.Calibration!.Calibration.Maps[0].Parameters[0], 1e-8);
        KeptFit.Of(features, labels, path).Parts.Length.ShouldBe(KeptFit.Of(features, labels, path with { Calibration = null }).Parts.Length);
    }

    [Fact]
    public void RowsOfAHoldoutAreNotUsed()
    {
        var (features, labels) = RandomData.Make(200, 3, seed: 4);
        var options = new LogisticOptions { Holdout = 0.25, Calibration = Sigmoid, Threads = 1 };

        Train(features, labels, options).Calibration!.Rows.ShouldBe(StratifiedSplit.Holdout(labels, 0.25, options.Seed).Training.Length);
    }

    [Fact]
    public void TimesStayInOrderInTheFolds()
    {
        double[] times = [5, 1, 1, 3, 2, 4, 6, 8, 7];

        RowSplit.TimeFolds(times, 3).ShouldBe([1, 0, 0, 1, 0, 1, 2, 2, 2]);
        Should.Throw<UntrainableDataException>(() => RowSplit.TimeFolds([1, 1, 1, 2], 3)).Code.ShouldBe("empty_split");
    }

    [Fact]
    public void ClassesHaveAMapEach()
    {
        var (features, binary) = RandomData.Make(240, 3, seed: 5);
        int[] codes = [.. binary.Select((label, i) => (int)label + (features.Row(i)[0] > 0.6 ? 1 : 0))];
        var labels = new ClassLabels(codes, ["a", "b", "c"]);
        foreach (var multiClass in Enum.GetValues<MultiClass>())
        {
            var options = new LogisticOptions { MultiClass = multiClass, Calibration = Sigmoid, Threads = 1 };
            var training = MultinomialTrainer.Train(features, labels, options, new FitControl(), TestContext.Current.CancellationToken);

            training.Calibration!.Calibration.Maps.Count.ShouldBe(3);
            training.Calibration.LogLossAfter.ShouldNotBeNull();
        }
    }

    [Fact]
    public void AStoppedFitHasNoCalibration()
    {
        var (features, labels) = RandomData.Make(200, 3, seed: 6);
        using var stop = new CancellationTokenSource();
        var training = LogisticTrainer.Train(features, labels, new LogisticOptions { Calibration = Sigmoid, Threads = 1 }, new FitControl
        {
            Stop = stop.Token,
            Progress = progress =>
            {
                if (progress.Fit == 2)
                    stop.Cancel();
            },
        }, TestContext.Current.CancellationToken);

        training.Calibration.ShouldBeNull();
        training.Convergence.Warnings.ShouldContain(warning => warning.Code == "stopped");
    }

    [Fact]
    public void ProgressCountsTheFoldsAndEndsWithTheLast()
    {
        var (features, labels) = RandomData.Make(200, 3, seed: 7);
        var kept = KeptFit.Of(features, labels, new LogisticOptions { Calibration = Sigmoid, Threads = 1 });

        kept.Reports.ShouldAllBe(report => report.Fits == 5);
        kept.Reports[^1].Fit.ShouldBe(4);
        kept.Reports.Zip(kept.Reports.Skip(1)).ShouldAllBe(pair => pair.First.Fraction <= pair.Second.Fraction);
    }

    private static LogisticTraining Train(DesignMatrix features, double[] labels, LogisticOptions options) =>
        LogisticTrainer.Train(features, labels, options, new FitControl(), TestContext.Current.CancellationToken);
}
