namespace SigmoidApi.Compute.Simd;

/// <summary>
/// A few float64 numbers that one instruction works on: one (<see cref="Lanes1"/>), two, four or eight. A formula written once
/// over <typeparamref name="T"/> is thereby its scalar and its vector form, and because every member here is exact or correctly
/// rounded, all widths give the same bits.
/// </summary>
/// <remarks>A comparison gives a mask, all bits of a lane set or none, for <see cref="Select"/>; every comparison with NaN is false.</remarks>
internal interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract bool IsHardwareAccelerated { get; }

    /// <summary>How many numbers a value holds.</summary>
    static abstract int Count { get; }

    static abstract T Load(ref readonly double source);

    /// <summary>Widens <see cref="Count"/> float32 numbers, exactly.</summary>
    static abstract T Load(ref readonly float source);

    void Store(ref double destination);

    /// <summary>Rounds to float32, to nearest.</summary>
    void Store(ref float destination);

    /// <summary>The same number in every lane.</summary>
    static abstract implicit operator T(double value);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    static abstract T operator -(T value);

    static abstract T operator >(T left, T right);

    static abstract T operator <(T left, T right);

    static abstract T operator >=(T left, T right);

    static abstract T operator <=(T left, T right);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>c − a·b, rounded once.</summary>
    static abstract T NegatedMultiplyAdd(T a, T b, T c);

    static abstract T Abs(T value);

    /// <summary>The smaller of the two; NaN when <paramref name="value"/> is NaN, which every native minimum gives as its second operand.</summary>
    static abstract T AtMost(T value, T limit);

    /// <summary>The magnitude of one number under the sign of another.</summary>
    static abstract T CopySign(T magnitude, T sign);

    static abstract T Select(T mask, T whenTrue, T whenFalse);

    /// <summary>The bits of each lane, as an unsigned integer, moved to the left.</summary>
    static abstract T ShiftBitsLeft(T value, int count);
}
