using System.Globalization;
using System.Text;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Datasets;
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

    public void Dispose() => _store.Dispose();

    private static LogisticTraining Fit(TrainingRequest request, TrainingRows rows) =>
        RequestTrainer.Train(request, rows, new() { Threads = 2 }, TimeProvider.System, new FitControl(), TestContext.Current.CancellationToken).Training;

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
