using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>Fits that are stopped on request.</summary>
[Trait("Speed", "Slow")]
public class StoppedFitTests
{
    private const int Rows = 150;

    private static readonly Dictionary<string, LogisticOptions> Solvers = new()
    {
        ["gradient descent"] = new() { Solver = Solver.GradientDescent, MaxIterations = 8 },
        ["newton"] = new() { Solver = Solver.Newton },
        ["newton without a penalty"] = new() { Solver = Solver.Newton, Penalty = Penalty.None },
        ["lbfgs without a penalty"] = new() { Solver = Solver.Lbfgs, Penalty = Penalty.None },
        ["lasso"] = new() { Penalty = Penalty.L1, C = 0.1 },
        ["firth"] = new() { Penalty = Penalty.Firth, Intervals = ConfidenceIntervals.Wald },
    };

    private static (DesignMatrix Features, double[] Labels) Data { get; } = RandomData.Make(Rows, 3, seed: 8);

    public static TheoryData<string> SolverNames => [.. Solvers.Keys];

    [Theory]
    [MemberData(nameof(SolverNames))]
    public void TheModelIsThatOfTheLastReport(string solver)
    {
        var options = Solvers[solver];
        var steps = Stopped(options, int.MaxValue).Reports.Count;

        for (var step = 0; step < steps; step++)
        {
            var (training, reports) = Stopped(options, step);

            reports.Count.ShouldBe(step + 1);
            training.Convergence.Converged.ShouldBeFalse();
            training.Convergence.Iterations.ShouldBe(reports[^1].Iteration);
            training.Convergence.GradientNorm.ShouldBe(reports[^1].GradientNorm);
            training.Convergence.Warnings.ShouldHaveSingleItem().Code.ShouldBe("stopped");
            training.Inference.ShouldBeNull();
            var objective = options.Penalty is Penalty.None or Penalty.Firth ? 1 : options.C;
            (training.Convergence.Objective / Rows / objective).ShouldBe(reports[^1].Loss, 1e-14);
            if (options.Penalty != Penalty.Firth)
                PenalizedLoss(training, options).ShouldBe(reports[^1].Loss, 1e-12);
        }
    }

