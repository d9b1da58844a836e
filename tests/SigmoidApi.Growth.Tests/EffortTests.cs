namespace SigmoidApi.Growth.Tests;

/// <summary>The check finds what grows faster than its input, and nothing else.</summary>
public sealed class EffortTests
{
    /// <summary>Milliseconds of an input that is n times the smallest.</summary>
    private static readonly Dictionary<string, Func<double, double>> Growths = new(StringComparer.Ordinal)
    {
        ["nothing"] = _ => 0,
        ["a constant"] = _ => 5,
        ["linear"] = n => 2 * n,
        ["linear behind a constant"] = n => 2 + 2 * n,
        ["as a sort"] = n => 0.2 * n * (10 + Math.Log2(n)),
        ["to the power of 1.2"] = n => 2 * Math.Pow(n, 1.2),
        ["quadratic, and yet little of the largest input"] = n => 3e-4 * n * n,

        ["to the power of 1.5"] = n => 2 * Math.Pow(n, 1.5),
        ["quadratic"] = n => 2 * n * n,
        ["quadratic, and little at first"] = n => 0.01 * n * n,
        ["quadratic behind a constant"] = n => 0.5 + 0.01 * n * n,
        ["cubic"] = n => 0.6 * n * n * n,
        ["a step in the first doubling"] = n => n < 2 ? 2 : 4 * n,
        ["a step in the second doubling"] = n => n < 4 ? 2 * n : 4 * n,
    };

    [Theory]
    [InlineData("nothing")]
    [InlineData("a constant")]
    [InlineData("linear")]
    [InlineData("linear behind a constant")]
    [InlineData("as a sort")]
    [InlineData("to the power of 1.2")]
    [InlineData("a step in the first doubling")]
    [InlineData("a step in the second doubling")]
    [InlineData("quadratic, and yet little of the largest input")]
    public void TimeThatGrowsAsItsInputPasses(string growth) => Should.NotThrow(() => Check(Taking(growth)));

    [Theory]
    [InlineData("to the power of 1.5")]
    [InlineData("quadratic")]
    [InlineData("quadratic, and little at first")]
    [InlineData("quadratic behind a constant")]
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

    private static void Check(Func<int, Action> work) => Effort.ShouldGrowAsItsInput(work, size: 1, largest: 100, enough: 1, little: 4);

    /// <summary>Work that takes the time that it should, whatever the machine.</summary>
    private static Func<int, Action> Taking(string growth) => size => () =>
    {
        var end = Effort.Now() + Growths[growth](size);
        while (Effort.Now() < end)
        {
        }
    };
}
