using System.Numerics;

namespace SigmoidApi.Compute.Decimals;

/// <summary>
/// The 128 leading bits of 5^q, which are those of 10^q, for every q that the decimals of doubles need. The parser and the formatter share them.
/// They are truncated, and exact for 0 ≤ q ≤ 55. For -27 ≤ q &lt; 0 they are rounded up instead, as Lemire's proof requires
/// (<see href="https://arxiv.org/abs/2101.11408">Number Parsing at a Gigabyte per Second</see>, section 5 and its appendix).
/// </summary>
internal static class PowersOfFive
{
    public const int Smallest = -342;
    public const int Largest = 324;

    private static readonly ulong[] Table = Compute();

    public static ulong High(int q)
    {
        return Table[2 * (q - Smallest)];
    }

    public static ulong Low(int q)
    {
        return Table[2 * (q - Smallest) + 1];
    }

    /// <summary>⌊log2(10^q)⌋, exact for |q| ≤ 1233.</summary>
    public static int Log2(int q)
    {
        return q * 1741647 >> 19;
    }

    private static ulong[] Compute()
    {
        var table = new ulong[2 * (Largest - Smallest + 1)];
        var power = BigInteger.One;
        for (var q = 0; q <= -Smallest; q++)
        {
            if (q <= Largest)
                Store(table, q, LeadingBits(power));
            if (q > 0)
            {
                // 2^b / 5^q, with b chosen so that the quotient has 128 bits.
                var bits = (int)power.GetBitLength();
                Store(table, -q, (BigInteger.One << (bits + 127)) / power + (q <= 27 ? BigInteger.One : BigInteger.Zero));
            }

            power *= 5;
        }

        return table;
    }

    private static BigInteger LeadingBits(BigInteger value)
    {
        var excess = (int)value.GetBitLength() - 128;
        return excess < 0 ? value << -excess : value >> excess;
    }

    private static void Store(ulong[] table, int q, BigInteger bits)
    {
        var value = (UInt128)bits;
        table[2 * (q - Smallest)] = (ulong)(value >> 64);
        table[2 * (q - Smallest) + 1] = (ulong)value;
    }
}