    [Fact]
    public void NewtonByPartsKeepsTheModelOfTheLastReport()
    {
        var (features, labels) = RandomData.Make(40_000, 30, seed: 5);
        var options = new LogisticOptions { Penalty = Penalty.None, Standardize = false };

        for (var step = 0; step < 3; step++)
        {
            var (training, reports) = Stopped(options, step, features, labels);

            reports.Count.ShouldBe(step + 1);
            training.TrainingMetrics.LogLoss.ShouldBe(reports[^1].Loss, 1e-12);
            training.Convergence.Warnings.ShouldHaveSingleItem().Code.ShouldBe("stopped");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AFitStoppedDuringProfilesKeepsTheFinishedIntervals(int threads)
    {
        var options = new LogisticOptions { Penalty = Penalty.Firth, Threads = threads };
        var (whole, all) = Stopped(options, int.MaxValue, Data.Features, Data.Labels);
        ParameterInference[] expected = [whole.Inference!.Intercept!, .. whole.Inference.Coefficients!];
        all[^1].Iteration.ShouldBe(expected.Length);
        all[^1].Fraction.ShouldBe(1);

        foreach (var report in all.Where(report => report.Phase == FitPhase.Intervals).SkipLast(1))
        {
            var training = Stopped(options, report.Step, Data.Features, Data.Labels).Training;

            training.Convergence.Converged.ShouldBeTrue();
            training.Model.Coefficients.ToArray().ShouldBe(whole.Model.Coefficients.ToArray());
            ParameterInference[] parameters = [training.Inference!.Intercept!, .. training.Inference.Coefficients!];
            parameters.Count(parameter => parameter.HasInterval).ShouldBeGreaterThanOrEqualTo(report.Iteration);
            for (var j = 0; j < parameters.Length; j++)
            {
                var without = expected[j] with { PValue = double.NaN, ConfidenceLow = double.NaN, ConfidenceHigh = double.NaN };
                parameters[j].ShouldBe(parameters[j].HasInterval ? expected[j] : without);
            }
            if (threads > 1 && parameters.All(parameter => parameter.HasInterval))
                continue;
            var warning = training.Convergence.Warnings.ShouldHaveSingleItem();
            warning.Code.ShouldBe("intervals_stopped");
            warning.Columns.ShouldBe(Enumerable.Range(0, 3).Where(j => !parameters[j + 1].HasInterval));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AFitCanceledDuringProfilesEndsThere(int threads)
    {
        using var cancellation = new CancellationTokenSource();
        var options = new LogisticOptions { Penalty = Penalty.Firth, Threads = threads };
        var reports = 0;

        Should.Throw<OperationCanceledException>(() => LogisticTrainer.Train(Data.Features, Data.Labels, options, report =>
        {
            if (report.Phase == FitPhase.Intervals)
            {
                reports++;
                cancellation.Cancel();
            }
        }, cancellation.Token));

        reports.ShouldBe(1);
    }

    [Fact]
    public void AFitStoppedBeforeItStartsHasItsStartAsTheModel()
    {
        foreach (var (name, options) in Solvers)
        {
            var (training, reports) = Stopped(options, -1);

            reports.ShouldHaveSingleItem(name).Iteration.ShouldBe(0);
            training.Model.Coefficients.ToArray().ShouldBe([0, 0, 0]);
            training.Convergence.Warnings.ShouldHaveSingleItem().Code.ShouldBe("stopped");
        }
        // The parts of the rows are not fitted either.
        var (features, labels) = RandomData.Make(40_000, 30, seed: 5);
        Stopped(new LogisticOptions(), -1, features, labels).Training.Convergence.Iterations.ShouldBe(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.3)]
    public void PointsThatHaveNotBegunAreLeftOut(double? holdout)
    {
        var options = Solvers["lasso"] with { Cs = [0.05, 0.5, 1, 5], Holdout = holdout };
        var (whole, all) = Stopped(options, int.MaxValue);

        for (var step = 0; step < all.Count; step++)
        {
            var (training, reports) = Stopped(options, step);

            reports.ShouldBe(all.Take(step + 1));
            var path = training.Path.ShouldNotBeNull();
            path.Points.Count.ShouldBe(reports[^1].Fit + 1);
            for (var p = 0; p < path.Points.Count - 1; p++)
                path.Points[p].Model.Coefficients.ToArray().ShouldBe(whole.Path!.Points[p].Model.Coefficients.ToArray());
            var rows = holdout is null ? Rows : StratifiedSplit.Holdout(Data.Labels, 0.3, 42).Training.Length;
            (path.Points[^1].Objective / path.Points[^1].C / rows).ShouldBe(reports[^1].Loss, 1e-14);
            path.Points[^1].Converged.ShouldBeFalse();
            var best = holdout is null ? path.Points.Count - 1 : Enumerable.Range(0, path.Points.Count).MinBy(p => path.Points[p].Validation!.LogLoss);
            path.Selected.ShouldBe(best);
            training.Convergence.Converged.ShouldBe(path.Points[path.Selected].Converged);
            training.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(["stopped"]);
            (training.ValidationMetrics is null).ShouldBe(holdout is null);
        }
    }

    [Fact]
    public void AllRowsAreFittedFirstAndFinishedFoldsValidate()
    {
        var options = new LogisticOptions { Folds = 4, Cs = [0.1, 1] };
        var (whole, all) = Stopped(options, int.MaxValue);
        var foldOf = StratifiedSplit.Folds(Data.Labels, 4, 42);
        whole.Convergence.Warnings.ShouldBeEmpty();
        var losses = Enumerable.Range(0, 4).Select(fold => FoldLosses(foldOf, fold, options.Cs)).ToArray();

        for (var step = 0; step < all.Count; step++)
        {
            var (training, reports) = Stopped(options, step);

            var foldsDone = reports[^1].Fit / 2 - 1;
            training.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(["stopped"]);
            if (foldsDone < 2)
            {
                training.ValidationMetrics.ShouldBeNull();
                training.Path!.Rule.ShouldBe("last");
                training.Convergence.Converged.ShouldBe(foldsDone >= 0);
                continue;
            }
            var confusion = training.ValidationMetrics.ShouldNotBeNull().Confusion;
            (confusion.TruePositives + confusion.FalsePositives + confusion.TrueNegatives + confusion.FalseNegatives)
                .ShouldBe(foldOf.Count(fold => fold < foldsDone));
            training.Path!.Rule.ShouldBe("best");
            training.Convergence.Converged.ShouldBeTrue();
            for (var p = 0; p < 2; p++)
            {
                training.Path.Points[p].Model.Coefficients.ToArray().ShouldBe(whole.Path!.Points[p].Model.Coefficients.ToArray());
                // The mean over the finished folds. The loss of each fold is computed by leaving its rows out.
                training.Path.Points[p].Validation!.LogLoss.ShouldBe(losses.Take(foldsDone).Average(ofFold => ofFold[p]), 1e-12);
            }
        }
    }

    [Fact]
    public void AStoppedFitThatIsResumedKeepsItsFinishedPoints()
    {
        var kept = KeptFit.Of(Data.Features, Data.Labels, Solvers["lasso"] with { Cs = [0.05, 0.5, 1, 5] });
        var step = kept.Reports.FindIndex(report => report is { Fit: 2, Iteration: 1 });

        var training = kept.Train(new FitControl { Stop = new CancellationToken(canceled: true), Resume = kept.PartsAt[step + 1] });

        training.Path!.Points.Count.ShouldBe(3);
        training.Path.Points[2].Iterations.ShouldBe(1);
        (training.Path.Points[2].Objective / Rows).ShouldBe(kept.Reports[step].Loss, 1e-14);
    }

    [Fact]
    public void AFitCanceledDuringACheckpointEndsWithinOnePass()
    {
        foreach (var (name, options) in Solvers)
        {
            using var cancellation = new CancellationTokenSource();
            var kept = 0;

            Should.Throw<OperationCanceledException>(() => LogisticTrainer.Train(Data.Features, Data.Labels, options, new FitControl
            {
                CheckpointInterval = TimeSpan.Zero,
                Checkpoint = _ =>
                {
                    kept++;
                    cancellation.Cancel();
                },
            }, cancellation.Token), name);

            kept.ShouldBe(1, name);
        }
    }

    private static (LogisticTraining Training, List<FitProgress> Reports) Stopped(LogisticOptions options, int step) =>
        Stopped(options with { Threads = 1 }, step, Data.Features, Data.Labels);

    /// <summary>Stops in the report of this step; −1 stops before the first report.</summary>
    private static (LogisticTraining Training, List<FitProgress> Reports) Stopped(LogisticOptions options, int step, DesignMatrix features, double[] labels)
    {
        using var stop = new CancellationTokenSource();
        if (step < 0)
            stop.Cancel();
        var reports = new List<FitProgress>();
        var training = LogisticTrainer.Train(features, labels, options, new FitControl
        {
            Stop = stop.Token,
            Progress = report =>
            {
                reports.Add(report);
                if (report.Step == step)
                    stop.Cancel();
            },
        }, TestContext.Current.CancellationToken);
        return (training, reports);
    }

    private static double PenalizedLoss(LogisticTraining training, LogisticOptions options) => training.TrainingMetrics.LogLoss + options.Penalty switch
    {
        Penalty.L1 => training.StandardizedCoefficients.Sum(Math.Abs) / (options.C * Rows),
        Penalty.L2 => training.StandardizedCoefficients.Sum(w => w * w) / (2 * options.C * Rows),
        _ => 0,
    };

    private static double[] FoldLosses(int[] foldOf, int fold, double[] cs)
    {
        int[] heldOut = [.. Enumerable.Range(0, Rows).Where(i => foldOf[i] == fold)];
        double[] weights = [.. foldOf.Select(of => of == fold ? 0.0 : 1)];
        var options = new LogisticOptions { Cs = cs, SampleWeight = weights };
        var path = LogisticTrainer.Fit(Data.Features, Data.Labels, options, null, TestContext.Current.CancellationToken).Path!;
        double[] rows = [.. heldOut.SelectMany(i => Data.Features.Row(i).ToArray())];
        return [.. path.Points.Select(point => point.Model.MeanLogLoss(rows, [.. heldOut.Select(i => Data.Labels[i])]))];
    }
}
