namespace SigmoidApi.Compute.Simd;

/// <summary>
/// The numbers that one instruction works on: one, two, four or eight float64 (<see cref="Lanes1"/> and so on), or one, four, eight
/// or sixteen float32 (<see cref="Singles1"/> and so on). A formula is written once over <typeparamref name="T"/> and serves as its
/// scalar and its vector form. Every member here is exact or correctly rounded, so all widths give the same bits.
/// </summary>
/// <remarks>
/// A comparison returns a mask for <see cref="Select"/>: all bits of a lane are set, or none. Every comparison with NaN is false.
/// </remarks>
internal interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract bool IsHardwareAccelerated { get; }

    /// <summary>How many numbers a value holds.</summary>
    static abstract int Count { get; }

    /// <summary>Whether the numbers are float32. Formulas choose their constants and polynomials by it.</summary>
    static abstract bool IsSingle { get; }

    /// <summary>Reads <see cref="Count"/> numbers, each rounded to nearest where the lanes are float32.</summary>
    static abstract T Load(ref readonly double source);

    /// <summary>Reads <see cref="Count"/> numbers, widened exactly where the lanes are float64.</summary>
    static abstract T Load(ref readonly float source);

    void Store(ref double destination);

    /// <summary>Writes the numbers, each rounded to nearest where the lanes are float64.</summary>
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

    /// <summary>Whether <paramref name="left"/> is greater than <paramref name="right"/> in at least one lane.</summary>
    static abstract bool AnyGreater(T left, T right);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>c − a·b, rounded once.</summary>
    static abstract T NegatedMultiplyAdd(T a, T b, T c);

    /// <summary>a·b − c, rounded once.</summary>
    static abstract T MultiplySubtract(T a, T b, T c);

    static abstract T Abs(T value);

    /// <summary>
    /// The larger of the two; <paramref name="value"/> if both are zeros. NaN if <paramref name="value"/> is NaN: it is the second operand of
    /// the native maximum, which every machine returns for NaN.
    /// </summary>
    static abstract T AtLeast(T value, T limit);

    /// <summary>The smaller of the two. NaN if <paramref name="value"/> is NaN, for the same reason as in <see cref="AtLeast"/>.</summary>
    static abstract T AtMost(T value, T limit);

    /// <summary>The magnitude of one number with the sign of another.</summary>
    static abstract T CopySign(T magnitude, T sign);

    static abstract T Select(T mask, T whenTrue, T whenFalse);

    /// <summary>One value in lanes where x is negative, another elsewhere. Lanes with -0 or NaN may get either, depending on the machine.</summary>
    static abstract T SelectBySign(T x, T whenNegative, T otherwise);

    /// <summary>The bits of each lane, shifted to the left.</summary>
    static abstract T ShiftBitsLeft(T value, int count);
}
