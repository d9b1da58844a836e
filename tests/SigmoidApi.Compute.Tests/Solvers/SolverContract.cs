using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>What every solver must do. The tests of a new solver are a subclass that gives its options.</summary>
public abstract class SolverContract
{
    private const int Columns = 3;

    /// <summary>Options with which the solver converges to a gradient of about 1e-10, on columns of mean 0 and deviation 1.</summary>
    protected abstract LogisticOptions Options { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void TheGradientVanishesAtTheOptimum()
    {
        var (features, labels) = Data();

        var training = Train(features, labels, Options);

        training.Convergence.Converged.ShouldBeTrue();
        training.Convergence.Warnings.ShouldBeEmpty();
        training.Convergence.GradientNorm.ShouldBeLessThan(1e-9);
        Gradient(training, features, labels, Options.C).ShouldAllBe(slope => Math.Abs(slope) < 1e-9);
    }

    [Fact]
    public void ARepeatedFitIsTheSameToTheLastBit()
    {
        var (features, labels) = Data(rows: 2 * DesignMatrix.BlockRows + 5);
        var options = Options with { MaxIterations = 5 };

        Parameters(Train(features, labels, options)).ShouldBe(Parameters(Train(features, labels, options)));
    }

    [Fact]
    public void TheOrderOfRowsDoesNotMatter()
    {
        var (features, labels) = Data();
        var order = Enumerable.Range(0, features.Rows).ToArray();
        new Random(5).Shuffle(order);

        var shuffled = Train(features.Select(order), [.. order.Select(row => labels[row])], Options);

        ShouldAgree(Parameters(shuffled), Parameters(Train(features, labels, Options)), 1e-8);
    }

    [Fact]
    public void FlippedLabelsNegateTheCoefficients()
    {
        var (features, labels) = Data();

        var flipped = Train(features, [.. labels.Select(label => 1 - label)], Options);

        ShouldAgree([.. Parameters(flipped).Select(value => -value)], Parameters(Train(features, labels, Options)), 1e-8);
    }

    [Theory]
    [InlineData(1e-150)]
    [InlineData(0.3)]
    [InlineData(1e150)]
    public void AColumnInOtherUnitsGetsItsCoefficientInThoseUnits(double unit)
    {
        var (features, labels) = Data();
        var scaled = features.Select([.. Enumerable.Range(0, features.Rows)]);
        for (var i = 0; i < features.Rows; i++)
            scaled.Row(i)[1] *= unit;

        var training = Train(scaled, labels, Options);

        var expected = Train(features, labels, Options);
        ShouldAgree(training.StandardizedCoefficients, expected.StandardizedCoefficients, 1e-8);
        (training.Model.Coefficients[1] * unit).ShouldBe(expected.Model.Coefficients[1], 1e-8);
        training.Model.Coefficients[2].ShouldBe(expected.Model.Coefficients[2], 1e-8);
    }

    [Fact]
    public void AConstantColumnGetsCoefficient0AndAWarning()
    {
        var (features, labels) = Data();
        for (var i = 0; i < features.Rows; i++)
            features.Row(i)[1] = 0.1;

        var training = Train(features, labels, Options with { InitialWeights = [0, 7, 0] });

        training.Model.Coefficients[1].ShouldBe(0);
        training.StandardizedCoefficients[1].ShouldBe(0);
        training.Convergence.Converged.ShouldBeTrue();
        var warning = training.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("constant_column");
        warning.Columns.ShouldBe([1]);
    }

    [Fact]
    public void StartingWeightsAreInOriginalUnits()
    {
        var (features, labels) = Data();
        FitProgress? first = null;
        var options = Options with { Penalty = Penalty.None, InitialWeights = [0.5, -1, 2], InitialIntercept = -0.25, MaxIterations = 1 };

        LogisticTrainer.Train(features, labels, options, progress => first ??= progress, Token);

        var rows = Enumerable.Range(0, features.Rows).SelectMany(i => features.Row(i).ToArray()).ToArray();
        first.ShouldNotBeNull();
        first.Iteration.ShouldBe(0);
        first.Loss.ShouldBe(new LogisticModel(-0.25, [0.5, -1, 2]).MeanLogLoss(rows, labels), 1e-12);
    }

    [Fact]
    public void AFitThatStartsAtItsOptimumStaysThere()
    {
        var (features, labels) = Data();
        var optimum = Train(features, labels, Options);

        var again = Train(features, labels, Options with { InitialWeights = optimum.Model.Coefficients.ToArray(), InitialIntercept = optimum.Model.Intercept });

        again.Convergence.Iterations.ShouldBeLessThanOrEqualTo(1);
        ShouldAgree(Parameters(again), Parameters(optimum), 1e-8);
    }

    [Fact]
    public void EachIterationIsReportedAndLowersTheLoss()
    {
        var (features, labels) = Data();
        var reports = new List<FitProgress>();

        var training = LogisticTrainer.Train(features, labels, Options, reports.Add, Token);

        reports.Select(report => report.Iteration).ShouldBe(Enumerable.Range(0, training.Convergence.Iterations + 1));
        reports.ShouldAllBe(report => report.MaxIterations == Options.MaxIterations);
        reports.Zip(reports.Skip(1)).ShouldAllBe(pair => pair.Second.Loss <= pair.First.Loss + 1e-15);
        (reports[^1].Loss * Options.C * features.Rows).ShouldBe(training.Convergence.Objective, 1e-12);
        reports[^1].GradientNorm.ShouldBe(training.Convergence.GradientNorm);
    }

    [Fact]
    public void TooFewIterationsGiveAWarning()
    {
        var (features, labels) = Data();

        var training = Train(features, labels, Options with { MaxIterations = 1 });

        training.Convergence.Converged.ShouldBeFalse();
        training.Convergence.Iterations.ShouldBe(1);
        training.Convergence.Warnings.ShouldHaveSingleItem().Code.ShouldBe("max_iterations_reached");
    }

    [Fact]
    public void ACanceledFitTakesNoFurtherIteration()
    {
        var (features, labels) = Data();
        using var cancellation = new CancellationTokenSource();
        var reports = 0;

        Should.Throw<OperationCanceledException>(() => LogisticTrainer.Train(features, labels, Options, _ =>
        {
            reports++;
            cancellation.Cancel();
        }, cancellation.Token));

        reports.ShouldBe(1);
    }

    [Fact]
    public void AnInterceptThatIsNotFittedIs0()
    {
        var (features, labels) = Data();

        var training = Train(features, labels, Options with { FitIntercept = false });

        training.StandardizedIntercept.ShouldBe(0);
        training.Convergence.Converged.ShouldBeTrue();
    }

    private static (DesignMatrix Features, double[] Labels) Data(int rows = 60)
    {
        var random = new Random(17);
        var features = new DesignMatrix(rows, Columns);
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            var margin = 0.3;
            for (var j = 0; j < Columns; j++)
            {
                var x = 2 * random.NextDouble() - 0.5;
                features.Row(i)[j] = x;
                margin += (j - 1) * x;
            }
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? 1 : 0;
        }
        return (features, labels);
    }

