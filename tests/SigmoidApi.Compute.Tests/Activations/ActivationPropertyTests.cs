using System.Runtime.InteropServices;
using CsCheck;
using SigmoidApi.Compute.Activations;

namespace SigmoidApi.Compute.Tests.Activations;

[Trait("Speed", "Slow")]
public class ActivationPropertyTests
{
    // Numbers near 0, in the tails, and of any finite magnitude.
    private static readonly Gen<double> Number = Gen.OneOf(
        Gen.Double[-4, 4],
        Gen.Double[-50, 50],
        Gen.Double[-760, 760],
        Gen.Select(Gen.Double[-1074, 1023], Gen.Bool, (exponent, negative) => negative ? -Math.Pow(2, exponent) : Math.Pow(2, exponent)));

    public static TheoryData<string> Monotonic => [.. ActivationCatalog.All.Where(activation => activation.Monotonic).Select(activation => activation.Name)];

    public static TheoryData<string> All => [.. ActivationCatalog.All.Select(activation => activation.Name)];

    public static TheoryData<string> Saturating => [.. ActivationCatalog.All.Where(activation => activation.Saturates).Select(activation => activation.Name)];

    [Theory]
    [MemberData(nameof(Monotonic))]
    public void MonotonicFunctionsNeverDecrease(string name)
    {
        var function = ActivationCase.Of(name, isDerivative: false);
        Gen.Select(Number, Number).Sample((a, b) =>
        {
            // The results for two close arguments may be out of order by the error.
            var y = function.Apply(Math.Min(a, b), Math.Max(a, b));
            return y[0] <= y[1] || y[0] <= y[1] + 2 * Ulp.Of(y[1]);
        });
    }

    [Theory]
    [MemberData(nameof(Monotonic))]
    public void DerivativesOfMonotonicFunctionsAreNeverNegative(string name)
    {
        var derivative = ActivationCase.Of(name, isDerivative: true);
        Number.Sample(x => derivative.At(x) >= 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ValuesStayInTheRange(string name)
    {
        var function = ActivationCase.Of(name, isDerivative: false);
        var range = Interval.Parse(function.Activation.Range);
        Number.Sample(x => function.At(x) is var y && y >= Math.BitDecrement(range.Lower) && y <= range.Upper);
    }

    [Theory]
    [MemberData(nameof(Saturating))]
    public void DerivativesOfSaturatingFunctionsVanishOnBothSides(string name) =>
        ActivationCase.Of(name, isDerivative: true).Apply(-1e200, 1e200).ShouldBe([0, 0]);

    [Fact]
    public void ZeroCenteredFunctionsTakeBothSignsAroundZero()
    {
        foreach (var activation in ActivationCatalog.All)
        {
            var y = ActivationCase.Of(activation.Name, isDerivative: false).Apply(-0.5, 0, 0.5);
            activation.ZeroCentered.ShouldBe(y[0] < 0 && y[1] == 0 && y[2] > 0, activation.Name);
        }
    }

    [Fact]
    public void SigmoidsOfOppositeArgumentsAddUpToOne()
    {
        var sigmoid = ActivationCase.Of("sigmoid", isDerivative: false);
        Number.Sample(x => Math.Abs(sigmoid.At(x) + sigmoid.At(-x) - 1) <= Ulp.Of(1));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void DerivativesAreTheLimitOfDifferences(string name)
    {
        const double step = 1e-5;
        var function = ActivationCase.Of(name, isDerivative: false);
        var derivative = ActivationCase.Of(name, isDerivative: true);
        Gen.Double[-30, 30].Where(x => Math.Abs(x) > 2 * step).Sample(x =>
        {
            var y = function.Apply(x - step, x + step);
            var difference = (y[1] - y[0]) / (x + step - (x - step));

            // The truncation error h²/6·f‴ is below 1e-10, the rounding error a few ULP of f divided by h.
            return Math.Abs(difference - derivative.At(x)) <= 2e-10 + 4 * Ulp.Of(Math.Max(Math.Abs(y[0]), Math.Abs(y[1]))) / step;
        });
    }

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void ResultDoesNotDependOnPositionLengthOrWidth(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);
        var scalar = ActivationCase.Of(name, isDerivative, "Scalar");
        Number.Array[100].Sample(x =>
        {
            var alone = Array.ConvertAll(x, scalar.At);
            for (var start = 0; start <= x.Length; start++)
            {
                var apart = Enumerable.Repeat(-7.0, x.Length - start + 1).ToArray();
                function.Apply(x.AsSpan(start), apart);
                SameBits(apart, [.. alone[start..], -7]).ShouldBeTrue();

                var inPlace = x[start..];
                function.Apply(inPlace, inPlace);
                SameBits(inPlace, alone[start..]).ShouldBeTrue();
            }
        }, iter: 5);
    }

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void Float32ResultDoesNotDependOnPositionLengthOrWidth(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);
        var scalar = ActivationCase.Of(name, isDerivative, "Scalar");
        Gen.OneOf(Gen.Single[-4, 4], Gen.Single[-110, 110], Gen.Single).Array[100].Sample(x =>
        {
            var alone = Array.ConvertAll(x, scalar.At);
            for (var start = 0; start <= x.Length; start++)
            {
                var apart = Enumerable.Repeat(-7f, x.Length - start + 1).ToArray();
                function.Apply(x.AsSpan(start), apart);
                SameBits(apart, [.. alone[start..], -7f]).ShouldBeTrue();

                var inPlace = x[start..];
                function.Apply(inPlace, inPlace);
                SameBits(inPlace, alone[start..]).ShouldBeTrue();
            }
        }, iter: 5);
    }

    [Fact]
    public void ResultDoesNotDependOnTheNumberOfThreads()
    {
        var x = Gen.Double[-50, 50].Array[100_003].Single();
        foreach (var activation in ActivationCatalog.All)
        {
            var (alone, shared) = (new double[x.Length], (double[])x.Clone());
            activation.Apply(x, alone);
            activation.Apply(shared, shared, threads: 3);
            SameBits(shared, alone).ShouldBeTrue(activation.Name);

            activation.Derivative(x, alone);
            activation.Derivative(x, shared, threads: 2);
            SameBits(shared, alone).ShouldBeTrue(activation.Name);
        }
    }

    [Fact]
    public void Float32ResultDoesNotDependOnTheNumberOfThreads()
    {
        var x = Gen.Single[-110, 110].Array[100_003].Single();
        foreach (var activation in ActivationCatalog.All)
        {
            var (alone, shared) = (new float[x.Length], (float[])x.Clone());
            activation.Apply(x, alone);
            activation.Apply(shared, shared, threads: 3);
            SameBits(shared, alone).ShouldBeTrue(activation.Name);

            activation.Derivative(x, alone);
            activation.Derivative(x, shared, threads: 2);
            SameBits(shared, alone).ShouldBeTrue(activation.Name);
        }
    }

    [Fact]
    public void ZeroThreadsAreRefused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => ActivationCatalog.Sigmoid.Apply([1.0], new double[1], threads: 0));

    private static bool SameBits(float[] left, float[] right) =>
        MemoryMarshal.Cast<float, int>(left).SequenceEqual(MemoryMarshal.Cast<float, int>(right));

    private static bool SameBits(double[] left, double[] right) =>
        MemoryMarshal.Cast<double, long>(left).SequenceEqual(MemoryMarshal.Cast<double, long>(right));
}
