using CsCheck;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Losses;

public class SoftmaxLossTests
{
    /// <param name="Margins">Output by output.</param>
    private sealed record Case(int Rows, int Classes, int? Base, double[] Margins, double[] Labels, double[] Weights)
    {
        public int Outputs => Base is null ? Classes : Classes - 1;

        /// <summary>The margins of a row's classes.</summary>
        public double[] Row(int i)
        {
            var outputs = Enumerable.Range(0, Outputs).Select(o => Margins[o * Rows + i]).ToList();
            if (Base is { } place)
                outputs.Insert(place, 0);
            return [.. outputs];
        }

        public RowLosses Evaluate(Width width = Width.Widest)
        {
            var rows = new RowLosses(64, Outputs);
            for (var o = 0; o < Outputs; o++)
                Margins.AsSpan(o * Rows, Rows).CopyTo(rows.MarginsOf(o));
            SoftmaxLoss.Evaluate(rows, Rows, Labels, Weights, Base, width);
            return rows;
        }
    }

    private static readonly Gen<double> Sizes = Gen.OneOf(Gen.Const(1.0), Gen.Const(20.0), Gen.Const(300.0));

    private static readonly Gen<Case> Cases = Gen.Select(Gen.Int[1, 40], Gen.Int[3, 12], Gen.Int, Sizes).Select((n, k, seed, size) =>
    {
        var random = new Random(seed);
        int? baseClass = random.Next(2) == 0 ? null : random.Next(k);
        var outputs = baseClass is null ? k : k - 1;
        return new Case(n, k, baseClass, [.. Enumerable.Range(0, outputs * n).Select(_ => size * (2 * random.NextDouble() - 1))],
            [.. Enumerable.Range(0, n).Select(_ => (double)random.Next(k))],
            random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, n).Select(_ => (double)random.Next(4) / 2)]);
    });

    [Fact]
    public void LossResidualsAndCurvaturesAreThoseOfTheSoftmax() => Cases.Sample(data =>
    {
        var rows = data.Evaluate();
        var loss = rows.Loss.Take();

        var expected = 0.0;
        var (p, slopes, sum) = (new double[data.Classes], new double[data.Classes], new double[1]);
        for (var i = 0; i < data.Rows; i++)
        {
            var margins = data.Row(i);
            var weight = data.Weights.Length == 0 ? 1 : data.Weights[i];
            var label = (int)data.Labels[i];
            Softmax.Values(margins, data.Classes, p);
            Softmax.Slopes(margins, data.Classes, slopes);
            Softmax.LogSumExp(margins, data.Classes, sum);
            expected += weight * (sum[0] - margins[label]);
            for (var o = 0; o < data.Outputs; o++)
            {
                var k = data.Base is { } place && o >= place ? o + 1 : o;
                var others = Enumerable.Range(0, data.Classes).Where(c => c != k).Sum(c => p[c]);
                var residual = k == label ? -others : p[k];
                rows.ResidualsOf(o, data.Rows)[i].ShouldBe(weight * residual, 1e-12 * weight * Math.Abs(residual) + (1 + weight) * 4 * double.Epsilon);
                rows.CurvaturesOf(o, o, data.Rows)[i].ShouldBe(weight * slopes[k], 1e-12 * weight * slopes[k] + (1 + weight) * 4 * double.Epsilon);
            }
            if (data.Outputs > 1)
            {
                var (first, second) = (data.Base == 0 ? 1 : 0, data.Base is 0 or 1 ? 2 : 1);
                // Products below the normal range are rounded to whole multiples of the smallest number.
                rows.CurvaturesOf(0, 1, data.Rows)[i]
                    .ShouldBe(-weight * p[first] * p[second], 1e-12 * weight * p[first] * p[second] + (1 + weight) * 4 * double.Epsilon);
            }
        }
        loss.ShouldBe(expected, 1e-12 * (1 + expected));
    }, iter: 200);

    [Fact]
    public void EachWidthGivesTheSameBits() => Cases.Sample(data =>
    {
        var scalar = data.Evaluate(Width.Scalar);
        foreach (var width in new[] { Width.Vector128, Width.Vector256, Width.Vector512 })
        {
            var rows = data.Evaluate(width);
            for (var o = 0; o < data.Outputs; o++)
            {
                rows.ResidualsOf(o, data.Rows).ToArray().ShouldBe(scalar.ResidualsOf(o, data.Rows).ToArray());
                rows.CurvaturesOf(o, o, data.Rows)[..data.Rows].ShouldBe(scalar.CurvaturesOf(o, o, data.Rows)[..data.Rows]);
            }
            rows.Loss.Parts.ShouldBe(scalar.Loss.Parts);
        }
    }, iter: 100);

    [Theory]
    [InlineData(1e308, 0)]
    [InlineData(-1e308, 1e308)]
    public void LossIsFiniteForHugeMargins(double margin, double expected)
    {
        SoftmaxLoss.Sum([margin, 0, 0], 3, [0]).ShouldBe(expected);
    }

    [Fact]
    public void LossOfAProbableClassDoesNotCancel() => SoftmaxLoss.Sum([40, 0, 0], 3, [0]).ShouldBe(2 * 4.248354255291589e-18, 1e-33);

    [Fact]
    public void SumIsThatOfTheRows()
    {
        var random = new Random(1);
        double[] margins = [.. Enumerable.Range(0, 3 * 150).Select(_ => 4 * random.NextDouble() - 2)];
        double[] labels = [.. Enumerable.Range(0, 150).Select(i => (double)(i % 3))];

        var expected = Enumerable.Range(0, 150).Sum(i => SoftmaxLoss.Sum(margins.AsSpan(3 * i, 3), 3, labels.AsSpan(i, 1)));

        SoftmaxLoss.Sum(margins, 3, labels).ShouldBe(expected, 1e-12);
    }
}
