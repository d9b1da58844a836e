using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Decimals;

/// <summary>
/// Writes the shortest decimal that reads back as the same double, and of those the nearest: the text of <c>double.ToString("R")</c> in the invariant
/// culture, except for 2^-25 and 2^-958, where that reads back as another number. It is plain from 1E-4 on and up to 17 digits before the point
/// (<c>0.64</c>, <c>3</c>, <c>-0</c>), else <c>1.5E-05</c>; JSON takes both. The digits are found by Schubfach (Raffaello Giulietti,
/// <see href="https://drive.google.com/file/d/1IEeATSVnEE6TkrHlCYNY2GjaraBjOT4f">The Schubfach way to render doubles</see>, 2020).
/// </summary>
internal static class DoubleFormatter
{
    /// <summary>The longest text is that of -2.2250738585072014E-308.</summary>
    public const int MaxLength = 24;

    private const int MantissaBits = 52;
    private const ulong HiddenBit = 1UL << MantissaBits;
    private const int MaxPlainDigits = 17;

    /// <summary>Writes a finite number.</summary>
    /// <param name="value">Neither an infinity nor NaN.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Format(double value, Span<byte> destination)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var sign = 0;
        if ((bits >> 63) != 0)
        {
            destination[0] = (byte)'-';
            sign = 1;
            bits &= ulong.MaxValue >> 1;
        }

        if (bits == 0)
        {
            destination[sign] = (byte)'0';
            return sign + 1;
        }

        var (digits, exponent) = Shortest(bits);
        return sign + Layout(digits, exponent, destination[sign..]);
    }

    /// <summary>The digits and power of ten of the shortest decimal; the digits may end in zeros, and have at most 17 places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Digits, int Exponent) Shortest(ulong bits)
    {
        var mantissa = bits & (HiddenBit - 1);
        var biased = (int)(bits >> MantissaBits);
        // Below a power of two the doubles are closer together than above it.
        var lowerIsCloser = mantissa == 0 && biased > 1;
        int q;
        if (biased == 0)
        {
            q = -1074;
        }
        else
        {
            mantissa |= HiddenBit;
            q = biased - 1075;
            if (q is <= 0 and >= -MantissaBits && (mantissa & ((1UL << -q) - 1)) == 0)
                return (mantissa >> -q, 0);
        }

        // The interval that rounds to the value has its ends at (4c - 2 or 1) and (4c + 2), in quarters of 2^q; k is the power of ten that just fits in it.
        var k = (q * 1262611 - (lowerIsCloser ? 524031 : 0)) >> 22;
        var h = q + PowersOfFive.Log2(-k) + 1;
        var high = PowersOfFive.High(-k);
        var low = PowersOfFive.Low(-k);
        // Schubfach wants the power rounded up wherever it is inexact.
        if (k is > 27 or < -55)
            high += ++low == 0 ? 1UL : 0;
        var center = mantissa << 2;
        var lower = RoundToOdd(high, low, (center - (lowerIsCloser ? 1UL : 2UL)) << h);
        var middle = RoundToOdd(high, low, center << h);
        var upper = RoundToOdd(high, low, (center + 2) << h);
        // The ends themselves round to the value when it is even.
        var odd = mantissa & 1;
        lower += odd;
        upper -= odd;

        var s = middle >> 2;
        if (s >= 10)
        {
            // One digit less, if just one of its two neighbours is inside.
            var tens = s / 10;
            var belowFits = lower <= 40 * tens;
            var aboveFits = 40 * tens + 40 <= upper;
            if (belowFits != aboveFits)
                return (tens + (aboveFits ? 1UL : 0), k + 1);
        }

        var downFits = lower <= 4 * s;
        var upFits = 4 * s + 4 <= upper;
        if (downFits != upFits)
            return (s + (upFits ? 1UL : 0), k);
        var half = 4 * s + 2;
        var up = middle > half || (middle == half && (s & 1) != 0);
        return (s + (up ? 1UL : 0), k);
    }

    /// <summary>The integer part of a product by 2^-128, its last bit set when anything was cut off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RoundToOdd(ulong high, ulong low, ulong factor)
    {
        var carry = Math.BigMul(low, factor, out _);
        var result = Math.BigMul(high, factor, out var rest);
        rest += carry;
        if (rest < carry)
            result++;
        return result | (rest > 1 ? 1UL : 0);
    }

    /// <summary>Writes digits × 10^exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    private static int Layout(ulong digits, int exponent, Span<byte> destination)
    {
        // Seventeen places: one, eight, eight. The first digit of a block is in its lowest byte.
        Span<byte> places = stackalloc byte[MaxPlainDigits];
        var upper = digits / 100_000_000;
        var first = (uint)(upper / 100_000_000);
        var middle = EightDigits((uint)(upper - first * 100_000_000UL));
        var last = EightDigits((uint)(digits - upper * 100_000_000));
        places[0] = (byte)('0' + first);
        BinaryPrimitives.WriteUInt64LittleEndian(places[1..], middle | 0x3030303030303030);
        BinaryPrimitives.WriteUInt64LittleEndian(places[9..], last | 0x3030303030303030);
        var start = first != 0 ? 0 : middle != 0 ? 1 + BitOperations.TrailingZeroCount(middle) / 8 : 9 + BitOperations.TrailingZeroCount(last) / 8;
        var end = last != 0 ? 17 - BitOperations.LeadingZeroCount(last) / 8 : middle != 0 ? 9 - BitOperations.LeadingZeroCount(middle) / 8 : 1;
        var significant = places[start..end];
        // The number is 0.d1d2d3… × 10^point.
        var point = MaxPlainDigits - start + exponent;

        if (point is <= 0 and > -4)
        {
            "0.000"u8.CopyTo(destination);
            significant.CopyTo(destination[(2 - point)..]);
            return 2 - point + significant.Length;
        }

        if (point is > 0 and <= MaxPlainDigits)
        {
            if (point >= significant.Length)
            {
                significant.CopyTo(destination);
                destination[significant.Length..point].Fill((byte)'0');
                return point;
            }

            significant[..point].CopyTo(destination);
            destination[point] = (byte)'.';
            significant[point..].CopyTo(destination[(point + 1)..]);
            return significant.Length + 1;
        }

        return Scientific(significant, point - 1, destination);
    }

    private static int Scientific(ReadOnlySpan<byte> significant, int exponent, Span<byte> destination)
    {
        var length = 0;
        destination[length++] = significant[0];
        if (significant.Length > 1)
        {
            destination[length++] = (byte)'.';
            significant[1..].CopyTo(destination[length..]);
            length += significant.Length - 1;
        }

        destination[length++] = (byte)'E';
        destination[length++] = (byte)(exponent < 0 ? '-' : '+');
        var (hundreds, rest) = Math.DivRem((uint)Math.Abs(exponent), 100u);
        if (hundreds != 0)
            destination[length++] = (byte)('0' + hundreds);
        destination[length++] = (byte)('0' + rest / 10);
        destination[length++] = (byte)('0' + rest % 10);
        return length;
    }

    /// <summary>The eight decimal places of a number, as values, the first in the lowest byte: halves, then pairs, then digits, side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EightDigits(uint number)
    {
        ulong halves = number / 10_000 | ((ulong)(number % 10_000) << 32);
        var hundreds = (halves * 10_486 >> 20) & 0x0000007F0000007F;
        var pairs = hundreds | ((halves - 100 * hundreds) << 16);
        var tens = (pairs * 103 >> 10) & 0x000F000F000F000F;
        return tens | ((pairs - 10 * tens) << 8);
    }
}
