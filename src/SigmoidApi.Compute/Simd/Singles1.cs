using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>One float32 number at a time: for machines without vectors, and the reference that tests compare the vectors with.</summary>
internal readonly struct Singles1(float value) : ILanes<Singles1>
{
    private readonly float _value = value;

    public static bool IsHardwareAccelerated => true;

    public static bool IsSingle => true;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 Load(ref readonly double source) => new((float)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 Load(ref readonly float source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double destination) => destination = _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float destination) => destination = _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Singles1(double value) => new((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator +(Singles1 left, Singles1 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator -(Singles1 left, Singles1 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator *(Singles1 left, Singles1 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator /(Singles1 left, Singles1 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator -(Singles1 value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator >(Singles1 left, Singles1 right) => Mask(left._value > right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator <(Singles1 left, Singles1 right) => Mask(left._value < right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator >=(Singles1 left, Singles1 right) => Mask(left._value >= right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 operator <=(Singles1 left, Singles1 right) => Mask(left._value <= right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Singles1 left, Singles1 right) => left._value > right._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 MultiplyAdd(Singles1 a, Singles1 b, Singles1 c) => new(MathF.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 NegatedMultiplyAdd(Singles1 a, Singles1 b, Singles1 c) => new(MathF.FusedMultiplyAdd(-a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 MultiplySubtract(Singles1 a, Singles1 b, Singles1 c) => new(MathF.FusedMultiplyAdd(a._value, b._value, -c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 Abs(Singles1 value) => new(MathF.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 AtLeast(Singles1 value, Singles1 limit) => limit._value > value._value ? limit : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 AtMost(Singles1 value, Singles1 limit) => limit._value < value._value ? limit : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 CopySign(Singles1 magnitude, Singles1 sign) => new(MathF.CopySign(magnitude._value, sign._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 Select(Singles1 mask, Singles1 whenTrue, Singles1 whenFalse) =>
        BitConverter.SingleToInt32Bits(mask._value) != 0 ? whenTrue : whenFalse;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 SelectBySign(Singles1 x, Singles1 whenNegative, Singles1 otherwise) =>
        float.IsNegative(x._value) ? whenNegative : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Singles1 ShiftBitsLeft(Singles1 value, int count) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value._value) << count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Singles1 Mask(bool condition) => new(BitConverter.Int32BitsToSingle(condition ? -1 : 0));
}
