using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests.Data;

public class SplitMix64Tests
{
    /// <summary>Sebastiano Vigna's splitmix64.c gives these numbers for this seed.</summary>
    [Fact]
    public void NumbersMatchThePublishedGenerator()
    {
        var random = new SplitMix64(1234567);

        ulong[] numbers = [random.Next(), random.Next(), random.Next(), random.Next(), random.Next()];

        numbers.ShouldBe([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]);
    }

    [Fact]
    public void BelowIsUniform()
    {
        var random = new SplitMix64(7);
        var counts = new int[6];

        for (var i = 0; i < 60_000; i++)
            counts[random.Below(6)]++;

        // Five standard deviations of 91.
        counts.ShouldAllBe(count => Math.Abs(count - 10_000) < 456);
    }

    [Fact]
    public void EveryOrderIsEquallyLikely()
    {
        var random = new SplitMix64(11);
        var counts = new Dictionary<string, int>();

        for (var i = 0; i < 24_000; i++)
        {
            int[] values = [0, 1, 2, 3];
            random.Shuffle(values);
            var order = string.Join(",", values);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        counts.Count.ShouldBe(24);
        counts.Values.ShouldAllBe(count => Math.Abs(count - 1000) < 160);
    }
}
