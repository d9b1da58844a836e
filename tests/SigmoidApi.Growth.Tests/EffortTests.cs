namespace SigmoidApi.Growth.Tests;

/// <summary>The check finds work that grows faster than its input, and no other work.</summary>
public sealed class EffortTests
{
    /// <summary>The time in milliseconds for n times the smallest input.</summary>
    private static readonly Dictionary<string, Func<double, double>> Growths = new(StringComparer.Ordinal)
    {
        ["nothing"] = _ => 0,
        ["a constant"] = _ => 5,
        ["linear"] = n => 2 * n,
        ["linear plus a constant"] = n => 2 + 2 * n,
        ["like a sort"] = n => 0.2 * n * (10 + Math.Log2(n)),
        ["to the power of 1.2"] = n => 2 * Math.Pow(n, 1.2),
        ["quadratic, but little even for the largest input"] = n => 3e-4 * n * n,

        ["to the power of 1.5"] = n => 2 * Math.Pow(n, 1.5),
        ["quadratic"] = n => 2 * n * n,
        ["quadratic, and little at first"] = n => 0.01 * n * n,
        ["quadratic plus a constant"] = n => 0.5 + 0.01 * n * n,
        ["cubic"] = n => 0.6 * n * n * n,
        ["a step in the first doubling"] = n => n < 2 ? 2 : 4 * n,
        ["a step in the second doubling"] = n => n < 4 ? 2 * n : 4 * n,
    };

    [Theory]
    [InlineData("nothing")]
    [InlineData("a constant")]
    [InlineData("linear")]
    [InlineData("linear plus a constant")]
    [InlineData("like a sort")]
    [InlineData("to the power of 1.2")]
    [InlineData("a step in the first doubling")]
    [InlineData("a step in the second doubling")]
    [InlineData("quadratic, but little even for the largest input")]
    public void TimeThatGrowsLikeItsInputPasses(string growth) => Should.NotThrow(() => Check(Taking(growth)));

    [Theory]
    [InlineData("to the power of 1.5")]
    [InlineData("quadratic")]
    [InlineData("quadratic, and little at first")]
    [InlineData("quadratic plus a constant")]
    [InlineData("cubic")]
    public void TimeThatGrowsFasterFails(string growth) => Should.Throw<ShouldAssertException>(() => Check(Taking(growth))).Message.ShouldContain("of sizes");

    [Fact]
    public void ReaderThatComparesEachNameWithEachFails() => Should.Throw<ShouldAssertException>(() => Check(count => () =>
    {
        var names = new List<string>();
        foreach (var name in Enumerable.Range(0, 500 * count).Select(i => $"name {i}"))
        {
            if (!names.Contains(name))
                names.Add(name);
        }
    }));

    private static void Check(Func<int, Action> work) => Effort.ShouldGrowLikeItsInput(work, size: 1, largest: 100, enough: 1, little: 4);

    /// <summary>Work that takes the given time on any machine.</summary>
    private static Func<int, Action> Taking(string growth) => size => () =>
    {
        var end = Effort.Now() + Growths[growth](size);
        while (Effort.Now() < end)
        {
        }
    };
}
