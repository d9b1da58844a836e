using System.Buffers.Binary;
using System.Text;

namespace SigmoidApi.Tables.Charsets;

/// <summary>UTF-32: four bytes for each character. It is not in the WHATWG Encoding Standard.</summary>
internal readonly struct Utf32(bool isBigEndian) : ICharacterReader
{
    public static bool IsAsciiCompatible => false;

    public CharacterRead Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
            return CharacterRead.Incomplete;
        var value = isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return Rune.IsValid(value) ? CharacterRead.Of(4, (int)value) : CharacterRead.Wrong(4, 4);
    }
}
