using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests.Data;

public sealed class NumberSortTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(50_000)]
    public void OrdersAsAComparisonDoes(int count)
    {
        var random = new Random(count);
        double[] values = [.. Enumerable.Range(0, count).Select(i => (i % 5) switch
        {
            0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)) is var any && double.IsNaN(any) ? double.NegativeInfinity : any,
            1 => random.Next(-3, 4),
            2 => random.NextDouble() * 5e-324,
            3 => double.MaxValue * (random.NextDouble() - 0.5),
            _ => -random.NextDouble(),
        })];
        double[] expected = [.. values.Order()];
        NumberSort.Sort(values, new double[count]);
        values.ShouldBe(expected);
    }

    [Fact]
    public void SignedZerosAreOrderedAndKept()
    {
        double[] values = [.. Enumerable.Range(0, 10_000).Select(i => i % 2 == 0 ? 0.0 : -0.0)];
        NumberSort.Sort(values, new double[values.Length]);
        values[..5000].ShouldAllBe(value => double.IsNegative(value));
        values[5000..].ShouldAllBe(value => !double.IsNegative(value));
    }

    [Fact]
    public void ScratchMustBeAsLong() => Should.Throw<ArgumentOutOfRangeException>(() => NumberSort.Sort(new double[2], new double[1]));
}
