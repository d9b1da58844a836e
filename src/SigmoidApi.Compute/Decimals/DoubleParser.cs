using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Decimals;

/// <summary>
/// Reads the number at the start of a JSON text. The digits give an integer w and a power of ten q, and w × 10^q is rounded once. If both are small,
/// arithmetic of doubles is exact (Clinger, How to Read Floating Point Numbers Accurately, 1990). Otherwise 128 bits of 5^q determine the result
/// (Lemire, <see href="https://arxiv.org/abs/2101.11408">Number Parsing at a Gigabyte per Second</see>, 2021), and they always suffice
/// (Mushtak and Lemire, <see href="https://arxiv.org/abs/2212.06644">Fast Number Parsing Without Fallback</see>, 2022).
/// Only numbers of more than 19 digits are passed to the framework.
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
    /// <param name="text">Begins with the number. Any text may follow it.</param>
    /// <param name="value">The nearest double, with ties to even, or an infinity if the number exceeds the range of a double.</param>
    /// <returns>The number's length in bytes, or 0 if the text does not begin with a number.</returns>
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

    /// <summary>Appends digits to a number, which overflows after 19 digits. Returns the index after the digits.</summary>
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
        // Each byte has a high nibble of 3, also after adding 6, which is so if the low nibble is below 10.
        return ((eight & 0xF0F0F0F0F0F0F0F0) | (((eight + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) == 0x3333333333333333;
    }

    /// <summary>
    /// The value of eight digits. One multiplication combines the digits to pairs, two more combine the pairs to the number (the SWAR method of Johnny
    /// Lee and Lemire).
    /// </summary>
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
            // The result is 0 or infinite for any larger exponent, even after the longest fraction that fits into an array.
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

    /// <summary>w × 10^q, rounded to the nearest double, with ties to even.</summary>
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
            // All bits below the needed ones are set, so the product with the low half of the power may carry into them.
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
            // If rounding made it the smallest normal number, these bits are already that number.
            return BitConverter.UInt64BitsToDouble(mantissa);
        }

        // Exactly half-way between two doubles, which is only possible if 5^q fits into 64 bits: round to even.
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
