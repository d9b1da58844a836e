using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>The one loop over values. It applies every function of one number, at any width, in float64 and float32.</summary>
internal static class Elementwise
{
    /// <summary>How many numbers go through the first step before the second step starts: few enough to stay in the L1 cache.</summary>
    private const int BlockLength = 256;

    private const int CacheLine = 64;

    /// <summary>
    /// How many numbers a thread takes at a time. Starting the threads costs 5 to 10 µs; two chunks of the cheapest formula take 10 µs.
    /// </summary>
    private const int ChunkLength = 1 << 15;

    /// <summary>
    /// y[i] = f(x[i]) for x and y of float64 or of float32. x and y are the same span or do not overlap; y may be longer. The result for
    /// a value does not depend on its position, the length, the width or the number of threads.
    /// </summary>
    /// <param name="threads">The most threads to use, including the caller's. Fewer than two chunks are done on the caller's thread alone.</param>
    /// <exception cref="ArgumentException">y is shorter than x, or overlaps it in part.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is below 1.</exception>
    public static void Apply<TOperator, TElement>(
        ReadOnlySpan<TElement> x, Span<TElement> y, ReadOnlySpan<double> parameters, Width width = Width.Widest, int threads = 1)
        where TOperator : IOperator
        where TElement : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (y.Length < x.Length)
            throw new ArgumentException($"The destination holds {y.Length} values, the source {x.Length}.", nameof(y));
        if (x.Overlaps(y, out var offset) && offset != 0)
            throw new ArgumentException("The destination may be the source itself, but must not overlap it otherwise.", nameof(y));

