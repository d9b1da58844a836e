namespace SigmoidApi.Compute.Tests.Activations;

public class ActivationReferenceTests
{
    // The reference is rounded, so an error below 1 ULP shows as 0 or 1 here.
    private static double UlpLimit(string name, bool isDerivative) => (name, isDerivative) switch
    {
        ("sigmoid", _) or ("log_sigmoid" or "softplus" or "tanh", true) => 1,
        _ => 2,
    };

    [Theory]
    [MemberData(nameof(ActivationCase.FunctionsAndWidths), MemberType = typeof(ActivationCase))]
    public void EveryFunctionIsRightToItsLastPlaces(string name, bool isDerivative, string width)
    {
        var function = ActivationCase.Of(name, isDerivative, width);

        Ulp.AssertWithin(
            UlpLimit(name, isDerivative),
            ReferenceValues.X,
            function.Apply(ReferenceValues.X),
            function.Reference,
            x => CrossesZeroNear(x) ? 2 * Ulp.Of(1) : 0);

        // Near a crossing the value tends to 0 but what it is the difference of does not.
        bool CrossesZeroNear(double x) => isDerivative && name is "silu" or "gelu" or "mish" && x is > -3 and < 1;
    }
}
