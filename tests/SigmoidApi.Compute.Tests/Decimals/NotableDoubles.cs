namespace SigmoidApi.Compute.Tests.Decimals;

/// <summary>Doubles at which the parser or the formatter takes another path.</summary>
internal static class NotableDoubles
{
    /// <summary>0 and every power of two, normal or subnormal, with the doubles next to it.</summary>
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
