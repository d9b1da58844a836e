namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>Compares functions in float32 with the same functions in float64, whose own error is about 2^-29 ULP of float32.</summary>
[Trait("Speed", "Slow")]
public class Float32AccuracyTests
{
    /// <summary>With this variable set to 1, the test covers all 2³² values of float32 instead of a sample. That takes a minute for each function.</summary>
    private const string AllValues = "SIGMOID_TEST_ALL_FLOAT32";

    // relu is exact; leaky_relu and softsign are computed in float64 and rounded once. All others are computed in float32.
    private static double UlpLimit(string name, bool isDerivative) => (name, isDerivative) switch
    {
        ("relu" or "leaky_relu" or "softsign", _) => 0.5 + 1e-6,
        ("sigmoid", _) or ("log_sigmoid" or "softplus" or "tanh" or "elu" or "selu", true) or ("elu", false) => 1,
        _ => 2,
    };

    [Theory]
    [MemberData(nameof(ActivationCase.Functions), MemberType = typeof(ActivationCase))]
    public void EveryFunctionIsAccurateToItsLastDigits(string name, bool isDerivative)
    {
        // With a prime stride the sample has every exponent and both signs.
        var stride = Environment.GetEnvironmentVariable(AllValues) == "1" ? 1u : 9973u;
        var function = ActivationCase.Of(name, isDerivative);
        var (x, y) = (new float[1 << 16], new float[1 << 16]);
        var (wide, exact) = (new double[1 << 16], new double[1 << 16]);
        var worst = (Error: 0.0, X: 0f);
        for (ulong first = 0; first < 1ul << 32; first += stride * (ulong)x.Length)
        {
            for (var i = 0; i < x.Length; i++)
            {
                // After the largest value the sample continues at the smallest.
                x[i] = BitConverter.UInt32BitsToSingle((uint)(first + (ulong)i * stride));
                wide[i] = x[i];
            }

            function.Apply(x, y);
            function.Apply(wide, exact);
            for (var i = 0; i < x.Length; i++)
            {
                var error = CrossesZeroNear(x[i]) ? Math.Abs(y[i] - exact[i]) * (1 << 23) : Error(y[i], exact[i]);
                if (error > worst.Error)
                    worst = (error, x[i]);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"worst {worst.Error:F4} ULP at {worst.X:R}");
        worst.Error.ShouldBeLessThan(UlpLimit(name, isDerivative), $"worst at x = {worst.X:R}");

        // As in float64, the error near the zero of a derivative is counted in ULP of 1.
        bool CrossesZeroNear(float x) => isDerivative && name is "silu" or "gelu" or "mish" && x is > -3 and < 1;
    }

    private static double Error(float actual, double exact)
    {
        if (actual == exact || (double.IsNaN(actual) && double.IsNaN(exact)))
            return 0;
        if (!float.IsFinite(actual))
            return float.IsInfinity((float)exact) && actual == (float)exact ? 0 : double.PositiveInfinity;
        return Math.Abs(actual - exact) / Math.ScaleB(1, Math.Max(Math.ILogB(exact) - 23, -149));
    }
}
