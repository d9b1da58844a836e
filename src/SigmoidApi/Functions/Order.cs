using SigmoidApi.Compute.Activations;

namespace SigmoidApi.Functions;

/// <summary>The order of the derivative to compute.</summary>
internal enum Order
{
    Value,
    Derivative,
}

internal static class OrderExtensions
{
    public static void Apply(this Order order, Activation activation, ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters = default)
    {
        if (order == Order.Value)
            activation.Apply(x, y, parameters);
        else
            activation.Derivative(x, y, parameters);
    }

    public static void Apply(this Order order, Activation activation, ReadOnlySpan<float> x, Span<float> y)
    {
        if (order == Order.Value)
            activation.Apply(x, y);
        else
            activation.Derivative(x, y);
    }
}
