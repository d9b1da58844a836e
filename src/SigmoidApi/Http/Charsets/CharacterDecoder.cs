using System.Text;

namespace SigmoidApi.Http.Charsets;

/// <summary>How the bytes of a charset make one character.</summary>
internal interface ICharacterReader
{
    /// <summary>Whether a byte below 0x80 at the beginning of a character is always the ASCII character.</summary>
    static abstract bool IsAsciiCompatible { get; }

    /// <param name="bytes">At least one byte.</param>
    CharacterRead Read(ReadOnlySpan<byte> bytes);
}

/// <summary>What a reader found at the beginning of its bytes. A default value says that more bytes are needed.</summary>
/// <param name="Length">Bytes that were looked at.</param>
/// <param name="Skipped">Bytes that are done with: fewer than were looked at where a wrong sequence ends in bytes that are read for themselves.</param>
/// <param name="IsWrong">Whether they are not in the charset.</param>
/// <param name="First">The code point; <see cref="None"/> for wrong bytes, and for a sequence that only changes the reader's state.</param>
/// <param name="Second">A second code point.</param>
internal readonly record struct CharacterRead(int Length, int Skipped, bool IsWrong, int First, int Second = CharacterRead.None)
{
    public const int None = -1;

    public static CharacterRead Of(int length, int codePoint) => new(length, length, false, codePoint);

    public static CharacterRead Wrong(int length, int skipped) => new(length, skipped, true, None);

    /// <summary>A code point of an index, where 0 says that the index has none: then the bytes are wrong, and an ASCII byte at their end is read for itself.</summary>
    public static CharacterRead OfIndex(ReadOnlySpan<byte> sequence, int codePoint) =>
        codePoint != 0 ? Of(sequence.Length, codePoint) : Wrong(sequence.Length, sequence[^1] < 0x80 ? sequence.Length - 1 : sequence.Length);
}

/// <summary>The loop of every charset that is read character by character.</summary>
internal sealed class CharacterDecoder<TReader>(TReader reader) : TextDecoder
    where TReader : struct, ICharacterReader
{
    public override Decoded Decode(ReadOnlySpan<byte> source, bool isEnd, Span<byte> utf8)
    {
        var (read, written) = (0, 0);
        while (read < source.Length)
        {
            var rest = source[read..];
            if (TReader.IsAsciiCompatible && rest[0] < 0x80)
            {
                var ascii = rest.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var end ? end : rest.Length;
                rest[..ascii].CopyTo(utf8[written..]);
                read += ascii;
                written += ascii;
                continue;
            }

            var character = reader.Read(rest);
            if (character.IsWrong)
                return new(read, written, character.Length, character.Skipped);
            if (character.Length == 0)
                return isEnd ? new(read, written, rest.Length, rest.Length) : new(read, written);
            if (character.First != CharacterRead.None)
                written += new Rune(character.First).EncodeToUtf8(utf8[written..]);
            if (character.Second != CharacterRead.None)
                written += new Rune(character.Second).EncodeToUtf8(utf8[written..]);
            read += character.Length;
        }

        return new(read, written);
    }
}
