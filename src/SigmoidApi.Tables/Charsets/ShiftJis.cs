using System.Runtime.CompilerServices;

namespace SigmoidApi.Tables.Charsets;

/// <summary>Shift_JIS with the NEC and IBM characters of Windows code page 932.</summary>
/// <param name="jis0208">The index.</param>
internal readonly struct ShiftJis(int[] jis0208) : ICharacterReader
{
    // Pointers of user-defined characters, which map to the private use area.
    private const int FirstUserDefined = 8836;
    private const int LastUserDefined = 10715;

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
        var codePoint = pointer is >= FirstUserDefined and <= LastUserDefined
            ? 0xE000 - FirstUserDefined + pointer
            : CharsetIndex.At(jis0208, pointer);
        return CharacterRead.OfIndex(bytes[..2], codePoint);
    }
}
