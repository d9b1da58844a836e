using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tests.Tables;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.Tests.TrainingJobs.Fitting;

/// <summary>Training on a data set whose rows are read from disk in each pass.</summary>
[Trait("Speed", "Slow")]
public sealed class StreamedRowsTests : IDisposable
{
    private static readonly string[] Kinds = ["red", "green", "blue"];

    private readonly TemporaryStore _store = new();

    public static TheoryData<string, TrainingRequest> Requests
    {
        get
        {
            string[] numbers = ["a", "whole"], all = ["kind", "a", "city", "b", "whole", "day"];
            return new()
            {
                { "numbers", new() { Features = numbers } },
                { "numbers from given weights", new() { Features = numbers, InitialWeights = [0.1, -0.2] } },
                { "missing numbers", new() { Features = ["b", "a"], Preparation = new(new(Imputation: Imputation.Median, MissingIndicator: true)) } },
                { "everything", new() { Features = all, Preparation = new(Categories: new(MaxLevels: 2)) } },
                { "a sparse design", new() { Features = ["city", "a"] } },
                { "categories and a number", new() { Features = ["kind", "a"], Penalty = Penalty.None } },
                { "weights and groups", new() { Features = all, SampleWeight = "w", Validation = new(Folds: 3, GroupBy: "group") } },
                { "time", new() { Features = ["kind", "b"], Validation = new(Holdout: 0.2, TimeBy: "time") } },
                {
                    "clusters",
                    new() { Features = numbers, Penalty = Penalty.None, CovarianceType = CovarianceType.Cluster, ClusterBy = "group", SampleWeight = "w" }
                },
            };
        }
    }

    [Fact]
    public async Task StreamedFitsHaveTheSameBitsAsFitsInMemory()
    {
        var dataset = await Import(130_000); // more than one row group
        foreach (var (what, request) in Requests.Select(row => row.Data))
        {
            var resolved = request with { Target = "y", MaxIterations = 30 };

            using var held = TrainingRows.Read(_store.Engine, dataset, resolved, streamed: false, TestContext.Current.CancellationToken);
            using var streamed = TrainingRows.Read(_store.Engine, dataset, resolved, streamed: true, TestContext.Current.CancellationToken);

            streamed.Features.Numbers.ShouldBeOfType<StreamedMatrix>();
            var (expected, actual) = (Fit(resolved, held), Fit(resolved, streamed));
            Bits(actual).ShouldBe(Bits(expected), what);
            actual.TrainingMetrics.ShouldBe(expected.TrainingMetrics, what);
            actual.ValidationMetrics.ShouldBe(expected.ValidationMetrics, what);
        }
    }

    [Fact]
    public async Task FitThatFailsWhileReadingLeavesNoFile()
    {
        var dataset = await Import(1_000);
        var before = _store.Entries;
        var columns = new Dictionary<string, ColumnPreparationRequest?> { ["kind"] = new(Reference: "violet") };
        var request = new TrainingRequest { Features = ["a", "kind"], Target = "y", Preparation = new(Columns: columns) };
        TrainingRows Read(CancellationToken cancellationToken) => TrainingRows.Read(_store.Engine, dataset, request, streamed: true, cancellationToken);

        Should.Throw<UntrainableDataException>(() => Read(TestContext.Current.CancellationToken)).Code.ShouldBe("unknown_reference");
        Should.Throw<OperationCanceledException>(() => Read(new CancellationToken(canceled: true)));

        _store.Entries.ShouldBe(before);
    }

    [Fact]
    public async Task RowFileLeavesNoEntryInTheStorageDirectory()
    {
        var dataset = await Import(1_000);
        var before = _store.Entries;

        var request = new TrainingRequest { Features = ["a"], Target = "y" };

        using var rows = TrainingRows.Read(_store.Engine, dataset, request, streamed: true, TestContext.Current.CancellationToken);

        _store.Entries.ShouldBe(before);
    }

    [Fact]
    public async Task EstimateCountsTheMatrixOnlyInMemory()
    {
        var dataset = await Import(1_000);

        var ofNumbers = MemoryEstimate.Of(dataset, new() { Features = ["a", "whole"], Target = "y" });
        var ofAll = MemoryEstimate.Of(dataset, new() { Features = ["a", "whole", "kind"], Target = "y" });

        (ofNumbers.InMemory - ofNumbers.Streamed).ShouldBe(1_000 * 2 * sizeof(double));
        // Two numbers as read, and a design matrix of these and of the levels of kind.
        (ofAll.InMemory - ofAll.Streamed).ShouldBe(1_000 * (2 + 6) * sizeof(double));
    }

