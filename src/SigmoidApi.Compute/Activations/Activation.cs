using SigmoidApi.Compute.Simd;

// The overloads differ in their numbers' type alone and take the same options.
#pragma warning disable RS0026

namespace SigmoidApi.Compute.Activations;

/// <summary>
/// An activation function of neural networks and its derivative, applied element by element, with what a reader wants to know of it.
/// An infinite argument gives the limit of the function, NaN gives NaN, and no finite argument gives NaN.
/// </summary>
/// <remarks>
/// Every method takes x and y of any length: y is x itself or does not overlap it, and may be longer. Parameters come in the order of
/// <see cref="Parameters"/>; none given means their defaults. A value's result is the same at any place, length, vector width, and number of threads.
/// At a kink the derivative is the left one. Errors: below 1 ULP for the sigmoid and its derivative, below 2 ULP for the others, except
/// where a derivative crosses zero (silu, gelu and mish between -3 and 1: 2 ULP of 1). float32 is computed in float32 where the same
/// bounds hold there, elsewhere in float64 and rounded once. Up to 65,536 values, or with the default of 1 for threads, all is done on
/// the calling thread; else the thread pool helps, with at most that many threads at work.
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

    /// <summary>Bounds of the values with default parameters, as an interval such as (0, 1); a bound may be reached by rounding.</summary>
    public abstract string Range { get; }

    /// <summary>Whether f(0) = 0 with values of both signs around it.</summary>
    public abstract bool ZeroCentered { get; }

    /// <summary>Whether it never decreases, with default parameters.</summary>
    public abstract bool Monotonic { get; }

    /// <summary>Whether the derivative vanishes on both sides.</summary>
    public abstract bool Saturates { get; }

    public IReadOnlyList<ActivationParameter> Parameters { get; }

    /// <summary>y[i] = f(x[i]).</summary>
    /// <exception cref="ArgumentException">y is too short or overlaps x in part, the number of parameters is wrong, or there is no thread.</exception>
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

/// <summary>An activation by the operators for its values and its derivative.</summary>
internal abstract class Activation<TFunction, TSlope>(params IReadOnlyList<ActivationParameter> parameters) : Activation(parameters)
    where TFunction : IOperator
    where TSlope : IOperator
{
    internal sealed override void Apply(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters, Width width, int threads) =>
        Elementwise.Apply<TFunction, double>(x, y, parameters, width, threads);

    internal sealed override void Apply(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters, Width width, int threads) =>
        Elementwise.Apply<TFunction, float>(x, y, parameters, width, threads);

    internal sealed override void Derivative(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters, Width width, int threads) =>
        Elementwise.Apply<TSlope, double>(x, y, parameters, width, threads);

    internal sealed override void Derivative(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters, Width width, int threads) =>
        Elementwise.Apply<TSlope, float>(x, y, parameters, width, threads);
}
