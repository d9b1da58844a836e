using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Compute.Simd;

/// <summary>Sixteen float32 numbers in a <see cref="Vector512{T}"/>.</summary>
internal readonly struct Singles16(Vector512<float> value) : ILanes<Singles16>
{
    private readonly Vector512<float> _value = value;

    public static bool IsHardwareAccelerated => Vector512.IsHardwareAccelerated;

    public static bool IsSingle => true;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 Load(ref readonly double source) => new(Vector512.Narrow(Vector512.LoadUnsafe(in source), Vector512.LoadUnsafe(in source, 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 Load(ref readonly float source) => new(Vector512.LoadUnsafe(in source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination)
    {
        Vector512.WidenLower(_value).StoreUnsafe(ref destination);
        Vector512.WidenUpper(_value).StoreUnsafe(ref destination, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination) => _value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Singles16(double value) => new(Vector512.Create((float)value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator +(Singles16 left, Singles16 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator -(Singles16 left, Singles16 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator *(Singles16 left, Singles16 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator /(Singles16 left, Singles16 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator -(Singles16 value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator >(Singles16 left, Singles16 right) => new(Vector512.GreaterThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator <(Singles16 left, Singles16 right) => new(Vector512.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator >=(Singles16 left, Singles16 right) => new(Vector512.GreaterThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 operator <=(Singles16 left, Singles16 right) => new(Vector512.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Singles16 left, Singles16 right) => Vector512.GreaterThanAny(left._value, right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 MultiplyAdd(Singles16 a, Singles16 b, Singles16 c) => new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 NegatedMultiplyAdd(Singles16 a, Singles16 b, Singles16 c) => new(Avx512F.IsSupported
        ? Avx512F.FusedMultiplyAddNegated(a._value, b._value, c._value)
        : Vector512.FusedMultiplyAdd(-a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 MultiplySubtract(Singles16 a, Singles16 b, Singles16 c) => new(Avx512F.IsSupported
        ? Avx512F.FusedMultiplySubtract(a._value, b._value, c._value)
        : Vector512.FusedMultiplyAdd(a._value, b._value, -c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 Abs(Singles16 value) => new(Vector512.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 AtLeast(Singles16 value, Singles16 limit) => new(Vector512.MaxNative(limit._value, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 AtMost(Singles16 value, Singles16 limit) => new(Vector512.MinNative(limit._value, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 CopySign(Singles16 magnitude, Singles16 sign) => new(Vector512.CopySign(magnitude._value, sign._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 Select(Singles16 mask, Singles16 whenTrue, Singles16 whenFalse) =>
        new(Vector512.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 SelectBySign(Singles16 x, Singles16 whenNegative, Singles16 otherwise) =>
        new(Vector512.ConditionalSelect((x._value.AsInt32() >> 31).AsSingle(), whenNegative._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles16 ShiftBitsLeft(Singles16 value, int count) => new((value._value.AsInt32() << count).AsSingle());
}
