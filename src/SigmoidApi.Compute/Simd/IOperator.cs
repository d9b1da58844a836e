namespace SigmoidApi.Compute.Simd;

/// <summary>A function of one number, written once for every width.</summary>
internal interface IOperator
{
    /// <param name="x">The arguments.</param>
    /// <param name="parameters">The function's parameters; the same for all arguments.</param>
    static abstract T Invoke<T>(T x, ReadOnlySpan<double> parameters)
        where T : struct, ILanes<T>;
}
