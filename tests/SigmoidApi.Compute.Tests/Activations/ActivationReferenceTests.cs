namespace SigmoidApi.Compute.Tests.Activations;

public class ActivationReferenceTests
{
    // The reference values are rounded, so an error below 1 ULP appears as 0 or 1 here.
    private static double UlpLimit(string name, bool isDerivative) => (name, isDerivative) switch
    {
        ("sigmoid", _) or ("log_sigmoid" or "softplus" or "tanh", true) => 1,
        _ => 2,
    };

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void EveryFunctionIsAccurateToItsLastDigits(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);

        Ulp.AssertWithin(
            UlpLimit(name, isDerivative),
            ReferenceValues.X,
            function.Apply(ReferenceValues.X),
            function.Reference,
            x => CrossesZeroNear(x) ? 2 * Ulp.Of(1) : 0);

        // Near its zero, the derivative is the difference of two numbers that do not tend to 0, so its relative error is unbounded.
        bool CrossesZeroNear(double x) => isDerivative && name is "silu" or "gelu" or "mish" && x is > -3 and < 1;
    }
}
