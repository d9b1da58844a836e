namespace SigmoidApi.Compute.Tests.Activations;

public class ActivationSpecialValueTests
{
    private const double Infinity = double.PositiveInfinity;
    private const double SeluScale = 1.0507009873554805;
    private const double SeluHeight = 1.7580993408473768;

    // name, f(-∞), f(∞), f′(-∞), f′(∞)
    public static TheoryData<string, double, double, double, double> Limits => new()
    {
        { "sigmoid", 0, 1, 0, 0 },
        { "log_sigmoid", -Infinity, 0, 1, 0 },
        { "tanh", -1, 1, 0, 0 },
        { "relu", 0, Infinity, 0, 1 },
        { "leaky_relu", -Infinity, Infinity, 0.01, 1 },
        { "softplus", 0, Infinity, 0, 1 },
        { "silu", 0, Infinity, 0, 1 },
        { "gelu", 0, Infinity, 0, 1 },
        { "elu", -1, Infinity, 0, 1 },
        { "selu", -SeluHeight, Infinity, 0, SeluScale },
        { "softsign", -1, 1, 0, 0 },
        { "mish", 0, Infinity, 0, 1 },
    };

    [Fact]
    public void LimitsAreListedForEveryActivation() =>
        Limits.Select(row => row.Data.Item1).ShouldBe(ActivationCatalogTests.Names, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Limits))]
    public void InfinityGivesTheLimit(string name, double left, double right, double slopeLeft, double slopeRight)
    {
        foreach (var width in ActivationCase.Widths)
        {
            ActivationCase.Of(name, isDerivative: false, width.ToString()).Apply(-Infinity, Infinity).ShouldBe([left, right]);
            ActivationCase.Of(name, isDerivative: true, width.ToString()).Apply(-Infinity, Infinity).ShouldBe([slopeLeft, slopeRight]);
        }
    }

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void NaNGivesNaNAndDoesNotAffectItsNeighbours(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);
        var one = function.At(1.0);

        function.Apply(1, double.NaN, 1, -double.NaN, 1).ShouldBe([one, double.NaN, one, double.NaN, one]);
    }

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void FiniteArgumentsNeverGiveNaN(string name, bool isDerivative, string width)
    {
        double[] magnitudes =
        [
            0, double.Epsilon, 2.2250738585072014e-308, 1e-300, 0.5, 1, 37, 38.5, 40, 708, 745.2, 746, 800, 1e154, 1.4e154, 1e300, double.MaxValue,
        ];
        double[] x = [.. magnitudes, .. magnitudes.Select(magnitude => -magnitude)];

        ActivationCase.Of(name, isDerivative, width).Apply(x).ShouldAllBe(y => !double.IsNaN(y));
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("leaky_relu")]
    [InlineData("silu")]
    [InlineData("gelu")]
    [InlineData("elu")]
    [InlineData("selu")]
    [InlineData("softsign")]
    [InlineData("mish")]
    public void FunctionsThroughZeroKeepTheSignOfZero(string name)
    {
        foreach (var width in ActivationCase.Widths)
        {
            var y = ActivationCase.Of(name, isDerivative: false, width.ToString()).Apply(-0.0, 0.0);
            y.ShouldBe([0.0, 0.0]);
            y.Select(double.IsNegative).ShouldBe([true, false]);
        }
    }

    [Theory]
    [InlineData("silu")]
    [InlineData("gelu")]
    [InlineData("mish")]
    public void FunctionsThatTendToZeroFromBelowAreMinusZeroAtMinusInfinity(string name)
    {
        foreach (var width in ActivationCase.Widths)
            double.IsNegative(ActivationCase.Of(name, isDerivative: false, width.ToString()).At(-Infinity)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("relu", 0)]
    [InlineData("leaky_relu", 0.01)]
    [InlineData("elu", 1)]
    [InlineData("selu", SeluHeight)]
    public void DerivativeAtAKinkIsTheLeftDerivative(string name, double left)
    {
        foreach (var width in ActivationCase.Widths)
            ActivationCase.Of(name, isDerivative: true, width.ToString()).Apply(-0.0, 0.0).ShouldBe([left, left]);
    }
}
