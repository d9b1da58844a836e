using CsCheck;
using SigmoidApi.Tables.Profile;

namespace SigmoidApi.Tests.Tables.Profile;

public sealed class MomentsTests
{
    private static readonly Gen<(int[] Offsets, int Exponent, long Shift, int Block)> Columns =
        Gen.Select(Gen.Int[-1_000, 1_000].Array[1, 200], Gen.Int[-900, 900], Gen.Long[-1L << 40, 1L << 40], Gen.Int[1, 50]);

    [Fact]
    public void MomentsAreThoseOfExactArithmetic() => Columns.Sample((offsets, exponent, shift, block) =>
    {
        var values = Array.ConvertAll(offsets, offset => Math.ScaleB(shift + offset, exponent));
        var sum = offsets.Sum(offset => (long)offset);
        var variance = (double)(offsets.Length * offsets.Sum(offset => (long)offset * offset) - sum * sum) / offsets.Length / offsets.Length;
        var range = new ValueRange();
        foreach (var some in values.Chunk(block))
            range.Add(some);

        var moments = new Moments(range.Largest, range.First);
        foreach (var some in values.Chunk(block))
            moments.Add(some);

        range.Count.ShouldBe(values.Length);
        (range.Minimum, range.Maximum).ShouldBe((values.Min(), values.Max()));
        var largest = range.Largest;
        moments.Mean.ShouldBe(Math.ScaleB(shift + (double)sum / offsets.Length, exponent), 4e-16 * largest);
        moments.StandardDeviation.ShouldBe(Math.ScaleB(Math.Sqrt(variance), exponent), Math.ScaleB(1e-10, exponent));
    });

    [Theory]
    [InlineData(double.MaxValue)]
    [InlineData(1e-300)]
    [InlineData(5e-324)]
    public void NoSquareOverflowsOrVanishes(double value)
    {
        double[] values = [value, -value, value, -value];
        var moments = new Moments(value, value);
        moments.Add(values);
        moments.Mean.ShouldBe(0);
        moments.StandardDeviation.ShouldBe(value);
    }

    [Fact]
    public void NoValuesAddNothing()
    {
        var (moments, range) = (new Moments(3, 3), new ValueRange());
        moments.Add([]);
        moments.Add([3.0, 1.0]);
        range.Add([]);
        (moments.Mean, moments.StandardDeviation, range.Count).ShouldBe((2, 1, 0));
    }
}
