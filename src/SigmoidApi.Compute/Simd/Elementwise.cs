using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>The one loop over values: every function of single numbers is driven by it, at any width, in float64 and float32.</summary>
internal static class Elementwise
{
    /// <summary>
    /// y[i] = f(x[i]), computed in float64, for x and y of float64 or of float32. x and y are the same span or do not overlap;
    /// y may be longer. The result for a value never depends on its place, on the length, or on the width.
    /// </summary>
    /// <exception cref="ArgumentException">y is shorter than x, or overlaps it in part.</exception>
    public static void Apply<TOperator, TElement>(
        ReadOnlySpan<TElement> x, Span<TElement> y, ReadOnlySpan<double> parameters, Width width = Width.Widest)
        where TOperator : IOperator
        where TElement : unmanaged
    {
        if (y.Length < x.Length)
            throw new ArgumentException($"The destination holds {y.Length} values, the source {x.Length}.", nameof(y));
        if (x.Overlaps(y, out var offset) && offset != 0)
            throw new ArgumentException("The destination may be the source itself, but must not overlap it otherwise.", nameof(y));

        switch (width != Width.Widest ? width : Widest)
        {
            case Width.Vector512: Run<TOperator, TElement, Lanes8>(x, y, parameters); break;
            case Width.Vector256: Run<TOperator, TElement, Lanes4>(x, y, parameters); break;
            case Width.Vector128: Run<TOperator, TElement, Lanes2>(x, y, parameters); break;
            default: Run<TOperator, TElement, Lanes1>(x, y, parameters); break;
        }
    }

    private static Width Widest =>
        Lanes8.IsHardwareAccelerated ? Width.Vector512
        : Lanes4.IsHardwareAccelerated ? Width.Vector256
        : Lanes2.IsHardwareAccelerated ? Width.Vector128
        : Width.Scalar;

    private static void Run<TOperator, TElement, T>(ReadOnlySpan<TElement> x, Span<TElement> y, ReadOnlySpan<double> parameters)
        where TOperator : IOperator
        where TElement : unmanaged
        where T : struct, ILanes<T>
    {
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var destination = ref MemoryMarshal.GetReference(y);
        var i = 0;
        for (; i <= x.Length - T.Count; i += T.Count)
            Store(TOperator.Invoke(Load<TElement, T>(ref Unsafe.Add(ref source, i)), parameters), ref Unsafe.Add(ref destination, i));

        // What is left goes through the same loop, in a buffer filled up with zeros. A second Invoke here would double the code,
        // and the longer formulas would outgrow the number of locals up to which the compiler inlines.
        if (i < x.Length)
        {
            Span<TElement> rest = stackalloc TElement[T.Count];
            x[i..].CopyTo(rest);
            Run<TOperator, TElement, T>(rest, rest, parameters);
            rest[..(x.Length - i)].CopyTo(y[i..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Load<TElement, T>(ref TElement source)
        where T : struct, ILanes<T> =>
        typeof(TElement) == typeof(float)
            ? T.Load(in Unsafe.As<TElement, float>(ref source))
            : T.Load(in Unsafe.As<TElement, double>(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TElement, T>(T value, ref TElement destination)
        where T : struct, ILanes<T>
    {
        if (typeof(TElement) == typeof(float))
            value.Store(ref Unsafe.As<TElement, float>(ref destination));
        else
            value.Store(ref Unsafe.As<TElement, double>(ref destination));
    }
}