    /// <summary>500 rows of 60,000 columns: six matrices of 60,000² numbers would not fit into any machine, and an l1 fit needs none.</summary>
    [Fact]
    public async Task EstimateOfAWideL1FitIsAboutTwiceItsRows()
    {
        const int Rows = 500;
        var imported = await Import(Rows);
        var number = imported.Columns.Single(column => column.Name == "a");
        ColumnProfile[] columns = [.. Enumerable.Range(0, 60_000).Select(i => number with { Name = $"x{i}" })];
        var dataset = imported.With(columns);
        var request = new TrainingRequest { Features = [.. columns.Select(column => column.Name)], Target = "y" };

        var l1 = MemoryEstimate.Of(dataset, request with { Penalty = Penalty.L1, Cs = new PathGrid { Count = 50 } });
        var l2 = MemoryEstimate.Of(dataset, request);

        l1.InMemory.ShouldBeInRange(2L * Rows * 60_000 * sizeof(double), 3L * Rows * 60_000 * sizeof(double));
        l2.InMemory.ShouldBeGreaterThan(60_000L * 60_000 * sizeof(double));
    }

    [Fact]
    public async Task EstimateCountsTheRoundedRowsOfWideDenseFits()
    {
        var imported = await Import(5_000);
        var whole = imported.Columns.Single(column => column.Name == "whole");
        string[] names = [.. Enumerable.Range(0, 300).Select(j => $"x{j}")];
        var dataset = imported.With([.. imported.Columns, .. names.Select(name => whole with { Name = name })]);
        var request = new TrainingRequest { Features = names, Target = "y" };

        InMatrices(request).ShouldBe(sizeof(double) + sizeof(short));
        InMatrices(request with { Features = names[..200] }).ShouldBe(sizeof(double));
        InMatrices(request with { Penalty = Penalty.L1 }).ShouldBe(sizeof(double));
        InMatrices(request with { Validation = new() { Folds = 3 } }).ShouldBe(sizeof(double) + 2 * sizeof(short));

        double InMatrices(TrainingRequest of)
        {
            var estimate = MemoryEstimate.Of(dataset, of);
            return (estimate.InMemory - estimate.Streamed) / (5_000.0 * of.Features!.Count);
        }
    }

    /// <summary>
    /// 1,000 rows of 9 columns. With 1,000 classes there are 10,000 parameters, whose squares would take 5 GB; with 40 there are 400.
    /// </summary>
    [Theory]
    [InlineData(1_000, MultiClass.Multinomial, Penalty.L2, Solver.Auto, false, 2, 0)]
    [InlineData(1_000, MultiClass.Multinomial, Penalty.L2, Solver.Auto, true, 7, 0)]
    [InlineData(1_000, MultiClass.Multinomial, Penalty.L1, Solver.Auto, false, 2, 0)]
    [InlineData(1_000, MultiClass.OneVsRest, Penalty.None, Solver.Auto, false, 2, 0)]
    [InlineData(1_000, MultiClass.Multinomial, Penalty.None, Solver.Lbfgs, false, 10, 0)]
    [InlineData(40, MultiClass.Multinomial, Penalty.L1, Solver.Auto, false, 2, 400)]
    [InlineData(40, MultiClass.Multinomial, Penalty.None, Solver.Auto, false, 10, 390)]
    [InlineData(40, MultiClass.Multinomial, Penalty.L2, Solver.Newton, false, 2, 400)]
    public async Task EstimateOfMoreClassesCountsTheirMarginsAndSquares(
        int classes, MultiClass multiClass, Penalty penalty, Solver solver, bool hasFolds, int numbers, int order)
    {
        var imported = await Import(1_000);
        var number = imported.Columns.Single(column => column.Name == "a");
        string[] names = [.. Enumerable.Range(0, 9).Select(i => $"x{i}")];
        var dataset = imported.With([.. names.Select(name => number with { Name = name }), number with { Name = "y", Distinct = classes }]);
        var request = new TrainingRequest
        {
            Features = names,
            Target = "y",
            Penalty = penalty,
            Solver = solver,
            MultiClass = multiClass,
            Validation = hasFolds ? new(Folds: 3) : null,
        };

        var estimate = MemoryEstimate.Of(dataset, request);

        // A search for a separation has a limit of its own.
        var ofPairs = 10 * Math.Min(1_000.0 * (classes - 1), (1 << 28) / (10.0 * (classes - 1)));
        var margins = Math.Max(2_000.0 * classes, numbers == 10 ? ofPairs : numbers * 1_000.0 * classes);
        var least = sizeof(double) * (margins + 6.0 * order * order);
        ((double)estimate.Streamed).ShouldBeInRange(0.99 * least, least + sizeof(double) * 80.0 * 10 * classes + 200_000);
    }