        if (threads > 1 && x.Length >= 2 * ChunkLength)
            ApplyOnThreads<TOperator, TElement>(x, y, parameters.ToArray(), width, threads);
        else
            ApplyHere<TOperator, TElement>(x, y, parameters, width);
    }

    private static unsafe void ApplyOnThreads<TOperator, TElement>(
        ReadOnlySpan<TElement> x, Span<TElement> y, double[] parameters, Width width, int threads)
        where TOperator : IOperator
        where TElement : unmanaged
    {
        fixed (TElement* source = x, destination = y)
        {
            // A lambda may not capture fixed pointers, but it may capture their values.
            var (from, to, length) = ((nint)source, (nint)destination, x.Length);
            Parallel.For(0, (length + ChunkLength - 1) / ChunkLength, new ParallelOptions { MaxDegreeOfParallelism = threads }, chunk =>
            {
                var start = chunk * ChunkLength;
                var count = Math.Min(ChunkLength, length - start);
                ApplyHere<TOperator, TElement>(
                    new ReadOnlySpan<TElement>((TElement*)from + start, count), new Span<TElement>((TElement*)to + start, count), parameters, width);
            });
        }
    }

    private static void ApplyHere<TOperator, TElement>(
        ReadOnlySpan<TElement> x, Span<TElement> y, ReadOnlySpan<double> parameters, Width width)
        where TOperator : IOperator
        where TElement : unmanaged
    {
        if (typeof(TElement) == typeof(double))
            ApplyToDoubles<TOperator>(MemoryMarshal.Cast<TElement, double>(x), MemoryMarshal.Cast<TElement, double>(y), parameters, width);
        else
            ApplyToSingles<TOperator>(MemoryMarshal.Cast<TElement, float>(x), MemoryMarshal.Cast<TElement, float>(y), parameters, width);
    }

    private static void ApplyToDoubles<TOperator>(ReadOnlySpan<double> x, Span<double> y, ReadOnlySpan<double> parameters, Width width)
        where TOperator : IOperator
    {
        switch (Hardware.Resolve(width))
        {
            case Width.Vector512: Run<TOperator, double, Lanes8>(x, y, parameters); break;
            case Width.Vector256: Run<TOperator, double, Lanes4>(x, y, parameters); break;
            case Width.Vector128: Run<TOperator, double, Lanes2>(x, y, parameters); break;
            default: Run<TOperator, double, Lanes1>(x, y, parameters); break;
        }
    }

    private static void ApplyToSingles<TOperator>(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<double> parameters, Width width)
        where TOperator : IOperator
    {
        var inSingle = TOperator.InSingle;
        switch (Hardware.Resolve(width))
        {
            case Width.Vector512 when inSingle: Run<TOperator, float, Singles16>(x, y, parameters); break;
            case Width.Vector256 when inSingle: Run<TOperator, float, Singles8>(x, y, parameters); break;
            case Width.Vector128 when inSingle: Run<TOperator, float, Singles4>(x, y, parameters); break;
            case Width.Scalar when inSingle: Run<TOperator, float, Singles1>(x, y, parameters); break;
            case Width.Vector512: Run<TOperator, float, Lanes8>(x, y, parameters); break;
            case Width.Vector256: Run<TOperator, float, Lanes4>(x, y, parameters); break;
            case Width.Vector128: Run<TOperator, float, Lanes2>(x, y, parameters); break;
            default: Run<TOperator, float, Lanes1>(x, y, parameters); break;
        }
    }

    private static unsafe void Run<TOperator, TElement, T>(ReadOnlySpan<TElement> x, Span<TElement> y, ReadOnlySpan<double> parameters)
        where TOperator : IOperator
        where TElement : unmanaged
        where T : unmanaged, ILanes<T>
    {
        // The first few values go through on their own, so that the stores after them are aligned: a store across two cache lines takes
        // twice as long, which matters for short formulas (relu in float32: 0.04 instead of 0.025 ns an element). If the garbage
        // collector moves the array in the meantime, only the speed is lost.
        if (x.Length >= 16 * T.Count)
        {
            var past = (int)((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(y)) % (nuint)(T.Count * sizeof(TElement))) / sizeof(TElement);
            if (past > 0)
            {
                var head = T.Count - past;
                Run<TOperator, TElement, T>(x[..head], y[..head], parameters);
                x = x[head..];
                y = y[head..];
            }
        }

        // Converted here, because the loops don't know that a parameter stays the same.
        var parameter = parameters.IsEmpty ? 0 : parameters[0];
        var rest = T.IsSingle ? parameter - (float)parameter : 0;
        if (TOperator.InTwoSteps && !TOperator.InPairs)
            RunInTwoSteps<TOperator, TElement, T>(x, y, new(parameter, rest));
        else if (TOperator.InTwoSteps)
            RunInTwoSteps<TOperator, TElement, Twice<T>>(x, y, new(parameter, rest));
        else
            RunInOneStep<TOperator, TElement, T>(x, y, new(parameter, rest));
    }

    private static void RunInOneStep<TOperator, TElement, T>(ReadOnlySpan<TElement> x, Span<TElement> y, Pair<T> parameter)
        where TOperator : IOperator
        where TElement : unmanaged
        where T : unmanaged, ILanes<T>
    {
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var destination = ref MemoryMarshal.GetReference(y);
        nint i = 0;
        for (; i <= x.Length - T.Count; i += T.Count)
            Store(TOperator.Invoke(Load<TElement, T>(ref Unsafe.Add(ref source, i)), default, false, parameter), ref Unsafe.Add(ref destination, i));

        // The remaining values go through the same loop, in a buffer padded with zeros. A second Invoke here would double the code, and
        // the longer formulas would then exceed the number of locals up to which the JIT inlines.
        if (i < x.Length)
        {
            Span<TElement> rest = stackalloc TElement[T.Count];
            rest.Clear();
            x[(int)i..].CopyTo(rest);
            RunInOneStep<TOperator, TElement, T>(rest, rest, parameter);
            rest[..(x.Length - (int)i)].CopyTo(y[(int)i..]);
        }
    }

    [SkipLocalsInit]
    private static unsafe void RunInTwoSteps<TOperator, TElement, T>(ReadOnlySpan<TElement> x, Span<TElement> y, Pair<T> parameter)
        where TOperator : IOperator
        where TElement : unmanaged
        where T : unmanaged, ILanes<T>
    {
        // On a cache line of its own: the stack is aligned to 16 bytes only, and a vector across two lines takes twice as long.
        var buffer = stackalloc byte[BlockLength / T.Count * sizeof(Pair<T>) + CacheLine - 1];
        ref var begun = ref *(Pair<T>*)((nuint)(buffer + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        ref var source = ref MemoryMarshal.GetReference(x);
        ref var destination = ref MemoryMarshal.GetReference(y);
        var vectors = x.Length / T.Count;
        for (var start = 0; start < vectors; start += BlockLength / T.Count)
        {
            var count = Math.Min(BlockLength / T.Count, vectors - start);
            var anyFar = Begin<TOperator, TElement, T>(in Unsafe.Add(ref source, start * T.Count), ref begun, count);
            Finish<TOperator, TElement, T>(
                in Unsafe.Add(ref source, start * T.Count), in begun, anyFar, ref Unsafe.Add(ref destination, start * T.Count), count, in parameter);
        }

        var done = vectors * T.Count;
        if (done < x.Length)
        {
            Span<TElement> rest = stackalloc TElement[T.Count];
            rest.Clear();
            x[done..].CopyTo(rest);
            RunInTwoSteps<TOperator, TElement, T>(rest, rest, parameter);
            rest[..(x.Length - done)].CopyTo(y[done..]);
        }
    }

    // Each loop is a method of its own: together they may be too large for the JIT to inline the formula.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Begin<TOperator, TElement, T>(ref readonly TElement source, ref Pair<T> begun, int vectors)
        where TOperator : IOperator
        where TElement : unmanaged
        where T : unmanaged, ILanes<T>
    {
        ref var x = ref Unsafe.AsRef(in source);
        var anyFar = false;
        for (var i = 0; i < vectors; i++)
            Unsafe.Add(ref begun, i) = TOperator.Begin(Load<TElement, T>(ref Unsafe.Add(ref x, i * T.Count)), ref anyFar);
        return anyFar;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Finish<TOperator, TElement, T>(
        ref readonly TElement source, ref readonly Pair<T> begun, bool anyFar, ref TElement destination, int vectors, in Pair<T> parameter)
        where TOperator : IOperator
        where TElement : unmanaged
        where T : unmanaged, ILanes<T>
    {
        ref var x = ref Unsafe.AsRef(in source);
        ref var first = ref Unsafe.AsRef(in begun);
        var constant = parameter;
        for (var i = 0; i < vectors; i++)
        {
            var value = TOperator.Invoke(Load<TElement, T>(ref Unsafe.Add(ref x, i * T.Count)), Unsafe.Add(ref first, i), anyFar, constant);
            Store(value, ref Unsafe.Add(ref destination, i * T.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Load<TElement, T>(ref TElement source)
        where T : unmanaged, ILanes<T> =>
        typeof(TElement) == typeof(float)
            ? T.Load(in Unsafe.As<TElement, float>(ref source))
            : T.Load(in Unsafe.As<TElement, double>(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TElement, T>(T value, ref TElement destination)
        where T : unmanaged, ILanes<T>
    {
        if (typeof(TElement) == typeof(float))
            value.Store(ref Unsafe.As<TElement, float>(ref destination));
        else
            value.Store(ref Unsafe.As<TElement, double>(ref destination));
    }
}
