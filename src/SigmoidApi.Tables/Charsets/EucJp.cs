using System.Runtime.CompilerServices;

namespace SigmoidApi.Tables.Charsets;

/// <summary>EUC-JP: JIS X 0208 in two bytes, half-width katakana after 0x8E, JIS X 0212 after 0x8F.</summary>
/// <param name="jis0208">The index.</param>
/// <param name="jis0212">The index of the supplementary characters.</param>
internal readonly struct EucJp(int[] jis0208, int[] jis0212) : ICharacterReader
{
    public static bool IsAsciiCompatible => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CharacterRead Read(ReadOnlySpan<byte> bytes)
    {
        var lead = bytes[0];
        if (lead is not (0x8E or 0x8F or (>= 0xA1 and <= 0xFE)))
            return CharacterRead.Wrong(1, 1);
        if (bytes.Length < 2)
            return CharacterRead.Incomplete;
        var second = bytes[1];
        if (second is < 0xA1 or > 0xFE)
            return CharacterRead.OfIndex(bytes[..2], 0);
        if (lead == 0x8E)
            return CharacterRead.OfIndex(bytes[..2], second <= 0xDF ? 0xFF61 - 0xA1 + second : 0);
        if (lead != 0x8F)
            return CharacterRead.OfIndex(bytes[..2], At(jis0208, lead, second));
        if (bytes.Length < 3)
            return CharacterRead.Incomplete;
        return CharacterRead.OfIndex(bytes[..3], bytes[2] is >= 0xA1 and <= 0xFE ? At(jis0212, second, bytes[2]) : 0);
    }

    private static int At(int[] index, byte lead, byte trail) => CharsetIndex.At(index, ((lead - 0xA1) * 94) + trail - 0xA1);
}
