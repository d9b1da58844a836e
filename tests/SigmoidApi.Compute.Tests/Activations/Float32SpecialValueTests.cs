using System.Runtime.InteropServices;
using SigmoidApi.Compute.Activations;

namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>float32 has formulas of its own. Where float64 is exact, float32 gives the same numbers, with the same signs.</summary>
public class Float32SpecialValueTests
{
    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void ZerosInfinitiesAndNaNAreThoseOfFloat64(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);
        foreach (var x in (float[])[-0f, 0f, float.NegativeInfinity, float.PositiveInfinity, float.NaN, float.MinValue, float.MaxValue])
        {
            var (expected, actual) = ((float)function.At((double)x), function.At(x));
            (actual, float.IsNegative(actual) && actual == 0).ShouldBe((expected, float.IsNegative(expected) && expected == 0), $"x = {x:R}");
        }
    }

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void SpecialValuesDoNotAffectTheirNeighbours(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -100, 100, -20, 20, 1e-45f];
        foreach (var one in (float[])[-17.5f, -3, -0.75f, 0.25f, 1, 9, 81])
        {
            float[] x = [.. special.SelectMany(value => new[] { one, value })];
            var y = new float[x.Length];
            function.Apply(x, y);
            y.Where((_, i) => i % 2 == 0).ShouldAllBe(value => value == function.At(one));
        }
    }

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void FiniteArgumentsNeverGiveNaN(string name, bool isDerivative, string width)
    {
        float[] magnitudes =
        [
            0, float.Epsilon, 1.1754944e-38f, 1e-30f, 0.5f, 1, 12.6f, 14.9f, 15, 15.1f, 16, 17, 79.9f, 80, 80.1f, 87.4f, 88.8f, 103.9f, 104.1f,
            119.9f, 120, 121, 1e4f, 1e19f, 2e19f, 1e30f, float.MaxValue,
        ];
        float[] x = [.. magnitudes, .. magnitudes.Select(magnitude => -magnitude)];
        var y = new float[x.Length];
        ActivationCase.Of(name, isDerivative, width).Apply(x, y);
        y.ShouldAllBe(value => !float.IsNaN(value));
    }

    /// <summary>Beyond 2^20, alpha·e^x has a value where e^x is 0 in float32. Such functions are computed in float64.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-2.5)]
    [InlineData(1e-300)]
    [InlineData(1e-40)]
    [InlineData(0.1)]
    [InlineData(1 << 20)]
    [InlineData(1.1 * (1 << 20))]
    [InlineData(1e38)]
    [InlineData(-1e300)]
    public void EluHasTheValuesOfFloat64ForAnyAlpha(double alpha)
    {
        var elu = ActivationCatalog.Find("elu").ShouldNotBeNull();
        float[] x = [-1e30f, -200, -130, -121, -119, -104, -95, -81, -79, -50, -41, -39, -3.3f, -1, -0.4f, -1e-3f, -1e-20f, -1e-44f, -0f, 0, 1e-44f, 2, 1e30f];
        var (y, exact) = (new float[x.Length], new double[x.Length]);
        for (var isDerivative = 0; isDerivative < 2; isDerivative++)
        {
            double[] wide = [.. x.Select(value => (double)value)];
            if (isDerivative == 1)
            {
                elu.Derivative(x, y, [alpha]);
                elu.Derivative(wide, exact, [alpha]);
            }
            else
            {
                elu.Apply(x, y, [alpha]);
                elu.Apply(wide, exact, [alpha]);
            }

            for (var i = 0; i < x.Length; i++)
            {
                var nearest = (float)exact[i];
                var distance = y[i] == nearest ? 0 : Math.Abs(y[i] - exact[i]) / (Math.Abs((double)MathF.BitIncrement(MathF.Abs(nearest))) - Math.Abs(nearest));
                distance.ShouldBeLessThan(2, $"x = {x[i]:R}, {(isDerivative == 1 ? "derivative " : "")}{y[i]:R} where {exact[i]:R} is right");
            }
        }
    }

    /// <summary>The extra steps that far arguments need are taken for their whole block. They leave the other values as they are.</summary>
    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void FarArgumentsLeaveTheOthersOfTheirBlockAsTheyAre(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);
        float[] x = [.. Enumerable.Range(0, 1024).Select(i => (i - 512) / 33f)];
        float[] withFar = [.. x];
        for (var i = 0; i < x.Length; i += 128)
            withFar[i] = i % 256 == 0 ? -95 : 95;
        var (y, yWithFar) = (new float[x.Length], new float[x.Length]);
        function.Apply(x, y);
        function.Apply(withFar, yWithFar);
        for (var i = 0; i < x.Length; i += 128)
            yWithFar[i] = y[i];
        MemoryMarshal.Cast<float, int>(yWithFar).SequenceEqual(MemoryMarshal.Cast<float, int>(y)).ShouldBeTrue();
    }
}
