using System.Runtime.CompilerServices;

namespace SigmoidApi.Tables.Charsets;

/// <summary>gb18030-2022, and GBK, which the standard decodes the same way: two bytes by an index, four bytes by ranges of code points.</summary>
/// <param name="index">The code points of two-byte sequences.</param>
/// <param name="ranges">For four-byte sequences: the first pointer of each range and its code point, alternating.</param>
internal readonly struct Gb18030(int[] index, int[] ranges) : ICharacterReader
{
    public static bool IsAsciiCompatible => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CharacterRead Read(ReadOnlySpan<byte> bytes)
    {
        var first = bytes[0];
        if (first == 0x80)
            return CharacterRead.Of(1, '€');
        if (first == 0xFF)
            return CharacterRead.Wrong(1, 1);
        if (bytes.Length < 2)
            return CharacterRead.Incomplete;
        var second = bytes[1];
        if (second is < 0x30 or > 0x39)
        {
            var isTrail = second is (>= 0x40 and <= 0x7E) or (>= 0x80 and <= 0xFE);
            return CharacterRead.OfIndex(bytes[..2], isTrail ? CharsetIndex.At(index, ((first - 0x81) * 190) + second - (second < 0x7F ? 0x40 : 0x41)) : 0);
        }

        // If a four-byte sequence is cut short, only its first byte is skipped.
        if (bytes.Length < 3)
            return CharacterRead.Incomplete;
        if (bytes[2] is < 0x81 or > 0xFE)
            return CharacterRead.Wrong(3, 1);
        if (bytes.Length < 4)
            return CharacterRead.Incomplete;
        if (bytes[3] is < 0x30 or > 0x39)
            return CharacterRead.Wrong(4, 1);
        var codePoint = OfRanges(((((((first - 0x81) * 10) + second - 0x30) * 126) + bytes[2] - 0x81) * 10) + bytes[3] - 0x30);
        return codePoint != 0 ? CharacterRead.Of(4, codePoint) : CharacterRead.Wrong(4, 4);
    }

    private int OfRanges(int pointer)
    {
        if (pointer is (> 39419 and < 189000) or > 1237575)
            return 0;
        if (pointer == 7457)
            return 0xE7C7;
        // Binary search for the last range that begins at or before the pointer.
        var (low, high) = (0, (ranges.Length / 2) - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = ranges[2 * middle] <= pointer ? (middle, high) : (low, middle - 1);
        }

        return ranges[(2 * low) + 1] + pointer - ranges[2 * low];
    }
}
