using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Twice as many numbers, in two registers: while an instruction on one waits for its operands, the same instruction on the other runs.
/// That speeds up the loop over the sigmoid from 0.67 to 0.58 ns an element. With four registers the code is too large for the JIT to inline.
/// </summary>
internal readonly struct Twice<T>(T first, T second) : ILanes<Twice<T>>
    where T : unmanaged, ILanes<T>
{
    private readonly T _first = first;
    private readonly T _second = second;

    public static bool IsHardwareAccelerated => T.IsHardwareAccelerated;

    public static bool IsSingle => T.IsSingle;

    public static int Count => 2 * T.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Load(ref readonly double source) =>
        new(T.Load(in source), T.Load(in Unsafe.Add(ref Unsafe.AsRef(in source), T.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination)
    {
        _first.Store(ref destination);
        _second.Store(ref Unsafe.Add(ref destination, T.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Load(ref readonly float source) =>
        new(T.Load(in source), T.Load(in Unsafe.Add(ref Unsafe.AsRef(in source), T.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination)
    {
        _first.Store(ref destination);
        _second.Store(ref Unsafe.Add(ref destination, T.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Twice<T>(double value) => new(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator +(Twice<T> left, Twice<T> right) => new(left._first + right._first, left._second + right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator -(Twice<T> left, Twice<T> right) => new(left._first - right._first, left._second - right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator *(Twice<T> left, Twice<T> right) => new(left._first * right._first, left._second * right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator /(Twice<T> left, Twice<T> right) => new(left._first / right._first, left._second / right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator >(Twice<T> left, Twice<T> right) => new(left._first > right._first, left._second > right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator <(Twice<T> left, Twice<T> right) => new(left._first < right._first, left._second < right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator >=(Twice<T> left, Twice<T> right) => new(left._first >= right._first, left._second >= right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator <=(Twice<T> left, Twice<T> right) => new(left._first <= right._first, left._second <= right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> operator -(Twice<T> value) => new(-value._first, -value._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Twice<T> left, Twice<T> right) =>
        T.AnyGreater(left._first, right._first) | T.AnyGreater(left._second, right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> MultiplyAdd(Twice<T> a, Twice<T> b, Twice<T> c) =>
        new(T.MultiplyAdd(a._first, b._first, c._first), T.MultiplyAdd(a._second, b._second, c._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> NegatedMultiplyAdd(Twice<T> a, Twice<T> b, Twice<T> c) =>
        new(T.NegatedMultiplyAdd(a._first, b._first, c._first), T.NegatedMultiplyAdd(a._second, b._second, c._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> MultiplySubtract(Twice<T> a, Twice<T> b, Twice<T> c) =>
        new(T.MultiplySubtract(a._first, b._first, c._first), T.MultiplySubtract(a._second, b._second, c._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Abs(Twice<T> value) => new(T.Abs(value._first), T.Abs(value._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> AtLeast(Twice<T> value, Twice<T> limit) =>
        new(T.AtLeast(value._first, limit._first), T.AtLeast(value._second, limit._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> AtMost(Twice<T> value, Twice<T> limit) =>
        new(T.AtMost(value._first, limit._first), T.AtMost(value._second, limit._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> CopySign(Twice<T> magnitude, Twice<T> sign) =>
        new(T.CopySign(magnitude._first, sign._first), T.CopySign(magnitude._second, sign._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> Select(Twice<T> mask, Twice<T> whenTrue, Twice<T> whenFalse) =>
        new(T.Select(mask._first, whenTrue._first, whenFalse._first), T.Select(mask._second, whenTrue._second, whenFalse._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> SelectBySign(Twice<T> x, Twice<T> whenNegative, Twice<T> otherwise) =>
        new(T.SelectBySign(x._first, whenNegative._first, otherwise._first), T.SelectBySign(x._second, whenNegative._second, otherwise._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T> ShiftBitsLeft(Twice<T> value, int count) =>
        new(T.ShiftBitsLeft(value._first, count), T.ShiftBitsLeft(value._second, count));
}
