using CsCheck;
using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests.Calibration;

public class CalibrationMapTests
{
    private const double Tight = 1e-9;

    /// <summary>Rows of both classes with tied log-odds and whole weights, which overlap and rise with the label on average.</summary>
    private static readonly Gen<Case> Cases = Gen.Select(Gen.Int[8, 60], Gen.Int).Select((n, seed) =>
    {
        var random = new Random(seed);
        double[] labels = [.. Enumerable.Range(0, n).Select(i => (double)(i % 2))];
        double[] logOdds = [.. labels.Select(label => Math.Round(4 * random.NextDouble() - 2 + 0.8 * label, 1))];
        double[] weights = [.. labels.Select(_ => (double)random.Next(1, 4))];
        // One row of each class far on the wrong side of 0, so that every method has an optimum, and others so far on the right side that it rises.
        (logOdds[0], logOdds[1], logOdds[2], logOdds[3]) = (2.9, -2.9, -30, 30);
        (logOdds[4], logOdds[5]) = (-30, 30);
        return new Case(labels, logOdds, weights);
    });

    public static TheoryData<CalibrationMethod> Methods => [.. Enum.GetValues<CalibrationMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void WeightTwoCountsARowTwice(CalibrationMethod method) => Cases.Sample(data =>
    {
        int[] repeated = [.. data.Weights.Index().SelectMany(row => Enumerable.Repeat(row.Index, (int)row.Item))];

        var weighted = CalibrationMap.Fit(method, data.Labels, data.LogOdds, data.Weights);
        var twice = CalibrationMap.Fit(method, [.. repeated.Select(i => data.Labels[i])], [.. repeated.Select(i => data.LogOdds[i])]);

        ShouldBeNear(weighted.Parameters, twice.Parameters);
        ShouldBeNear(weighted.Knots, twice.Knots);
        ShouldBeNear(weighted.Values, twice.Values);
    }, iter: 100);

    [Theory]
    [MemberData(nameof(Methods))]
    public void ARowOfWeightZeroIsNotThere(CalibrationMethod method) => Cases.Sample(data =>
    {
        var without = CalibrationMap.Fit(method, data.Labels, data.LogOdds, data.Weights);
        var with = CalibrationMap.Fit(method, [1, .. data.Labels, 0], [-20, .. data.LogOdds, 20], [0, .. data.Weights, 0]);

        ShouldBeNear(with.Parameters, without.Parameters);
        ShouldBeNear(with.Knots, without.Knots);
        ShouldBeNear(with.Values, without.Values);
    }, iter: 100);

    [Theory]
    [InlineData(CalibrationMethod.Isotonic)]
    [InlineData(CalibrationMethod.Beta)]
    [InlineData(CalibrationMethod.Temperature)]
    public void MapsDoNotFall(CalibrationMethod method) => Cases.Sample(data =>
    {
        var map = CalibrationMap.Fit(method, data.Labels, data.LogOdds, data.Weights);
        double[] grid = [double.MinValue, -1e300, -800, .. Enumerable.Range(-400, 801).Select(i => i / 40.0), 800, 1e300, double.MaxValue];
        var (probabilities, logOdds) = (new double[grid.Length], new double[grid.Length]);
        map.Apply(grid, probabilities);
        map.ApplyLogOdds(grid, logOdds);

        for (var i = 0; i < grid.Length; i++)
        {
            probabilities[i].ShouldBeInRange(0, 1);
            if (i > 0)
                probabilities[i].ShouldBeGreaterThanOrEqualTo(probabilities[i - 1]);
            (1 / (1 + Math.Exp(-logOdds[i]))).ShouldBe(probabilities[i], 1e-14);
        }
    }, iter: 100);

    /// <summary>
    /// The conditions of the least-squares monotone fit (Barlow et al., 1972): residuals sum to 0 over each block, and those of the first rows of a block, up
    /// to any of its rows, do not sum to less than 0, or a lower start would be better.
    /// </summary>
    [Fact]
    public void IsotonicIsTheLeastSquaresMonotoneFit() => Cases.Sample(data =>
    {
        var fitted = new double[data.Labels.Length];
        CalibrationMap.Fit(CalibrationMethod.Isotonic, data.Labels, data.LogOdds, data.Weights).Apply(data.LogOdds, fitted);
        var steps = data.LogOdds.Index().GroupBy(row => row.Item).OrderBy(ties => ties.Key)
            .Select(ties => (
                Fitted: fitted[ties.First().Index],
                Residual: ties.Sum(row => data.Weights[row.Index] * (data.Labels[row.Index] - fitted[row.Index]))))
            .ToArray();

        foreach (var block in steps.GroupBy(step => Math.Round(step.Fitted, 9)))
        {
            var sum = 0.0;
            foreach (var step in block)
                (sum += step.Residual).ShouldBeGreaterThanOrEqualTo(-Tight);
            sum.ShouldBe(0, Tight);
        }
    }, iter: 200);

    /// <summary>The gradient of the summed loss, per parameter, by the smoothed targets or the labels.</summary>
    [Theory]
    [InlineData(CalibrationMethod.Sigmoid)]
    [InlineData(CalibrationMethod.Temperature)]
    public void GradientIsZeroAtTheOptimum(CalibrationMethod method) => Cases.Sample(data =>
    {
        var map = CalibrationMap.Fit(method, data.Labels, data.LogOdds, data.Weights);
        var probabilities = new double[data.Labels.Length];
        map.Apply(data.LogOdds, probabilities);
        var ones = data.Labels.Zip(data.Weights, (label, weight) => label * weight).Sum();
        var zeros = data.Weights.Sum() - ones;
        var (slope, constant) = (0.0, 0.0);
        for (var i = 0; i < probabilities.Length; i++)
        {
            var target = method == CalibrationMethod.Temperature ? data.Labels[i] : data.Labels[i] == 1 ? (ones + 1) / (ones + 2) : 1 / (zeros + 2);
            var residual = data.Weights[i] * (probabilities[i] - target);
            (slope, constant) = (slope + residual * data.LogOdds[i], constant + residual);
        }

        slope.ShouldBe(0, Tight);
        if (method == CalibrationMethod.Sigmoid)
            constant.ShouldBe(0, Tight);
    }, iter: 100);

    [Theory]
    [InlineData(CalibrationMethod.Sigmoid, new[] { 2.0, 2, 2, 2 }, "constant_scores")]
    [InlineData(CalibrationMethod.Beta, new[] { 2.0, 2, 2, 2 }, "constant_scores")]
    [InlineData(CalibrationMethod.Beta, new[] { -2.0, -1, 1, 2 }, "separated_scores")]
    [InlineData(CalibrationMethod.Temperature, new[] { -2.0, -1, 1, 2 }, "no_temperature")]
    [InlineData(CalibrationMethod.Temperature, new[] { 2.0, 1, -1, -2 }, "no_temperature")]
    [InlineData(CalibrationMethod.Temperature, new[] { 0.0, 0, 0, 0 }, "no_temperature")]
    [InlineData(CalibrationMethod.Sigmoid, new[] { -2.0, 1e31, 1, 2 }, "numeric_range_exceeded")]
    [InlineData(CalibrationMethod.Isotonic, new[] { -2.0, double.NaN, 1, 2 }, "numeric_range_exceeded")]
    public void ScoresWithoutAnOptimumAreRefused(CalibrationMethod method, double[] logOdds, string code) =>
        Should.Throw<UntrainableDataException>(() => CalibrationMap.Fit(method, [0, 0, 1, 1], logOdds)).Code.ShouldBe(code);

    [Theory]
    [MemberData(nameof(Methods))]
    public void OneClassIsRefused(CalibrationMethod method) =>
        Should.Throw<UntrainableDataException>(() => CalibrationMap.Fit(method, [1, 1, 1], [1, 2, 3])).Code.ShouldBe("single_class");

    [Fact]
    public void SeparatedScoresHaveAFiniteSigmoid()
    {
        var map = CalibrationMap.Fit(CalibrationMethod.Sigmoid, [0, 0, 1, 1], [-2, -1, 1, 2], cancellationToken: Token);

        map.Parameters.ShouldAllBe(parameter => double.IsFinite(parameter));
        map.Parameters[0].ShouldBeLessThan(0);
        map.Parameters[1].ShouldBe(0, 1e-12);
    }

    [Fact]
    public void ConstantScoresHaveTheIsotonicShare()
    {
        var probabilities = new double[2];
        CalibrationMap.Fit(CalibrationMethod.Isotonic, [0, 0, 0, 1], [3, 3, 3, 3], cancellationToken: Token).Apply([-100, 100], probabilities);

        probabilities.ShouldBe([0.25, 0.25]);
    }

    /// <summary>Log-odds of any size up to the limit: the sigmoid's optimum is where its gradient is 0, relative to the size of its terms.</summary>
    [Theory]
    [InlineData(1e3)]
    [InlineData(1e9)]
    [InlineData(1e29)]
    public void HugeScoresHaveAnOptimum(double huge)
    {
        double[] labels = [0, 1, 0, 1, 0, 1, 0, 1];
        double[] logOdds = [-huge, huge, -1, 1, 0.5, -0.5, -huge / 2, huge / 2];
        var map = CalibrationMap.Fit(CalibrationMethod.Sigmoid, labels, logOdds, cancellationToken: Token);
        var probabilities = new double[8];
        map.Apply(logOdds, probabilities);

        var constant = labels.Select((label, i) => probabilities[i] - (label == 1 ? 5.0 / 6 : 1.0 / 6)).Sum();
        var slope = labels.Select((label, i) => (probabilities[i] - (label == 1 ? 5.0 / 6 : 1.0 / 6)) * (logOdds[i] / huge)).Sum();
        constant.ShouldBe(0, Tight);
        slope.ShouldBe(0, Tight);
    }

    private static void ShouldBeNear(IReadOnlyList<double> values, IReadOnlyList<double> expected)
    {
        values.Count.ShouldBe(expected.Count);
        for (var i = 0; i < values.Count; i++)
            values[i].ShouldBe(expected[i], Tight * Math.Max(1, Math.Abs(expected[i])));
    }

    private sealed record Case(double[] Labels, double[] LogOdds, double[] Weights);

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
