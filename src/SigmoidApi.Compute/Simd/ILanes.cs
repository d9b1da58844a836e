namespace SigmoidApi.Compute.Simd;

/// <summary>
/// A few numbers that one instruction works on: one, two, four or eight float64 (<see cref="Lanes1"/> and so on), or one, four, eight
/// or sixteen float32 (<see cref="Singles1"/> and so on). A formula written once over <typeparamref name="T"/> is thereby its scalar
/// and its vector form, and because every member here is exact or correctly rounded, all widths give the same bits.
/// </summary>
/// <remarks>A comparison gives a mask, all bits of a lane set or none, for <see cref="Select"/>; every comparison with NaN is false.</remarks>
internal interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract bool IsHardwareAccelerated { get; }

    /// <summary>How many numbers a value holds.</summary>
    static abstract int Count { get; }

    /// <summary>Whether the numbers are float32, with constants and polynomials to match.</summary>
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

    /// <summary>Whether some lane's number is greater than the other's.</summary>
    static abstract bool AnyGreater(T left, T right);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>c − a·b, rounded once.</summary>
    static abstract T NegatedMultiplyAdd(T a, T b, T c);

    /// <summary>a·b − c, rounded once.</summary>
    static abstract T MultiplySubtract(T a, T b, T c);

    static abstract T Abs(T value);

    /// <summary>The larger of the two, the first where they are zeros; NaN when <paramref name="value"/> is NaN, which every native maximum gives as its second operand.</summary>
    static abstract T AtLeast(T value, T limit);

    /// <summary>The smaller of the two; NaN when <paramref name="value"/> is NaN, which every native minimum gives as its second operand.</summary>
    static abstract T AtMost(T value, T limit);

    /// <summary>The magnitude of one number under the sign of another.</summary>
    static abstract T CopySign(T magnitude, T sign);

    static abstract T Select(T mask, T whenTrue, T whenFalse);

    /// <summary>One value where the sign bit of x is set, another elsewhere.</summary>
    static abstract T SelectBySign(T x, T whenNegative, T otherwise);

    /// <summary>The bits of each lane, as an unsigned integer, moved to the left.</summary>
    static abstract T ShiftBitsLeft(T value, int count);
}
