using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>A matrix that is read again in each pass gives the same bits as the same numbers in memory.</summary>
[Trait("Speed", "Slow")]
public class StreamedTrainingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<LogisticOptions> Options => new()
    {
        new LogisticOptions(),
        new LogisticOptions { Standardize = false },
        new LogisticOptions { FitIntercept = false, Standardize = false },
        new LogisticOptions { Solver = Solver.Newton, C = 0.01 },
        new LogisticOptions { Solver = Solver.Lbfgs, MaxIterations = 40 },
        new LogisticOptions { Solver = Solver.GradientDescent, MaxIterations = 20 },
        new LogisticOptions { Solver = Solver.CoordinateDescent, Penalty = Penalty.L1, C = 0.05 },
        new LogisticOptions { Penalty = Penalty.ElasticNet, Cs = [0.01, 0.1, 1], L1Ratios = [0.2, 0.8] },
        new LogisticOptions { Penalty = Penalty.None },
        new LogisticOptions { Penalty = Penalty.None, CovarianceType = CovarianceType.HC1 },
        new LogisticOptions { Penalty = Penalty.None, Solver = Solver.Lbfgs, Tolerance = 1e-6 },
        new LogisticOptions { Penalty = Penalty.Firth, MaxIterations = 30 },
        new LogisticOptions { Holdout = 0.25, Cs = [0.1, 1] },
        new LogisticOptions { Folds = 3, Cs = [0.1, 1], Selection = Selection.OneStandardError },
        new LogisticOptions { ClassWeight = ClassWeight.Balanced },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void EverySolverAndOptionGivesTheSameBits(LogisticOptions options)
    {
        var (features, labels) = RandomData.Make(3_000, 6, 1);

        ShouldBeTheSame(features, labels, options with { Threads = 2 });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WideRowsGiveTheSameBits(bool standardize)
    {
        var (features, labels) = RandomData.Make(5_000, 70, 2);

        ShouldBeTheSame(features, labels, new LogisticOptions { Standardize = standardize, Threads = 2 });
        ShouldBeTheSame(features, labels, new LogisticOptions { Standardize = standardize, Solver = Solver.Lbfgs, MaxIterations = 10 });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ManyRowsFittedByPartsGiveTheSameBits(bool standardize)
    {
        var (features, labels) = RandomData.Make(200_001, 9, 3);

        ShouldBeTheSame(features, labels, new LogisticOptions { Standardize = standardize, Threads = 2 });
    }

    [Fact]
    public void WeightsClustersAndGroupsGiveTheSameBits()
    {
        var (features, labels) = RandomData.Make(1_500, 4, 4);
        int[] groups = [.. Enumerable.Range(0, 1_500).Select(i => i % 37)];
        double[] weights = [.. Enumerable.Range(0, 1_500).Select(i => i % 5 / 2.0)];

        var clustered = new LogisticOptions { Penalty = Penalty.None, SampleWeight = weights, CovarianceType = CovarianceType.Cluster, Clusters = groups };
        ShouldBeTheSame(features, labels, clustered);
        ShouldBeTheSame(features, labels, new LogisticOptions { Folds = 3, Groups = groups, SampleWeight = weights });
    }

    public static TheoryData<string, LogisticOptions> Prepared
    {
        get
        {
            LogisticOptions[] all =
            [
                new(), new() { Folds = 3 }, new() { Holdout = 0.3, Cs = [0.1, 1] }, new() { Penalty = Penalty.L1 }, new() { Standardize = false },
            ];
            var data = new TheoryData<string, LogisticOptions>();
            foreach (var kind in new[] { "numbers", "median", "mixed", "categories", "sparse" })
            {
                foreach (var options in all)
                    data.Add(kind, options);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Prepared))]
    public void PreparedColumnsGiveTheSameBits(string kind, LogisticOptions options)
    {
        var random = new Random(5);
        const int Rows = 2_500;
        var levels = kind == "sparse" ? 60 : 4;
        var numbers = kind is "categories" ? 0 : 3;
        var categories = kind is "numbers" or "median" ? 0 : 2;
        var matrix = numbers == 0 ? null : new DesignMatrix(Rows, numbers);
        var labels = new double[Rows];
        for (var i = 0; i < Rows; i++)
        {
            labels[i] = random.Next(3) == 0 ? 1 : 0;
            for (var j = 0; j < numbers; j++)
                matrix!.Row(i)[j] = random.Next(10) == 0 ? double.NaN : Math.Round(random.NextDouble() * 8) + labels[i] * j;
        }

        FeatureColumn Category(int c) => new($"c{c}", new CategoryCodes(
            [.. labels.Select(_ => random.Next(levels + 1) - 1)], [.. Enumerable.Range(0, levels).Select(k => $"l{k}")]));
        FeatureColumn[] columns =
            [.. Enumerable.Range(0, categories).Select(Category), .. Enumerable.Range(0, numbers).Select(j => new FeatureColumn($"x{j}", null))];
        ColumnPreparation[] preparation =
            [.. columns.Select(column => new ColumnPreparation { MissingIndicator = true, Imputation = kind == "median" ? Imputation.Median : null })];

        var held = LogisticTrainer.Train(new FeatureTable(Rows, columns, matrix), preparation, labels, options, null, Token);
        var streamed = LogisticTrainer.Train(
            new FeatureTable(Rows, columns, matrix is null ? null : Streamed(matrix)) { IsStreamed = true },
            preparation,
            labels,
            options with { Threads = 2 },
            null,
            Token);

        ShouldBeTheSame(streamed, held);
        Preprocessing.RandomTable.Describe(streamed.Preparation!).ShouldBe(Preprocessing.RandomTable.Describe(held.Preparation!));
    }

    [Fact]
    public void ANumberThatIsNotFiniteIsNamed()
    {
        var features = DesignMatrix.FromRows([1, 2, 3, 4, 5, double.NaN, 7, 8], 4, 2);

        Should.Throw<UntrainableDataException>(() => LogisticTrainer.Train(Streamed(features), [0, 1, 0, 1], new LogisticOptions(), null, Token))
            .Message.ShouldStartWith("Row 2, column 1 is NaN;");
    }

    [Fact]
    public void RowsAreCopiedWithTheRequestedGap()
    {
        var matrix = Streamed(DesignMatrix.FromRows([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 3));
        var target = new double[14];

        matrix.CopyRows(0, 3, target, 5);

        target.ShouldBe([1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 7, 8, 9, 0]);
    }

    [Fact]
    public void ACanceledFitReadsNoMoreThanOnePass()
    {
        var (features, labels) = RandomData.Make(100_000, 5, 6);
        using var cancel = new CancellationTokenSource();
        var readAfter = 0;
        var streamed = new StreamedMatrix(features.Rows, features.Columns, (first, rows) =>
        {
            readAfter += cancel.IsCancellationRequested ? rows.Length / features.Columns : 0;
            Read(features, first, rows);
        });

        Should.Throw<OperationCanceledException>(() =>
            LogisticTrainer.Train(streamed, labels, new LogisticOptions { Threads = 1 }, _ => cancel.Cancel(), cancel.Token));

        readAfter.ShouldBeLessThan(features.Rows);
    }

    private static void ShouldBeTheSame(DesignMatrix features, double[] labels, LogisticOptions options) => ShouldBeTheSame(
        LogisticTrainer.Train(Streamed(features), labels, options, null, Token),
        LogisticTrainer.Train(features, labels, options with { Threads = 1 }, null, Token));

    private static void ShouldBeTheSame(LogisticTraining streamed, LogisticTraining held)
    {
        Numbers(streamed).ShouldBe(Numbers(held));
        streamed.TrainingMetrics.ShouldBe(held.TrainingMetrics);
        streamed.ValidationMetrics.ShouldBe(held.ValidationMetrics);
        streamed.Convergence.Passes.ShouldBe(held.Convergence.Passes);
    }

    private static long[] Numbers(LogisticTraining trained) => Array.ConvertAll<double, long>(
    [
        trained.Model.Intercept, .. trained.Model.Coefficients,
        trained.StandardizedIntercept, .. trained.StandardizedCoefficients, trained.Convergence.Objective,
        trained.Convergence.Iterations, trained.Convergence.GradientNorm,
        .. trained.Path?.Points.SelectMany(point => (double[])[
            .. point.Model.Coefficients, point.Objective, point.Validation?.LogLoss ?? 0, point.Validation?.StandardError ?? 0]) ?? [],
        .. trained.Inference?.Coefficients.SelectMany(of =>
            of is null ? [] : (double[])[of.StandardError, of.ConfidenceLow, of.ConfidenceHigh, of.PValue]) ?? [],
        trained.Inference?.LogLikelihood ?? 0,
    ], BitConverter.DoubleToInt64Bits);

    private static StreamedMatrix Streamed(DesignMatrix matrix) => new(matrix.Rows, matrix.Columns, (first, rows) => Read(matrix, first, rows));

    private static void Read(DesignMatrix matrix, int first, Span<double> rows)
    {
        for (var i = 0; i < rows.Length / matrix.Columns; i++)
            matrix.Row(first + i).CopyTo(rows[(i * matrix.Columns)..]);
    }
}
