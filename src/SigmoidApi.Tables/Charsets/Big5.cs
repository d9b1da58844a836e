using System.Runtime.CompilerServices;

namespace SigmoidApi.Tables.Charsets;

/// <summary>Big5 with the Hong Kong Supplementary Character Set.</summary>
internal readonly struct Big5(int[] index) : ICharacterReader
{
    public static bool IsAsciiCompatible => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CharacterRead Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] is < 0x81 or > 0xFE)
            return CharacterRead.Wrong(1, 1);
        if (bytes.Length < 2)
            return CharacterRead.Incomplete;
        var trail = bytes[1];
        if (trail is not ((>= 0x40 and <= 0x7E) or (>= 0xA1 and <= 0xFE)))
            return CharacterRead.OfIndex(bytes[..2], 0);
        var pointer = ((bytes[0] - 0x81) * 157) + trail - (trail < 0x7F ? 0x40 : 0x62);
        return pointer switch
        {
            // Ê and ê with a macron or a caron have no code point of their own.
            1133 => new(2, 2, 0xCA, 0x304),
            1135 => new(2, 2, 0xCA, 0x30C),
            1164 => new(2, 2, 0xEA, 0x304),
            1166 => new(2, 2, 0xEA, 0x30C),
            _ => CharacterRead.OfIndex(bytes[..2], CharsetIndex.At(index, pointer)),
        };
    }
}
