using System.Runtime.CompilerServices;

namespace SigmoidApi.Tables.Charsets;

/// <summary>EUC-KR with the extension of Windows code page 949 (UHC): 8,822 further syllables.</summary>
internal readonly struct EucKr(int[] index) : ICharacterReader
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
        var codePoint = trail is >= 0x41 and <= 0xFE ? CharsetIndex.At(index, ((bytes[0] - 0x81) * 190) + trail - 0x41) : 0;
        return CharacterRead.OfIndex(bytes[..2], codePoint);
    }
}
