using System.Runtime.InteropServices;

namespace SigmoidApi.Compute.Data;

/// <summary>
/// Sorts many float64 values by their bits, eleven at a time (LSD radix sort). For a million values it is about three times as fast as sorting by comparison.
/// </summary>
internal static class NumberSort
{
    private const int DigitBits = 11;
    private const int Digits = 6;
    private const int Buckets = 1 << DigitBits;

    // For fewer values, counting digits costs more than it saves.
    private const int ComparedAtMost = 4096;

    /// <summary>Sorts <paramref name="values"/> in ascending order, with −0 before 0.</summary>
    /// <param name="values">The values, without NaN; sorted in place.</param>
    /// <param name="scratch">Working memory, at least as long.</param>
    public static void Sort(Span<double> values, Span<double> scratch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch.Length, values.Length, nameof(scratch));
        if (values.Length <= ComparedAtMost)
        {
            values.Sort();
            return;
        }

        var source = MemoryMarshal.Cast<double, ulong>(values);
        var target = MemoryMarshal.Cast<double, ulong>(scratch[..values.Length]);
        var counts = new int[Digits * Buckets];
        for (var i = 0; i < source.Length; i++)
        {
            var key = Ordered(source[i]);
            source[i] = key;
            for (var digit = 0; digit < Digits; digit++)
                counts[digit * Buckets + (int)(key >> (digit * DigitBits) & (Buckets - 1))]++;
        }

        for (var digit = 0; digit < Digits; digit++)
        {
            var starts = counts.AsSpan(digit * Buckets, Buckets);
            var shift = digit * DigitBits;
            // Skip a digit that all values share: small whole numbers share many.
            if (starts[(int)(source[0] >> shift & (Buckets - 1))] == source.Length)
                continue;
            var start = 0;
            for (var bucket = 0; bucket < Buckets; bucket++)
                (starts[bucket], start) = (start, start + starts[bucket]);
            foreach (var key in source)
                target[starts[(int)(key >> shift & (Buckets - 1))]++] = key;
            var swap = source;
            source = target;
            target = swap;
        }

        var sorted = MemoryMarshal.Cast<double, ulong>(values);
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = Bits(source[i]);
    }

    /// <summary>
    /// Sorts <paramref name="values"/> in ascending order, with −0 before 0, and <paramref name="rows"/> with them. Equal values keep their order.
    /// </summary>
    /// <param name="values">The values, without NaN; sorted in place.</param>
    /// <param name="rows">A number for each value.</param>
    public static void Sort(double[] values, int[] rows)
    {
        var counts = new int[Digits * Buckets];
        var source = MemoryMarshal.Cast<double, ulong>(values.AsSpan());
        for (var i = 0; i < source.Length; i++)
        {
            var key = Ordered(source[i]);
            source[i] = key;
            for (var digit = 0; digit < Digits; digit++)
                counts[digit * Buckets + (int)(key >> (digit * DigitBits) & (Buckets - 1))]++;
        }

        var keys = source;
        var order = rows.AsSpan();
        Span<ulong> otherKeys = new ulong[values.Length];
        Span<int> otherOrder = new int[values.Length];
        for (var digit = 0; digit < Digits && values.Length > 0; digit++)
        {
            var starts = counts.AsSpan(digit * Buckets, Buckets);
            var shift = digit * DigitBits;
            if (starts[(int)(keys[0] >> shift & (Buckets - 1))] == keys.Length)
                continue;
            var start = 0;
            for (var bucket = 0; bucket < Buckets; bucket++)
                (starts[bucket], start) = (start, start + starts[bucket]);
            for (var i = 0; i < keys.Length; i++)
            {
                var place = starts[(int)(keys[i] >> shift & (Buckets - 1))]++;
                otherKeys[place] = keys[i];
                otherOrder[place] = order[i];
            }
            var swapKeys = keys;
            keys = otherKeys;
            otherKeys = swapKeys;
            var swapOrder = order;
            order = otherOrder;
            otherOrder = swapOrder;
        }

        for (var i = 0; i < keys.Length; i++)
        {
            source[i] = Bits(keys[i]);
            rows[i] = order[i];
        }
    }

    // With all bits of negative numbers flipped, and the sign bit of the others set, the order of the bits is the order of the numbers.
    private static ulong Ordered(ulong bits) => bits ^ ((ulong)((long)bits >> 63) | 0x8000_0000_0000_0000);

    private static ulong Bits(ulong ordered) => ordered ^ (~(ulong)((long)ordered >> 63) | 0x8000_0000_0000_0000);
}
