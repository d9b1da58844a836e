using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Twice as many numbers, worked on by two instructions side by side: while one waits for its operands the other goes on. That brings
/// the loop over the sigmoid from 0.67 to 0.58 ns an element. Four side by side outgrow what the compiler inlines.
/// </summary>
internal readonly struct Twice<T, TElement>(T first, T second) : ILanes<Twice<T, TElement>>, IStored<Twice<T, TElement>, TElement>
    where T : unmanaged, ILanes<T>, IStored<T, TElement>
    where TElement : unmanaged
{
    private readonly T _first = first;
    private readonly T _second = second;

    public static bool IsHardwareAccelerated => T.IsHardwareAccelerated;

    public static bool IsSingle => T.IsSingle;

    public static int Count => 2 * T.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> Load(ref readonly TElement source) =>
        new(T.Load(in source), T.Load(in Unsafe.Add(ref Unsafe.AsRef(in source), T.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref TElement destination)
    {
        _first.Store(ref destination);
        _second.Store(ref Unsafe.Add(ref destination, T.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> Broadcast(ref readonly TElement source) => new(T.Broadcast(in source), T.Broadcast(in source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Twice<T, TElement>(double value) => new(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator +(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first + right._first, left._second + right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator -(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first - right._first, left._second - right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator *(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first * right._first, left._second * right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator /(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first / right._first, left._second / right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator >(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first > right._first, left._second > right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator <(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first < right._first, left._second < right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator >=(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first >= right._first, left._second >= right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator <=(Twice<T, TElement> left, Twice<T, TElement> right) => new(left._first <= right._first, left._second <= right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> operator -(Twice<T, TElement> value) => new(-value._first, -value._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Twice<T, TElement> left, Twice<T, TElement> right) =>
        T.AnyGreater(left._first, right._first) | T.AnyGreater(left._second, right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> MultiplyAdd(Twice<T, TElement> a, Twice<T, TElement> b, Twice<T, TElement> c) =>
        new(T.MultiplyAdd(a._first, b._first, c._first), T.MultiplyAdd(a._second, b._second, c._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> NegatedMultiplyAdd(Twice<T, TElement> a, Twice<T, TElement> b, Twice<T, TElement> c) =>
        new(T.NegatedMultiplyAdd(a._first, b._first, c._first), T.NegatedMultiplyAdd(a._second, b._second, c._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> MultiplySubtract(Twice<T, TElement> a, Twice<T, TElement> b, Twice<T, TElement> c) =>
        new(T.MultiplySubtract(a._first, b._first, c._first), T.MultiplySubtract(a._second, b._second, c._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> Abs(Twice<T, TElement> value) => new(T.Abs(value._first), T.Abs(value._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> AtLeast(Twice<T, TElement> value, Twice<T, TElement> limit) =>
        new(T.AtLeast(value._first, limit._first), T.AtLeast(value._second, limit._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> AtMost(Twice<T, TElement> value, Twice<T, TElement> limit) =>
        new(T.AtMost(value._first, limit._first), T.AtMost(value._second, limit._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> CopySign(Twice<T, TElement> magnitude, Twice<T, TElement> sign) =>
        new(T.CopySign(magnitude._first, sign._first), T.CopySign(magnitude._second, sign._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> Select(Twice<T, TElement> mask, Twice<T, TElement> whenTrue, Twice<T, TElement> whenFalse) =>
        new(T.Select(mask._first, whenTrue._first, whenFalse._first), T.Select(mask._second, whenTrue._second, whenFalse._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> SelectBySign(Twice<T, TElement> x, Twice<T, TElement> whenNegative, Twice<T, TElement> otherwise) =>
        new(T.SelectBySign(x._first, whenNegative._first, otherwise._first), T.SelectBySign(x._second, whenNegative._second, otherwise._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twice<T, TElement> ShiftBitsLeft(Twice<T, TElement> value, int count) =>
        new(T.ShiftBitsLeft(value._first, count), T.ShiftBitsLeft(value._second, count));
}
