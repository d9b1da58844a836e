using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Compute.Simd;

/// <summary>Four float32 numbers in a <see cref="Vector128{T}"/>.</summary>
internal readonly struct Singles4(Vector128<float> value) : ILanes<Singles4>
{
    private readonly Vector128<float> _value = value;

    public static bool IsHardwareAccelerated => Vector128.IsHardwareAccelerated;

    public static bool IsSingle => true;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 Load(ref readonly double source) => new(Vector128.Narrow(Vector128.LoadUnsafe(in source), Vector128.LoadUnsafe(in source, 2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 Load(ref readonly float source) => new(Vector128.LoadUnsafe(in source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination)
    {
        Vector128.WidenLower(_value).StoreUnsafe(ref destination);
        Vector128.WidenUpper(_value).StoreUnsafe(ref destination, 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination) => _value.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Singles4(double value) => new(Vector128.Create((float)value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator +(Singles4 left, Singles4 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator -(Singles4 left, Singles4 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator *(Singles4 left, Singles4 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator /(Singles4 left, Singles4 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator -(Singles4 value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator >(Singles4 left, Singles4 right) => new(Vector128.GreaterThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator <(Singles4 left, Singles4 right) => new(Vector128.LessThan(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator >=(Singles4 left, Singles4 right) => new(Vector128.GreaterThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 operator <=(Singles4 left, Singles4 right) => new(Vector128.LessThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Singles4 left, Singles4 right) => Vector128.GreaterThan(left._value, right._value).ExtractMostSignificantBits() != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 MultiplyAdd(Singles4 a, Singles4 b, Singles4 c) => new(Vector128.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 NegatedMultiplyAdd(Singles4 a, Singles4 b, Singles4 c) => new(Fma.IsSupported
        ? Fma.MultiplyAddNegated(a._value, b._value, c._value)
        : Vector128.FusedMultiplyAdd(-a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 MultiplySubtract(Singles4 a, Singles4 b, Singles4 c) => new(Fma.IsSupported
        ? Fma.MultiplySubtract(a._value, b._value, c._value)
        : Vector128.FusedMultiplyAdd(a._value, b._value, -c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 Abs(Singles4 value) => new(Vector128.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 AtLeast(Singles4 value, Singles4 limit) => new(Vector128.MaxNative(limit._value, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 AtMost(Singles4 value, Singles4 limit) => new(Vector128.MinNative(limit._value, value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 CopySign(Singles4 magnitude, Singles4 sign) => new(Vector128.CopySign(magnitude._value, sign._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 Select(Singles4 mask, Singles4 whenTrue, Singles4 whenFalse) =>
        new(Vector128.ConditionalSelect(mask._value, whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 SelectBySign(Singles4 x, Singles4 whenNegative, Singles4 otherwise) => Sse41.IsSupported
        ? new(Sse41.BlendVariable(otherwise._value, whenNegative._value, x._value))
        : Select(x < 0.0, whenNegative, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles4 ShiftBitsLeft(Singles4 value, int count) => new((value._value.AsInt32() << count).AsSingle());
}
