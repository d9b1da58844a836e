using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Decimals;

/// <summary>
/// Writes the shortest decimal that reads back as the same double, and among several of that length the nearest. It is the text of
/// <c>double.ToString("R")</c> in the invariant culture, except for 2^-25 and 2^-958, where the framework's text reads back as another number.
/// Numbers of at least 1E-4 with up to 17 digits before the point are written plainly (<c>0.64</c>, <c>3</c>, <c>-0</c>), others with an exponent
/// (<c>1.5E-05</c>). JSON allows both. The digits come from the Schubfach algorithm (Raffaello Giulietti,
/// <see href="https://drive.google.com/file/d/1IEeATSVnEE6TkrHlCYNY2GjaraBjOT4f">The Schubfach way to render doubles</see>, 2020).
/// </summary>
internal static class DoubleFormatter
{
    /// <summary>The length of the longest text, which is -2.2250738585072014E-308.</summary>
    public const int MaxLength = 24;

    private const int MantissaBits = 52;
    private const ulong HiddenBit = 1UL << MantissaBits;
    private const int MaxPlainDigits = 17;

    /// <summary>Writes a finite number.</summary>
    /// <param name="value">Neither an infinity nor NaN.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
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

    /// <summary>The digits of the shortest decimal, at most 17, and its power of ten. The digits may end in zeros.</summary>
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

        // The decimals that round to the value are between (4c - 2 or 1) and (4c + 2), in quarters of 2^q. 10^k is the largest power of ten that
        // fits into this interval.
        var k = (q * 1262611 - (lowerIsCloser ? 524031 : 0)) >> 22;
        var h = q + PowersOfFive.Log2(-k) + 1;
        var high = PowersOfFive.High(-k);
        var low = PowersOfFive.Low(-k);
        // Schubfach needs the power rounded up if it is inexact.
        if (k is > 27 or < -55)
            high += ++low == 0 ? 1UL : 0;
        var center = mantissa << 2;
        var lower = RoundToOdd(high, low, (center - (lowerIsCloser ? 1UL : 2UL)) << h);
        var middle = RoundToOdd(high, low, center << h);
        var upper = RoundToOdd(high, low, (center + 2) << h);
        // If the mantissa is even, the ends of the interval round to the value too.
        var odd = mantissa & 1;
        lower += odd;
        upper -= odd;

        var s = middle >> 2;
        if (s >= 10)
        {
            // Take one digit less if exactly one of the two neighbours with fewer digits is in the interval.
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

    /// <summary>The integer part of a product times 2^-128. Its last bit is set if a fraction was cut off.</summary>
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
        // Seventeen digits in blocks of one, eight and eight. The first digit of a block is in its lowest byte.
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

    /// <summary>
    /// The eight decimal digits of a number, as values from 0 to 9, the first in the lowest byte. All parts of the number are split at once: into
    /// two groups of four digits, then pairs, then digits.
    /// </summary>
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
