namespace SigmoidApi.Compute.Simd;

/// <summary>A function of one number, written once for every width.</summary>
internal interface IOperator
{
    /// <summary>
    /// Whether the loop calls <see cref="Begin"/> for a block of values first and then <see cref="Invoke"/> for the same block. A long
    /// formula runs faster in two halves, because the processor's out-of-order window then holds more values at once.
    /// </summary>
    static virtual bool InTwoSteps => false;

    /// <summary>Whether float32 values are computed in float32. Otherwise they are computed in float64 and rounded once.</summary>
    static virtual bool InSingle => false;

    /// <summary>The first half of a formula in two steps.</summary>
    static virtual Pair<T> Begin<T>(T x)
        where T : struct, ILanes<T> => default;

    /// <param name="x">The arguments.</param>
    /// <param name="begun">The first half's results for them.</param>
    /// <param name="parameters">The function's parameters; the same for all arguments.</param>
    static abstract T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
        where T : struct, ILanes<T>;
}
