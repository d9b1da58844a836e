using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Compute.Simd;

/// <summary>Eight float32 numbers in a <see cref="Vector256{T}"/>.</summary>
internal readonly struct Singles8(Vector256<float> value) : ILanes<Singles8>
{
    private readonly Vector256<float> _value = value;

    public static bool IsHardwareAccelerated => Vector256.IsHardwareAccelerated;

    public static bool IsSingle => true;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 Load(ref readonly double source) => new(Vector256.Narrow(Vector256.LoadUnsafe(in source), Vector256.LoadUnsafe(in source, 4)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 Load(ref readonly float source) => new(Vector256.LoadUnsafe(in source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination)
    {
        Vector256.WidenLower(_value).StoreUnsafe(ref destination);
        Vector256.WidenUpper(_value).StoreUnsafe(ref destination, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination) => _value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Singles8(double value) => new(Vector256.Create((float)value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator +(Singles8 left, Singles8 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator -(Singles8 left, Singles8 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator *(Singles8 left, Singles8 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator /(Singles8 left, Singles8 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator -(Singles8 value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator >(Singles8 left, Singles8 right) => new(Vector256.GreaterThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator <(Singles8 left, Singles8 right) => new(Vector256.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator >=(Singles8 left, Singles8 right) => new(Vector256.GreaterThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 operator <=(Singles8 left, Singles8 right) => new(Vector256.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Singles8 left, Singles8 right) => Vector256.GreaterThan(left._value, right._value).ExtractMostSignificantBits() != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 MultiplyAdd(Singles8 a, Singles8 b, Singles8 c) => new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 NegatedMultiplyAdd(Singles8 a, Singles8 b, Singles8 c) => new(Fma.IsSupported
        ? Fma.MultiplyAddNegated(a._value, b._value, c._value)
        : Vector256.FusedMultiplyAdd(-a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 MultiplySubtract(Singles8 a, Singles8 b, Singles8 c) => new(Fma.IsSupported
        ? Fma.MultiplySubtract(a._value, b._value, c._value)
        : Vector256.FusedMultiplyAdd(a._value, b._value, -c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 Abs(Singles8 value) => new(Vector256.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 AtLeast(Singles8 value, Singles8 limit) => new(Vector256.MaxNative(limit._value, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 AtMost(Singles8 value, Singles8 limit) => new(Vector256.MinNative(limit._value, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 CopySign(Singles8 magnitude, Singles8 sign) => new(Vector256.CopySign(magnitude._value, sign._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 Select(Singles8 mask, Singles8 whenTrue, Singles8 whenFalse) =>
        new(Vector256.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 SelectBySign(Singles8 x, Singles8 whenNegative, Singles8 otherwise) => Avx.IsSupported
        ? new(Avx.BlendVariable(otherwise._value, whenNegative._value, x._value))
        : Select(x < 0.0, whenNegative, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles8 ShiftBitsLeft(Singles8 value, int count) => new((value._value.AsInt32() << count).AsSingle());
}
