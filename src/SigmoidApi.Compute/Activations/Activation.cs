using SigmoidApi.Compute.Simd;

// The overloads differ only in the type of the numbers and take the same optional parameters.
#pragma warning disable RS0026

namespace SigmoidApi.Compute.Activations;

/// <summary>
/// An activation function of neural networks and its derivative, applied element by element, with a description of its properties.
/// An infinite argument gives the limit of the function. NaN gives NaN, and a finite argument never does.
/// </summary>
/// <remarks>
/// Every method takes x and y of any length. y is x itself or does not overlap it, and may be longer. Parameters come in the order of
/// <see cref="Parameters"/>; without any, their defaults apply. The result for a value does not depend on its position, the length, the vector
/// width or the number of threads. At a kink the derivative is the left one. The error is below 1 ULP for the sigmoid and its derivative, and below
/// 2 ULP for the others, except where a derivative crosses zero (silu, gelu and mish between -3 and 1: 2 ULP of 1). float32 values are computed in
/// float32 if the same bounds hold there, otherwise in float64 and rounded once. With fewer than 65,536 values, or with threads = 1, the calling
/// thread does all the work. Otherwise the thread pool helps, with at most that many threads in total.
/// </remarks>
public abstract class Activation
{
    private readonly double[] _defaults;

    private protected Activation(params IReadOnlyList<ActivationParameter> parameters)
    {
        Parameters = parameters;
        _defaults = [.. parameters.Select(parameter => parameter.Default)];
    }

    /// <summary>The name in the catalogue, such as leaky_relu.</summary>
    public abstract string Name { get; }

    public abstract string Formula { get; }

    public abstract string DerivativeFormula { get; }

    /// <summary>The bounds of the values with default parameters, as an interval such as (0, 1). Rounded values may reach an open bound.</summary>
    public abstract string Range { get; }

    /// <summary>Whether f(0) = 0 and values near 0 have both signs.</summary>
    public abstract bool ZeroCentered { get; }

    /// <summary>Whether the function never decreases, with default parameters.</summary>
    public abstract bool Monotonic { get; }

    /// <summary>Whether the derivative tends to 0 at both infinities.</summary>
    public abstract bool Saturates { get; }

    public IReadOnlyList<ActivationParameter> Parameters { get; }

    /// <summary>y[i] = f(x[i]).</summary>
    /// <exception cref="ArgumentException">
    /// y is shorter than x or overlaps it in part, the number of parameters is wrong, or the number of threads is below 1.
    /// </exception>
    public void Apply(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters = default, int threads = 1) =>
        Apply(x, y, WithDefaults(parameters), Width.Widest, threads);

    /// <inheritdoc cref="Apply(ReadOnlySpan{double}, Span{double}, ReadOnlySpan{double}, int)"/>
    public void Apply(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters = default, int threads = 1) =>
        Apply(x, y, WithDefaults(parameters), Width.Widest, threads);

    /// <summary>y[i] = f′(x[i]).</summary>
    /// <inheritdoc cref="Apply(ReadOnlySpan{double}, Span{double}, ReadOnlySpan{double}, int)" path="/exception"/>
    public void Derivative(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters = default, int threads = 1) =>
        Derivative(x, y, WithDefaults(parameters), Width.Widest, threads);

    /// <inheritdoc cref="Derivative(ReadOnlySpan{double}, Span{double}, ReadOnlySpan{double}, int)"/>
    public void Derivative(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters = default, int threads = 1) =>
        Derivative(x, y, WithDefaults(parameters), Width.Widest, threads);

    internal abstract void Apply(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters, Width width, int threads = 1);

    internal abstract void Apply(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters, Width width, int threads = 1);

    internal abstract void Derivative(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters, Width width, int threads = 1);

    internal abstract void Derivative(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters, Width width, int threads = 1);

    private ReadOnlySpan<double> WithDefaults(ReadOnlySpan<double> parameters)
    {
        if (parameters.IsEmpty)
            return _defaults;
        if (parameters.Length != _defaults.Length)
            throw new ArgumentException($"{Name} takes {_defaults.Length} parameters, not {parameters.Length}.", nameof(parameters));
        return parameters;
    }
}

/// <summary>
/// An activation that is defined by an operator for its values and one for its derivative, and by two more for float32. Where those are not
/// accurate in float32 for the given parameters, the first two are used.
/// </summary>
internal abstract class Activation<TFunction, TSlope, TSingleFunction, TSingleSlope>(params IReadOnlyList<ActivationParameter> parameters)
    : Activation(parameters)
    where TFunction : IOperator
    where TSlope : IOperator
    where TSingleFunction : IOperator
    where TSingleSlope : IOperator
{
    internal sealed override void Apply(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters, Width width, int threads) =>
        Elementwise.Apply<TFunction, double>(x, y, parameters, width, threads);

    internal sealed override void Apply(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters, Width width, int threads)
    {
        if (TSingleFunction.Accepts(parameters))
            Elementwise.Apply<TSingleFunction, float>(x, y, parameters, width, threads);
        else
            Elementwise.Apply<TFunction, float>(x, y, parameters, width, threads);
    }

    internal sealed override void Derivative(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters, Width width, int threads) =>
        Elementwise.Apply<TSlope, double>(x, y, parameters, width, threads);

    internal sealed override void Derivative(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters, Width width, int threads)
    {
        if (TSingleSlope.Accepts(parameters))
            Elementwise.Apply<TSingleSlope, float>(x, y, parameters, width, threads);
        else
            Elementwise.Apply<TSlope, float>(x, y, parameters, width, threads);
    }
}

/// <summary>An activation whose operators serve for float64 and float32.</summary>
internal abstract class Activation<TFunction, TSlope>(params IReadOnlyList<ActivationParameter> parameters)
    : Activation<TFunction, TSlope, TFunction, TSlope>(parameters)
    where TFunction : IOperator
    where TSlope : IOperator;
