using System.Runtime.CompilerServices;

namespace SigmoidApi.Tables.Charsets;

/// <summary>Shift_JIS with the characters of NEC and IBM, as Windows' code page 932 has it.</summary>
/// <param name="jis0208">The index.</param>
internal readonly struct ShiftJis(int[] jis0208) : ICharacterReader
{
    // Rows of the end user's own characters: the private use area.
    private const int FirstOwn = 8836;
    private const int LastOwn = 10715;

    public static bool IsAsciiCompatible => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CharacterRead Read(ReadOnlySpan<byte> bytes)
    {
        var lead = bytes[0];
        if (lead == 0x80)
            return CharacterRead.Of(1, lead);
        if (lead is >= 0xA1 and <= 0xDF)
            return CharacterRead.Of(1, 0xFF61 - 0xA1 + lead);
        if (lead is 0xA0 or > 0xFC)
            return CharacterRead.Wrong(1, 1);
        if (bytes.Length < 2)
            return CharacterRead.Incomplete;
        var trail = bytes[1];
        if (trail is not ((>= 0x40 and <= 0x7E) or (>= 0x80 and <= 0xFC)))
            return CharacterRead.OfIndex(bytes[..2], 0);
        var pointer = ((lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 188) + trail - (trail < 0x7F ? 0x40 : 0x41);
        return CharacterRead.OfIndex(bytes[..2], pointer is >= FirstOwn and <= LastOwn ? 0xE000 - FirstOwn + pointer : CharsetIndex.At(jis0208, pointer));
    }
}
