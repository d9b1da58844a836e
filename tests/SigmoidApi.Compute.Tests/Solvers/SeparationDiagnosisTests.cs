using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

public class SeparationDiagnosisTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void CompleteSeparationNamesTheSeparatingColumn(bool intercept, bool standardize)
    {
        // The first column has the sign of the label; the second is unrelated to it.
        double[][] rows = [[-4, 0.3], [-3, -0.5], [-1, 0.1], [-2, 0.4], [1, -0.3], [2, 0.5], [3, -0.2], [4, -0.3]];

        var separation = Find(rows, [0, 0, 0, 0, 1, 1, 1, 1], intercept, standardize)!;

        separation.Complete.ShouldBeTrue();
        separation.SeparatingColumns.ShouldBe([0]);
        separation.InfiniteColumns.ShouldBe([0, 1]);
        separation.InfiniteIntercept.ShouldBe(intercept);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EndometrialIsSeparatedQuasiCompletelyByNVAlone(bool standardize)
    {
        var (features, labels) = ReferenceData.Csv("endometrial.csv");

        var separation = Find(features, labels, null, intercept: true, standardize)!;

        separation.Complete.ShouldBeFalse();
        separation.SeparatingColumns.ShouldBe([0]);
        separation.InfiniteColumns.ShouldBe([0]);
        separation.InfiniteIntercept.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1e-150, true)]
    [InlineData(1e-150, false)]
    [InlineData(1e150, true)]
    [InlineData(1e150, false)]
    public void UnitsDoNotMatter(double unit, bool standardize)
    {
        var (features, labels) = ReferenceData.Csv("endometrial.csv");
        for (var i = 0; i < labels.Length; i++)
        {
            features.Row(i)[0] *= unit;
            features.Row(i)[1] /= unit;
        }

        Find(features, labels, null, intercept: true, standardize)!.InfiniteColumns.ShouldBe([0]);
    }

    [Theory]
    [InlineData("spector.csv", true)]
    [InlineData("spector.csv", false)]
    [InlineData("article-training.csv", true)]
    public void OverlappingDataAreNotSeparated(string name, bool standardize)
    {
        var (features, labels) = ReferenceData.Csv(name);

        Find(features, labels, null, intercept: true, standardize).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AllSeparatingColumnsAreNamed(bool standardize)
    {
        // Columns 0 and 2 are 1 only in rows with label 1, column 3 only in rows with label 0; the other rows overlap in column 1.
        double[][] rows =
        [
            [1, 0.3, 0, 0], [1, -1, 0, 0], [0, 2, 1, 0], [0, 0.1, 1, 0], [0, 3, 0, 1], [0, 1, 0, 1],
            [0, 1, 0, 0], [0, 2, 0, 0], [0, 3, 0, 0], [0, 4, 0, 0], [0, 5, 0, 0], [0, 6, 0, 0],
        ];

        var separation = Find(rows, [1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1], intercept: true, standardize)!;

        separation.Complete.ShouldBeFalse();
        separation.SeparatingColumns.ShouldBe([0, 2, 3]);
        separation.InfiniteColumns.ShouldBe([0, 2, 3]);
        separation.InfiniteIntercept.ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ASeparatingCombinationOfTwoColumnsNamesBoth(bool standardize)
    {
        // Columns 0 and 1 add up to 3 for the last two rows, to 0 for the others, which overlap; column 2 is noise.
        double[][] rows = [[1, -1, 0.2], [2, -2, -0.4], [3, -3, 0.1], [4, -4, 0.9], [5, -5, 0.3], [1.5, -1.5, -1], [1, 2, 0.5], [4, -1, -0.6]];

        var separation = Find(rows, [0, 1, 0, 1, 0, 0, 1, 1], intercept: true, standardize)!;

        separation.Complete.ShouldBeFalse();
        separation.SeparatingColumns.ShouldBe([0, 1]);
        separation.InfiniteColumns.ShouldBe([0, 1]);
        separation.InfiniteIntercept.ShouldBeFalse();
    }

    [Fact]
    public void RowsOfWeight0AreIgnored()
    {
        double[][] rows = [[1], [2], [3], [4], [0]];
        double[] labels = [0, 0, 1, 1, 1];

        Find(rows, labels, intercept: true, standardize: true).ShouldBeNull();
        Find(DesignMatrix.FromRows([.. rows.SelectMany(row => row)], 5, 1), labels, [1, 3, 0.5, 1, 0], intercept: true, standardize: true)!
            .Complete.ShouldBeTrue();
    }

    [Fact]
    public void AConstantColumnIsNotNamed()
    {
        double[][] rows = [[7, 1], [7, 2], [7, 3], [7, 4]];

        Find(rows, [0, 0, 1, 1], intercept: true, standardize: true)!.InfiniteColumns.ShouldBe([1]);
        Find(rows, [0, 0, 1, 1], intercept: true, standardize: false)!.InfiniteColumns.ShouldBe([1]);
    }

    [Fact]
    public void ResultsAgreeWithAnEnumerationOfTheExtremeDirections()
    {
        var cases =
            from rows in Gen.Int[4, 14]
            from standardize in Gen.Bool
            from seed in Gen.Int
            select (rows, standardize, seed);
        var (complete, quasi, none) = (0, 0, 0);
        cases.Sample(data =>
        {
            var random = new Random(data.seed);
            var features = Enumerable.Range(0, data.rows).Select(_ => new double[] { random.Next(-2, 3), random.Next(-2, 3) }).ToArray();
            var labels = features.Select((x, i) => i < 2 ? i : x[0] + random.Next(-1, 3) > 0 ? 1.0 : 0).ToArray();
            if (Enumerate(features, labels) is not { } expected)
                return;

            var separation = Find(features, labels, intercept: true, data.standardize);

            (separation is not null).ShouldBe(expected.Any);
            if (separation is null)
            {
                Interlocked.Increment(ref none);
                return;
            }
            _ = separation.Complete ? Interlocked.Increment(ref complete) : Interlocked.Increment(ref quasi);
            separation.Complete.ShouldBe(expected.Complete);
            separation.InfiniteColumns.ShouldBe(Enumerable.Range(0, 2).Where(j => expected.Infinite[j + 1]));
            separation.InfiniteIntercept.ShouldBe(expected.Infinite[0]);
            separation.SeparatingColumns.ShouldBeSubsetOf(separation.InfiniteColumns);
        }, iter: 500);
        // Each outcome occurred often enough to be tested.
        new[] { complete, quasi, none }.ShouldAllBe(count => count > 20);
    }

    [Fact]
    public void LabelsFromAHyperplaneAreSeparatedEvenByAThinGap() => Shapes.Sample(shape =>
    {
        var (features, labels) = FromAHyperplane(shape.Rows, shape.Columns, shape.Seed);

        var separation = Find(features, labels, intercept: true, shape.Standardize)!;

        separation.Complete.ShouldBeTrue();
        separation.InfiniteColumns.Count.ShouldBe(shape.Columns);
    }, iter: 60);

    [Fact]
    public void PointsWithBothLabelsLeaveOnlyDirectionsThatAreZeroThere() => Shapes.Sample(shape =>
    {
        // Each row occurs twice, once with each label, and its last column is 0. Five more rows with label 1 have a 1 there.
        var (features, labels) = FromAHyperplane(shape.Rows, shape.Columns, shape.Seed);
        double[][] both = [.. features.Concat(features).Select(row => (double[])[.. row, 0])];
        double[] bothLabels = [.. labels, .. labels.Select(label => 1 - label)];

        Find(both, bothLabels, intercept: true, shape.Standardize).ShouldBeNull();
        double[][] more = [.. both, .. features.Take(5).Select(row => (double[])[.. row, 1])];
        var separation = Find(more, [.. bothLabels, 1, 1, 1, 1, 1], intercept: true, shape.Standardize)!;

        separation.Complete.ShouldBeFalse();
        separation.SeparatingColumns.ShouldBe([shape.Columns]);
        separation.InfiniteColumns.ShouldBe([shape.Columns]);
        separation.InfiniteIntercept.ShouldBeFalse();
    }, iter: 60);

    [Fact]
    public void CancelingStopsTheSearch()
    {
        var rows = DesignRows.Of(DesignMatrix.FromRows([1, 2], 2, 1), null, fitIntercept: true, new ThreadCrew());
        var likelihood = new LogLikelihood(rows, new RowLabels([0, 1], null));

        Should.Throw<OperationCanceledException>(() => SeparationDiagnosis.Find(likelihood, [0, 0], null, new CancellationToken(canceled: true)));
    }

    /// <summary>
    /// Finds separation by exact arithmetic on small integers. The separating directions, δ with sᵢ(1, x, y)ᵢ·δ ≥ 0, are the sums of extreme
    /// directions. Each extreme direction is 0 on two independent rows. Null if the columns are collinear.
    /// </summary>
    private static (bool Any, bool Complete, bool[] Infinite)? Enumerate(double[][] features, double[] labels)
    {
        var rows = features.Select((x, i) => new[] { 1, (int)x[0], (int)x[1] }.Select(value => labels[i] == 0 ? -value : value).ToArray()).ToArray();
        if (!rows.Any(a => rows.Any(b => rows.Any(c => Dot(Cross(a, b), c) != 0))))
            return null;
        var extreme = rows.SelectMany(a => rows.Select(b => Cross(a, b)))
            .Where(ray => rows.All(row => Dot(row, ray) >= 0) && rows.Any(row => Dot(row, ray) > 0))
            .ToList();
        return (extreme.Count > 0, rows.All(row => extreme.Any(ray => Dot(row, ray) > 0)),
            [.. Enumerable.Range(0, 3).Select(j => extreme.Any(ray => ray[j] != 0))]);
    }

    private static readonly Gen<(int Rows, int Columns, bool Standardize, int Seed)> Shapes =
        Gen.Select(Gen.Int[20, 200], Gen.Int[1, 8], Gen.Bool, Gen.Int);

    private static (double[][] Features, double[] Labels) FromAHyperplane(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        double[] Draw() => [.. Enumerable.Range(0, columns).Select(_ => 2 * random.NextDouble() - 1)];
        var (features, normal) = (Enumerable.Range(0, rows).Select(_ => Draw()).ToArray(), Draw());
        return (features, [.. features.Select(row => row.Zip(normal, (x, b) => x * b).Sum() > 0.1 * normal[0] ? 1.0 : 0)]);
    }

    private static int[] Cross(int[] a, int[] b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

    private static int Dot(int[] a, int[] b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

    private static Separation? Find(double[][] rows, double[] labels, bool intercept, bool standardize) =>
        Find(DesignMatrix.FromRows([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length), labels, null, intercept, standardize);

    private static Separation? Find(DesignMatrix features, double[] labels, double[]? weights, bool intercept, bool standardize)
    {
        var scaling = standardize ? StandardScaling.Fit(features, weights, null, Token) : null;
        if (!intercept)
            scaling = scaling?.AboutZero();
        var rows = DesignRows.Of(features, scaling, intercept, new ThreadCrew());
        return SeparationDiagnosis.Find(new LogLikelihood(rows, new RowLabels(labels, weights)), new double[rows.Dimension], scaling, Token);
    }
}
