using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>Penalised fits of so many classes that no Hessian of all parameters is formed.</summary>
public class SpectralDescentTests
{
    private const int Classes = 260;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With 520 columns the metric is diagonal.</summary>
    [Theory]
    [InlineData(12, 0.02, 0.01)]
    [InlineData(12, 0.02, 0)]
    [InlineData(12, 0, 0.02)]
    [InlineData(520, 0.02, 0.01)]
    public void StepsReachTheOptimumOfThoseWithAHessian(int columns, double l1, double l2)
    {
        var (features, labels) = Make(400, columns, 4);
        using var crew = new ThreadCrew();
        var rows = DesignRows.Of(features, null, fitIntercept: true, crew);
        double[] weights = [.. Enumerable.Range(0, 400).Select(i => i % 4 / 2.0 + 0.5)];
        var ofRows = new RowLabels([.. labels.Codes.Select(code => (double)code)], weights) { Classes = 4, Base = null };
        var objective = new LogisticObjective(rows, ofRows, penalty: 0);
        var start = new double[objective.Dimension];

        var steps = new SpectralDescent(objective, start, Token).Minimize(l1, l2, 3000, 1e-9, FitJournal.ForOneCall(null), Token);

        var hessian = new GramNewton(objective, start, Token).Minimize(l1, l2, 200, 1e-9, FitJournal.ForOneCall(null), Token);
        steps.Converged.ShouldBeTrue();
        hessian.Converged.ShouldBeTrue();
        steps.Value.ShouldBe(hessian.Value, 1e-13);
        steps.Parameters.Select(value => value != 0).ShouldBe(hessian.Parameters.Select(value => value != 0));
        steps.Parameters.ShouldBe(hessian.Parameters, 1e-7);
    }

    [Fact]
    public void ManyClassesAreFittedOnAnyNumberOfThreadsAndFromAnyCheckpoint()
    {
        var (features, labels) = Make(2 * DesignMatrix.BlockRows + 77, 5, Classes);
        var options = new LogisticOptions { Penalty = Penalty.L1, Cs = [0.1, 0.3], Threads = 1 };
        var (store, saved) = (new Dictionary<int, FitCheckpoint>(), new List<FitCheckpoint[]>());
        var control = new FitControl
        {
            CheckpointInterval = TimeSpan.Zero,
            Progress = _ => saved.Add([.. store.Values]),
            Checkpoint = parts => parts.ToList().ForEach(part => store[part.Part] = part),
        };

        var expected = MultinomialTrainer.Train(features, labels, options, control, Token);

        expected.Convergence.Converged.ShouldBeTrue();
        expected.Convergence.Warnings.ShouldBeEmpty();
        expected.Model.Intercepts.ToArray().Sum().ShouldBe(0, 1e-9);
        expected.Path!.Points[0].Model.Coefficients(0).Length.ShouldBe(5);
        for (var report = 1; report < saved.Count; report += 1 + saved.Count / 5)
        {
            var resumed = MultinomialTrainer.Train(features, labels, options with { Threads = 2 }, new FitControl { Resume = saved[report] }, Token);
            Bits(resumed).ShouldBe(Bits(expected), $"report {report}");
        }
    }

    [Fact]
    public void StoppedFitKeepsItsPoint()
    {
        var (features, labels) = Make(2000, 5, Classes);
        using var stop = new CancellationTokenSource();
        var control = new FitControl
        {
            Stop = stop.Token,
            Progress = progress =>
            {
                if (progress.Iteration == 3)
                    stop.Cancel();
            },
        };

        var stopped = MultinomialTrainer.Train(features, labels, new LogisticOptions { Penalty = Penalty.L1 }, control, Token);

        stopped.Convergence.Warnings[^1].Code.ShouldBe("stopped");
        stopped.Convergence.Iterations.ShouldBe(3);
    }

    private static long[] Bits(MultinomialTraining training) => Array.ConvertAll(
        [
            training.Convergence.Objective, training.Convergence.Passes, training.TrainingMetrics.LogLoss, .. training.Model.Intercepts.ToArray(),
            .. Enumerable.Range(0, Classes).SelectMany(k => training.Model.Coefficients(k).ToArray()),
        ],
        BitConverter.DoubleToInt64Bits);

    /// <summary>A row's class depends on its first two columns, and somewhat on its place.</summary>
    private static (DesignMatrix Features, ClassLabels Labels) Make(int rows, int columns, int classes)
    {
        var (features, _) = RandomData.Make(rows, columns, 31);
        int[] codes = [.. Enumerable.Range(0, rows).Select(i => i < classes || i % 3 == 0 ? i % classes
            : (int)(Math.Abs(features.Row(i)[0] + 0.3 * features.Row(i)[1]) * classes / 2) % classes)];
        return (features, new ClassLabels(codes, [.. Enumerable.Range(0, classes).Select(k => $"c{k}")]));
    }
}
