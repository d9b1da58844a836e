namespace SigmoidApi.Compute.Simd;

/// <summary>A function of one number, written once for every width.</summary>
internal interface IOperator
{
    /// <summary>
    /// Whether the loop takes a block of values through <see cref="Begin"/> first and then through <see cref="Invoke"/>. A long formula
    /// runs faster in two halves: more of them fit side by side into the window in which the processor looks for work.
    /// </summary>
    static virtual bool InTwoSteps => false;

    /// <summary>Whether float32 is computed in float32; otherwise it is computed in float64 and rounded once.</summary>
    static virtual bool InSingle => false;

    /// <summary>The first half, where there are two.</summary>
    static virtual Pair<T> Begin<T>(T x)
        where T : struct, ILanes<T> => default;

    /// <param name="x">The arguments.</param>
    /// <param name="begun">What the first half gave for them.</param>
    /// <param name="parameters">The function's parameters; the same for all arguments.</param>
    static abstract T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
        where T : struct, ILanes<T>;
}
