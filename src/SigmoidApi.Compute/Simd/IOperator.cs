namespace SigmoidApi.Compute.Simd;

/// <summary>A function of one number, written once for every width.</summary>
internal interface IOperator
{
    /// <summary>
    /// Whether the loop calls <see cref="Begin"/> for a block of values first and then <see cref="Invoke"/> for the same block. A long
    /// formula runs faster in two halves, because the processor's out-of-order window then holds more values at once.
    /// </summary>
    static virtual bool InTwoSteps => false;

    /// <summary>
    /// Whether a formula in two steps works on two registers of values at a time (<see cref="Twice{T}"/>). A formula that keeps many values would
    /// have them on the stack then, where they may lie across cache lines: for mish that takes up to twice as long, depending on the stack.
    /// </summary>
    static virtual bool InPairs => true;

    /// <summary>Whether float32 values are computed in float32. Otherwise they are computed in float64 and rounded once.</summary>
    static virtual bool InSingle => false;

    /// <summary>Whether an operator for float32 values is accurate with these parameters. Otherwise that for float64 values is used for them.</summary>
    static virtual bool Accepts(ReadOnlySpan<double> parameters) => true;

    /// <summary>The first half of a formula in two steps.</summary>
    /// <param name="x">The arguments.</param>
    /// <param name="anyFar">Becomes true if the second half needs its extra steps for arguments that are far from 0.</param>
    static virtual Pair<T> Begin<T>(T x, ref bool anyFar)
        where T : struct, ILanes<T> => default;

    /// <param name="x">The arguments.</param>
    /// <param name="begun">The first half's results for them.</param>
    /// <param name="anyFar">Whether the first half found an argument far from 0, among these or others of their block.</param>
    /// <param name="parameter">The function's parameter, the same for all arguments: rounded, and in float32 its rounding error as the low part.</param>
    static abstract T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
        where T : struct, ILanes<T>;
}

/// <summary>A function of one number for float32 alone, in two steps.</summary>
internal interface ISingleOperator : IOperator
{
    static bool IOperator.InTwoSteps => true;

    static bool IOperator.InSingle => true;
}
