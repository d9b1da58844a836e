using System.Runtime.CompilerServices;

namespace SigmoidApi.Tables.Charsets;

/// <summary>A charset with one byte for each character: ASCII, and an index for the bytes from 0x80 on.</summary>
internal readonly struct SingleByte(int[] index) : ICharacterReader
{
    /// <summary>x-user-defined: the bytes from 0x80 on are U+F780 to U+F7FF.</summary>
    public static SingleByte UserDefined => new([.. Enumerable.Range(0xF780, 128)]);

    public static bool IsAsciiCompatible => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CharacterRead Read(ReadOnlySpan<byte> bytes) => CharacterRead.OfIndex(bytes[..1], CharsetIndex.At(index, bytes[0] - 0x80));
}