    [Fact]
    public async Task FitOfClassesThatTheMachineHasNoMemoryForIsRefused()
    {
        var imported = await Import(1_000);
        var dataset = imported.With([.. imported.Columns.Select(column => column.Name == "y" ? column with { Distinct = 1_000 } : column)]);
        var request = new TrainingRequest { Features = ["a"], Target = "y" };

        var estimate = MemoryEstimate.Of(dataset, request);

        Should.Throw<UntrainableDataException>(() => estimate.RequireRoom(estimate.Streamed - 1)).Code.ShouldBe("too_many_classes");
        estimate.RequireRoom(estimate.Streamed);
        var inline = new InlineRows { JobId = default, Rows = 3, Columns = 2, Values = new byte[3 * 3 * sizeof(double)] };
        MemoryEstimate.Of(inline, request).InMemory.ShouldBe(2 * inline.Values.Length);
        MemoryMarshal.Cast<byte, double>(inline.Values.AsSpan())[^1] = 1;
        MemoryMarshal.Cast<byte, double>(inline.Values.AsSpan())[^2] = 2;
        var ofInline = MemoryEstimate.Of(inline, request);
        Should.Throw<UntrainableDataException>(() => ofInline.RequireRoom(ofInline.InMemory - 1)).Code.ShouldBe("too_many_classes");
        // Rows of two classes are read from disk.
        MemoryEstimate.Of(imported, request).RequireRoom(1);
    }

    public void Dispose() => _store.Dispose();

    private static LogisticTraining Fit(TrainingRequest request, TrainingRows rows) =>
        RequestTrainer.Train(request, rows, new() { Threads = 2 }, TimeProvider.System, new FitControl(), TestContext.Current.CancellationToken).OfTwo!;

    private static long[] Bits(LogisticTraining trained) => Array.ConvertAll<double, long>(
        [trained.Model.Intercept, .. trained.Model.Coefficients, .. trained.StandardizedCoefficients, trained.Convergence.Objective,
            .. trained.Inference?.Coefficients.SelectMany(of => of is null ? [] : (double[])[of.StandardError, of.PValue]) ?? []],
        BitConverter.DoubleToInt64Bits);

    private async Task<Dataset> Import(int rows)
    {
        var random = new Random(7);
        var csv = new StringBuilder("kind,a,city,b,whole,day,group,time,w,y\n");
        for (var i = 0; i < rows; i++)
        {
            var margin = random.NextDouble() * 2 - 1;
            string[] cells =
            [
                random.Next(9) == 0 ? "" : Kinds[random.Next(3)],
                Text(margin),
                $"c{random.Next(40)}",
                random.Next(5) == 0 ? "" : Text(random.NextDouble() + margin),
                random.Next(6).ToString(CultureInfo.InvariantCulture),
                $"2024-01-{random.Next(1, 28):d2}",
                random.Next(7) == 0 ? "" : $"g{random.Next(30)}",
                random.Next(11) == 0 ? "" : Text(random.NextDouble() * 50),
                random.Next(13) == 0 ? "" : Text(random.Next(4) / 2.0),
                random.Next(17) == 0 ? "" : random.NextDouble() < 1 / (1 + Math.Exp(-3 * margin)) ? "yes" : "no",
            ];
            csv.AppendJoin(',', cells).Append('\n');
        }

        var (id, imported) = await _store.Import(csv.ToString());
        return new()
        {
            Id = id,
            Name = "streamed",
            Version = 1,
            Rows = imported.Rows,
            Columns = imported.Columns,
            Bytes = 0,
            Sha256 = "",
            CreatedAt = default,
        };
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
