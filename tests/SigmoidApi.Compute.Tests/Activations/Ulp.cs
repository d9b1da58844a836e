namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>Errors in units in the last place: the distance from the true value to the next float64 away from 0.</summary>
internal static class Ulp
{
    public static double Of(double value) => Math.BitIncrement(Math.Abs(value)) - Math.Abs(value);

    /// <summary>0 for equal values, including infinities. Infinite if the values differ and one of them is infinite or NaN.</summary>
    public static double Error(double actual, double expected) =>
        actual == expected ? 0
        : double.IsFinite(actual) && double.IsFinite(expected) ? Math.Abs(actual - expected) / Of(expected)
        : double.PositiveInfinity;

    /// <summary>
    /// Fails if at some point the error is above the limit and the difference above the absolute limit. The message names the worst point.
    /// </summary>
    public static void AssertWithin(double limit, double[] x, double[] actual, double[] expected, Func<double, double>? absoluteLimit = null)
    {
        actual.Length.ShouldBe(expected.Length);
        var worst = Enumerable.Range(0, x.Length)
            .Where(i => Math.Abs(actual[i] - expected[i]) is var difference && !(difference <= (absoluteLimit?.Invoke(x[i]) ?? 0)))
            .Select(i => (Index: i, Error: Error(actual[i], expected[i])))
            .DefaultIfEmpty()
            .MaxBy(point => point.Error);
        worst.Error.ShouldBeLessThanOrEqualTo(
            limit, $"worst at x = {x[worst.Index]:R}: {actual[worst.Index]:R} where {expected[worst.Index]:R} is right");
    }
}