    private static LogisticTraining Train(DesignMatrix features, double[] labels, LogisticOptions options) =>
        LogisticTrainer.Train(features, labels, options, null, Token);

    private static double[] Parameters(LogisticTraining training) => [training.Model.Intercept, .. training.Model.Coefficients];

    /// <summary>∂/∂(b, w) of mean log loss + ‖w‖² / (2·c·n) on standardised columns, computed by its definition.</summary>
    private static double[] Gradient(LogisticTraining training, DesignMatrix features, double[] labels, double c)
    {
        var n = features.Rows;
        var gradient = new double[Columns + 1];
        var columns = Enumerable.Range(0, Columns).Select(j => Enumerable.Range(0, n).Select(i => features.Row(i)[j]).ToArray()).ToArray();
        var z = columns.Select(x => x.Select(value => (value - x.Average()) / Math.Sqrt(x.Average(v => Math.Pow(v - x.Average(), 2)))).ToArray()).ToArray();
        for (var i = 0; i < n; i++)
        {
            var margin = training.StandardizedIntercept + Enumerable.Range(0, Columns).Sum(j => training.StandardizedCoefficients[j] * z[j][i]);
            var residual = 1 / (1 + Math.Exp(-margin)) - labels[i];
            gradient[0] += residual / n;
            for (var j = 0; j < Columns; j++)
                gradient[j + 1] += residual * z[j][i] / n;
        }
        for (var j = 0; j < Columns; j++)
            gradient[j + 1] += training.StandardizedCoefficients[j] / (c * n);
        return gradient;
    }

    private static void ShouldAgree(double[] actual, double[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
            actual[i].ShouldBe(expected[i], tolerance, $"value {i}");
    }
}
