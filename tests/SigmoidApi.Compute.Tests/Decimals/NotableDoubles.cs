namespace SigmoidApi.Compute.Tests.Decimals;

/// <summary>The doubles at which reading and writing change their ways.</summary>
internal static class NotableDoubles
{
    /// <summary>Every normal power of two and every subnormal one, zero included, with the doubles beside it.</summary>
    public static IEnumerable<double> PowersOfTwoAndTheirNeighbours()
    {
        for (var bits = 0UL; bits <= 0x7FE0_0000_0000_0000; bits += 0x0010_0000_0000_0000)
        {
            yield return BitConverter.UInt64BitsToDouble(bits);
            yield return BitConverter.UInt64BitsToDouble(bits + 1);
            yield return BitConverter.UInt64BitsToDouble(bits + 2);
            if (bits > 0)
                yield return BitConverter.UInt64BitsToDouble(bits - 1);
        }

        for (var i = 0; i < 52; i++)
        {
            yield return BitConverter.UInt64BitsToDouble(1UL << i);
            yield return BitConverter.UInt64BitsToDouble((1UL << i) - 1);
        }
    }
}
