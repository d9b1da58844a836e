using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Decimals;

/// <summary>
/// Reads the number at the start of a JSON text: digits into an integer w and a power of ten q, then w × 10^q rounded once. Small ones are exact in
/// doubles (Clinger, How to Read Floating Point Numbers Accurately, 1990); for the others 128 bits of 5^q decide
/// (Lemire, <see href="https://arxiv.org/abs/2101.11408">Number Parsing at a Gigabyte per Second</see>, 2021), and always do
/// (Mushtak and Lemire, <see href="https://arxiv.org/abs/2212.06644">Fast Number Parsing Without Fallback</see>, 2022).
/// Only numbers of more than 19 digits are left to the framework.
/// </summary>
internal static class DoubleParser
{
    private const int MantissaBits = 52;
    private const int ExponentBias = 1023;
    private const int InfiniteExponent = 2047;

    private static readonly double[] ExactPowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads a number by JSON's grammar (RFC 8259, section 6).</summary>
    /// <param name="text">Begins with the number; what follows it does not matter.</param>
    /// <param name="value">The nearest double, ties to even; an infinity when the number is beyond the range of a double.</param>
    /// <returns>The number's length in bytes, or 0 when the text does not begin with a number.</returns>
    public static int Parse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var i = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative)
            i = 1;

        var start = i;
        ulong digits = 0;
        i = ReadDigits(text, i, ref digits);
        var count = i - start;
        if (count == 0 || (count > 1 && text[start] == '0'))
            return 0;

        var exponent = 0;
        if ((uint)i < (uint)text.Length && text[i] == '.')
        {
            var fraction = i + 1;
            i = ReadDigits(text, fraction, ref digits);
            exponent = fraction - i;
            if (exponent == 0)
                return 0;
            count -= exponent;
        }

        if ((uint)i < (uint)text.Length && (text[i] | 0x20) == 'e')
        {
            i = ReadExponent(text, i + 1, ref exponent);
            if (i == 0)
                return 0;
        }

        if (count > 19 && SignificantDigits(text[start..i]) > 19)
            value = double.Parse(text[start..i], NumberStyles.Float, CultureInfo.InvariantCulture);
        else if (digits <= 1UL << 53 && exponent is >= -22 and <= 22)
            value = exponent < 0 ? digits / ExactPowersOfTen[-exponent] : digits * ExactPowersOfTen[exponent];
        else
            value = Round(digits, exponent);
        if (negative)
            value = -value;
        return i;
    }

    /// <summary>Appends digits to a number, which wraps after 19 of them, and gives the place behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadDigits(ReadOnlySpan<byte> text, int i, ref ulong number)
    {
        var value = number;
        while (i + 8 <= text.Length)
        {
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(text[i..]);
            if (!AreDigits(eight))
                break;
            value = value * 100_000_000 + ParseEight(eight);
            i += 8;
        }

        uint digit;
        while ((uint)i < (uint)text.Length && (digit = (uint)text[i] - '0') <= 9)
        {
            value = value * 10 + digit;
            i++;
        }

        number = value;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreDigits(ulong eight)
    {
        // A high nibble of 3, and a low nibble that stays below 10 when 6 is added.
        return ((eight & 0xF0F0F0F0F0F0F0F0) | (((eight + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) == 0x3333333333333333;
    }

    /// <summary>Eight digits at once: pairs, fours, all, each by one multiplication (Johnny Lee's and Lemire's SWAR).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ParseEight(ulong eight)
    {
        const ulong Mask = 0x000000FF000000FF;
        eight -= 0x3030303030303030;
        eight = eight * 10 + (eight >> 8);
        return (uint)(((eight & Mask) * (100 + (1_000_000UL << 32)) + ((eight >> 16) & Mask) * (1 + (10_000UL << 32))) >> 32);
    }

    private static int ReadExponent(ReadOnlySpan<byte> text, int i, ref int exponent)
    {
        var negative = (uint)i < (uint)text.Length && text[i] == '-';
        if (negative || ((uint)i < (uint)text.Length && text[i] == '+'))
            i++;
        var start = i;
        var explicitExponent = 0;
        uint digit;
        while ((uint)i < (uint)text.Length && (digit = (uint)text[i] - '0') <= 9)
        {
            // Beyond this it no longer matters by how much, even behind the longest fraction that an array holds.
            if (explicitExponent < 100_000_000)
                explicitExponent = explicitExponent * 10 + (int)digit;
            i++;
        }

        exponent += negative ? -explicitExponent : explicitExponent;
        return i == start ? 0 : i;
    }

    private static int SignificantDigits(ReadOnlySpan<byte> number)
    {
        var count = 0;
        foreach (var c in number)
        {
            if ((c | 0x20) == 'e')
                break;
            if (c != '.' && (c != '0' || count > 0))
                count++;
        }

        return count;
    }

    /// <summary>w × 10^q, rounded to nearest, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Round(ulong w, int q)
    {
        if (w == 0 || q < PowersOfFive.Smallest)
            return 0;
        if (q > 308)
            return double.PositiveInfinity;

        var leadingZeros = BitOperations.LeadingZeroCount(w);
        w <<= leadingZeros;
        var high = Math.BigMul(w, PowersOfFive.High(q), out var low);
        if ((high & (ulong.MaxValue >> (MantissaBits + 3))) == ulong.MaxValue >> (MantissaBits + 3))
        {
            // All bits below those wanted are set: the other half of the power may carry.
            var carry = Math.BigMul(w, PowersOfFive.Low(q), out _);
            low += carry;
            if (low < carry)
                high++;
        }

        var upper = (int)(high >> 63);
        var shift = upper + 64 - MantissaBits - 3;
        var mantissa = high >> shift;
        var exponent = PowersOfFive.Log2(q) + 63 + upper - leadingZeros + ExponentBias;
        if (exponent <= 0)
        {
            if (exponent <= -63)
                return 0;
            mantissa >>= 1 - exponent;
            mantissa = (mantissa + (mantissa & 1)) >> 1;
            // Rounding may have made it the smallest normal number; its bits are then right as they are.
            return BitConverter.UInt64BitsToDouble(mantissa);
        }

        // Half-way between two doubles, exactly: only possible where 5^q fits; to even.
        if (low <= 1 && q is >= -4 and <= 23 && (mantissa & 3) == 1 && mantissa << shift == high)
            mantissa &= ~1UL;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        if (mantissa >= 2UL << MantissaBits)
        {
            mantissa = 1UL << MantissaBits;
            exponent++;
        }

        if (exponent >= InfiniteExponent)
            return double.PositiveInfinity;
        return BitConverter.UInt64BitsToDouble((mantissa & ~(1UL << MantissaBits)) | ((ulong)exponent << MantissaBits));
    }
}
