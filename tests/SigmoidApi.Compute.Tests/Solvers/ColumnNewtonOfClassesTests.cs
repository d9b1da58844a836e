using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>Fits over working sets with several outputs for each row: more parameters than <see cref="GramNewton"/> takes of them.</summary>
[Trait("Speed", "Slow")]
public class ColumnNewtonOfClassesTests
{
    private const int Columns = 560;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Dense or sparse, symmetric or against a base class, with a constant column and rows of weight 0.</summary>
    [Fact]
    public void TheMinimumIsThatOfTheOtherWay() =>
        Gen.Select(Gen.Int[0, 1].Select(i => i == 0 ? 3 : 10), Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 10_000])
            .Sample((classes, isSparse, intercept, standardize, weighted, hasBase, seed) =>
            {
                var (dense, _, sparse, _) = RandomData.MakeSparse(90, 40, seed);
                FeatureMatrix features = isSparse ? sparse : dense;
                var codes = Array.ConvertAll(CodesOf(dense, classes, seed), code => (double)code);
                double[]? weights = weighted ? [.. Enumerable.Range(0, dense.Rows).Select(i => i < 2 * classes ? 1 : (seed + i) % 4 / 2.0)] : null;
                var scaling = standardize ? StandardScaling.Fit(features, weights, null, Token) : null;
                scaling = intercept ? scaling : scaling?.AboutZero();
                var labels = new RowLabels(codes, weights) { Classes = classes, Base = hasBase ? 1 : null };
                var (l1, l2) = (0.004 * (seed % 3), 0.002 * (1 + seed % 2));
                SolverResult Minimum(Func<LogisticObjective, double[], ProximalNewton> way)
                {
                    using var crew = new ThreadCrew();
                    var objective = new LogisticObjective(DesignRows.Of(features, scaling, intercept, crew), labels, penalty: 0);
                    return way(objective, new double[objective.Dimension])
                        .Minimize(l1, l2, 500, 1e-10, FitJournal.ForOneCall(null), Token);
                }

                var ofColumns = Minimum((objective, start) => new ColumnNewton(objective, start, Token));

                var ofGram = Minimum((objective, start) => new GramNewton(objective, start, Token));
                ofColumns.Converged.ShouldBeTrue();
                ofColumns.Value.ShouldBe(ofGram.Value, 1e-11);
                ofColumns.Parameters.ShouldBe(ofGram.Parameters, 1e-6);
            }, iter: 60);

    [Fact]
    public void EveryCoefficientSatisfiesItsOptimalityCondition() =>
        Gen.Select(Gen.Int[30, 90], Gen.Int[3, 6], Gen.Double[0.05, 300], Gen.Int[0, 2].Select(i => new[] { 1, 0.5, 0.05 }[i]), Gen.Bool, Gen.Bool,
            Gen.Int[0, 10_000]).Sample((rows, classes, c, ratio, intercept, weighted, seed) =>
            {
                var (features, labels) = Make(rows, classes, seed);
                for (var i = 0; i < rows; i++)
                {
                    var row = features.Row(i);
                    (row[7], row[20], row[21]) = (row[6], 0, 3);
                }
                double[]? weights = weighted ? [.. Enumerable.Range(0, rows).Select(i => i < 2 * classes ? 1 : (seed + i) % 4 / 2.0)] : null;
                var options = Options(ratio) with { C = c, FitIntercept = intercept, Standardize = false, SampleWeight = weights };

                var fit = MultinomialTrainer.Fit(features, labels, options, null, Token);

                fit.Convergence.Converged.ShouldBeTrue(fit.Convergence.ToString());
                ShouldBeOptimal(features, labels, weights, fit.Model, c, ratio, intercept);
            }, iter: 25);

    /// <summary>The rows are separated: a step that is too long leaves some with hardly any curvature on the wrong side.</summary>
    [Theory]
    [InlineData(1e3)]
    [InlineData(1e5)]
    public void AnAlmostUnpenalisedWideFitIsOptimal(double c)
    {
        var (features, labels) = Make(60, 4, 8);

        var fit = MultinomialTrainer.Fit(features, labels, Options(1) with { C = c, Standardize = false }, null, Token);

        fit.Convergence.Converged.ShouldBeTrue(fit.Convergence.ToString());
        ShouldBeOptimal(features, labels, null, fit.Model, c, 1, intercept: true);
    }

    /// <summary>Columns that occur in few rows have little curvature: their coefficients may become large in one step.</summary>
    [Fact]
    public void AFitOfRareColumnsConverges()
    {
        var random = new Random(5);
        const int Rows = 600, Terms = 3000;
        var (starts, columns) = (new long[Rows + 1], new List<int>());
        for (var i = 0; i < Rows; i++)
        {
            columns.AddRange(Enumerable.Range(0, 15).Select(_ => (int)Math.Min(Terms - 1, Math.Pow(Terms, random.NextDouble()))).Distinct().Order());
            starts[i + 1] = columns.Count;
        }
        var features = new SparseMatrix(starts, [.. columns], [.. columns.Select(_ => 1.0)], Terms);
        var labels = new ClassLabels([.. Enumerable.Range(0, Rows).Select(i => columns[(int)starts[i] + 6] % 5)], ["a", "b", "c", "d", "e"]);
        var options = Options(1) with { Cs = [0.1, 1, 100], Standardize = false };

        var path = MultinomialTrainer.Fit(features, labels, options, null, Token).Path!;

        path.Points.ShouldAllBe(point => point.Converged);
        path.Points[^1].Objective.ShouldBeLessThan(100 * Rows * 0.5);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void EveryKindOfMatrixGivesTheSameFit(bool intercept, bool standardize)
    {
        var (dense, single, _, _) = RandomData.MakeSparse(120, Columns, 9);
        for (var i = 0; i < dense.Rows; i++)
        {
            // Means far larger and smaller than the deviation, and a constant column.
            (dense.Row(i)[3], dense.Row(i)[4], dense.Row(i)[5]) = (single.Row(i)[3] + 4096, i % 40 == 0 ? 1 : 0, 2);
            (single.Row(i)[3], single.Row(i)[4], single.Row(i)[5]) = ((float)dense.Row(i)[3], (float)dense.Row(i)[4], 2);
        }
        var labels = LabelsOf(CodesOf(dense, 4, 9), 4);
        var sparse = SparseOf(dense);
        var streamed = new StreamedMatrix(dense.Rows, dense.Columns, (first, rows) =>
        {
            for (var i = 0; i < rows.Length / dense.Columns; i++)
                dense.Row(first + i).CopyTo(rows[(i * dense.Columns)..]);
        });
        var options = Options(1) with { Cs = [0.01, 0.3, 4], FitIntercept = intercept, Standardize = standardize, Threads = 1 };

        var fit = MultinomialTrainer.Train(dense, labels, options, null, Token);

        foreach (var (features, threads) in new (FeatureMatrix, int)[] { (dense, 3), (single, 1), (streamed, 2) })
            Bits(MultinomialTrainer.Train(features, labels, options with { Threads = threads }, null, Token)).ShouldBe(Bits(fit));
        var ofSparse = MultinomialTrainer.Train(sparse, labels, options, null, Token);
        var tolerance = standardize || !intercept ? 1e-6 : 1e-3;
        Vector(ofSparse.Model).ShouldBe(Vector(fit.Model), tolerance);
        ofSparse.StandardizedIntercepts.ShouldBe(fit.StandardizedIntercepts, 1e-6);
        for (var k = 0; k < 4; k++)
            ofSparse.StandardizedCoefficients[k].ShouldBe(fit.StandardizedCoefficients[k], 1e-6);
        ofSparse.Path!.Points.Select(point => point.Objective).ShouldBe(fit.Path!.Points.Select(point => point.Objective), 1e-8);
        Bits(MultinomialTrainer.Train(sparse, labels, options with { Threads = 3 }, null, Token)).ShouldBe(Bits(ofSparse));
    }

    /// <summary>Enough work in each step for the threads to share it.</summary>
    [Fact]
    public void ALargeFitHasTheSameBitsOnAnyNumberOfThreads()
    {
        var (features, _) = RandomData.Make(3000, 530, 3);
        var labels = LabelsOf(CodesOf(features, 3, 3), 3);
        var options = Options(1) with { Cs = [0.003, 0.05] };

        var fits = new[] { 1, 2, 5 }.Select(threads => Bits(MultinomialTrainer.Train(features, labels, options with { Threads = threads }, null, Token)));

        fits.Distinct(new BitsComparer()).Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AResumedFitHasTheBitsOfAnUninterruptedOne(bool isSparse)
    {
        var (dense, labels) = Make(60, 4, 12);
        FeatureMatrix features = isSparse ? SparseOf(dense) : dense;
        var store = new Dictionary<int, FitCheckpoint>();
        var saved = new List<FitCheckpoint[]>();
        var control = new FitControl
        {
            CheckpointInterval = TimeSpan.Zero,
            Progress = _ => saved.Add([.. store.Values]),
            Checkpoint = parts =>
            {
                foreach (var part in parts)
                    store[part.Part] = part;
            },
        };
        var options = Options(0.8) with { Cs = [0.05, 0.1, 3], Folds = 2, Tolerance = null };
        var expected = Bits(MultinomialTrainer.Train(features, labels, options, control, Token));

        for (var report = 1; report < saved.Count; report += 1 + saved.Count / 15)
        {
            var reports = 0;
            var resumed = MultinomialTrainer.Train(
                features, labels, options with { Threads = 2 }, new FitControl { Resume = saved[report], Progress = _ => reports++ }, Token);
            var bits = Bits(resumed);
            Enumerable.Range(0, bits.Length).Where(i => bits[i] != expected[i]).Take(5).ShouldBeEmpty($"report {report} of {saved.Count}");
            reports.ShouldBeLessThan(saved.Count);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void AStoppedFitIsWhereItCameTo(int reports)
    {
        var (features, labels) = Make(60, 4, 13);
        using var stop = new CancellationTokenSource();
        var (seen, last) = (0, default(FitProgress));

        var fit = MultinomialTrainer.Train(features, labels, Options(1) with { C = 3 }, new FitControl
        {
            Stop = stop.Token,
            Progress = progress =>
            {
                last = progress;
                if (seen++ == reports)
                    stop.Cancel();
            },
        }, Token);

        fit.Convergence.Iterations.ShouldBe(reports);
        fit.Convergence.Warnings[^1].Code.ShouldBe("stopped");
        fit.Convergence.Objective.ShouldBe(last!.Loss * 3 * features.Rows, 1e-9);
    }

    /// <summary>A start whose intercepts do not sum to 0 has the loss of one whose intercepts do.</summary>
    [Fact]
    public void AFitThatStartsAtItsOptimumStaysThere()
    {
        var (features, labels) = Make(80, 3, 5);
        var options = Options(1) with { Standardize = false };
        var optimum = MultinomialTrainer.Fit(features, labels, options, null, Token).Model;

        var again = MultinomialTrainer.Fit(features, labels, options with
        {
            InitialWeights = [.. Enumerable.Range(0, 3).SelectMany(k => optimum.Coefficients(k).ToArray())],
            InitialIntercepts = [.. optimum.Intercepts.ToArray().Select(intercept => intercept + 7)],
        }, null, Token);

        again.Convergence.Iterations.ShouldBeLessThanOrEqualTo(2);
        Vector(again.Model).ShouldBe(Vector(optimum), 1e-8);
    }

    private static LogisticOptions Options(double ratio) => new()
    {
        Penalty = ratio == 1 ? Penalty.L1 : Penalty.ElasticNet,
        L1Ratio = ratio,
        Tolerance = 1e-9,
    };

    private static (DesignMatrix Features, ClassLabels Labels) Make(int rows, int classes, int seed)
    {
        var (features, _) = RandomData.Make(rows, Columns, seed);
        return (features, LabelsOf(CodesOf(features, classes, seed), classes));
    }

    private static ClassLabels LabelsOf(int[] codes, int classes) => new(codes, [.. Enumerable.Range(0, classes).Select(k => $"{k}")]);

    /// <summary>Classes by which of some columns is greatest, with noise; each class has rows.</summary>
    private static int[] CodesOf(DesignMatrix features, int classes, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, features.Rows).Select(i => i < 2 * classes
            ? i % classes
            : Enumerable.Range(0, classes).MaxBy(k => features.Row(i)[3 * k + 1] + random.NextDouble()))];
    }

    private static SparseMatrix SparseOf(DesignMatrix dense)
    {
        var (starts, indices, values) = (new long[dense.Rows + 1], new List<int>(), new List<double>());
        for (var i = 0; i < dense.Rows; i++)
        {
            for (var j = 0; j < dense.Columns; j++)
            {
                if (dense.Row(i)[j] != 0)
                {
                    indices.Add(j);
                    values.Add(dense.Row(i)[j]);
                }
            }
            starts[i + 1] = indices.Count;
        }
        return new SparseMatrix(starts, [.. indices], [.. values], dense.Columns);
    }

    private static double[] Vector(MultinomialModel model) =>
        [.. Enumerable.Range(0, model.Classes).SelectMany(k => (double[])[model.Intercepts[k], .. model.Coefficients(k)])];

    private static long[] Bits(MultinomialTraining training) => Array.ConvertAll(
        (double[])
        [
            .. Vector(training.Model), .. training.StandardizedCoefficients.SelectMany(vector => vector), training.Convergence.Objective,
            training.Convergence.Passes, training.ValidationMetrics?.LogLoss ?? 0,
            .. training.Path?.Points.SelectMany(point => (double[])[point.Objective, .. Vector(point.Model)]) ?? [],
        ], BitConverter.DoubleToInt64Bits);

    /// <summary>0 ∈ ∂ of the mean objective, as in <see cref="ColumnNewtonTests"/>, by the definition of the softmax.</summary>
    private static void ShouldBeOptimal(
        DesignMatrix features, ClassLabels labels, double[]? rowWeights, MultinomialModel model, double c, double ratio, bool intercept)
    {
        var total = rowWeights?.Sum() ?? features.Rows;
        var (l1, l2) = (ratio / (c * total), (1 - ratio) / (c * total));
        var (gradient, slopes, probabilities) = (new double[model.Classes, features.Columns], new double[model.Classes], new double[model.Classes]);
        for (var i = 0; i < features.Rows; i++)
        {
            model.PredictProbabilities(features.Row(i), probabilities);
            for (var k = 0; k < model.Classes; k++)
            {
                var residual = (rowWeights?[i] ?? 1) * (probabilities[k] - (labels.Codes[i] == k ? 1 : 0)) / total;
                slopes[k] += residual;
                for (var j = 0; j < features.Columns; j++)
                    gradient[k, j] += residual * features.Row(i)[j];
            }
        }
        if (intercept)
        {
            model.Intercepts.ToArray().Sum().ShouldBe(0, 1e-9);
            slopes.ShouldAllBe(slope => Math.Abs(slope) < 1e-8);
        }
        for (var k = 0; k < model.Classes; k++)
        {
            for (var j = 0; j < features.Columns; j++)
            {
                var weight = model.Coefficients(k)[j];
                if (weight != 0)
                    (gradient[k, j] + l2 * weight + l1 * Math.Sign(weight)).ShouldBe(0, 1e-8);
                else
                    Math.Abs(gradient[k, j]).ShouldBeLessThanOrEqualTo(l1 + 1e-8);
            }
        }
    }

    private sealed class BitsComparer : IEqualityComparer<long[]>
    {
        public bool Equals(long[]? x, long[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(long[] bits) => bits[0].GetHashCode();
    }
}
