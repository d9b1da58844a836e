namespace SigmoidApi.Tables.Charsets;

/// <summary>Reads one character of a charset.</summary>
internal interface ICharacterReader
{
    /// <summary>Whether a byte below 0x80 at the start of a character is always an ASCII character.</summary>
    static abstract bool IsAsciiCompatible { get; }

    /// <param name="bytes">At least one byte.</param>
    CharacterRead Read(ReadOnlySpan<byte> bytes);
}

/// <summary>What a reader found at the start of its bytes.</summary>
/// <param name="Length">The number of bytes inspected; 0 if more bytes are needed.</param>
/// <param name="Skipped">The number of bytes to skip. It is smaller than <paramref name="Length"/> if an invalid sequence ends in bytes to read again.</param>
/// <param name="First">
/// The code point; <see cref="None"/> for a sequence that only changes the reader's state, <see cref="NotInCharset"/> for invalid bytes.
/// </param>
/// <param name="Second">A second code point, or <see cref="None"/>.</param>
internal readonly record struct CharacterRead(int Length, int Skipped, int First, int Second = CharacterRead.None)
{
    public const int None = -1;
    public const int NotInCharset = -2;

    /// <summary>More bytes are needed.</summary>
    public static CharacterRead Incomplete => new(0, 0, None);

    public static CharacterRead Of(int length, int codePoint) => new(length, length, codePoint);

    public static CharacterRead Wrong(int length, int skipped) => new(length, skipped, NotInCharset);

    /// <summary>
    /// A code point of an index. 0 means that the index has none: then the bytes are invalid, and an ASCII byte at their end is read again.
    /// </summary>
    public static CharacterRead OfIndex(ReadOnlySpan<byte> sequence, int codePoint) =>
        codePoint != 0 ? Of(sequence.Length, codePoint) : Wrong(sequence.Length, sequence[^1] < 0x80 ? sequence.Length - 1 : sequence.Length);
}

/// <summary>Decodes a charset character by character.</summary>
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
            if (character.First >= 0)
                written += Write(character.First, utf8[written..]);
            else if (character.First == CharacterRead.NotInCharset)
                return new(read, written, character.Length, character.Skipped);
            if (character.Length == 0)
                return isEnd ? new(read, written, rest.Length, rest.Length) : new(read, written);
            if (character.Second >= 0)
                written += Write(character.Second, utf8[written..]);
            read += character.Length;
        }

        return new(read, written);
    }

    // Rune.EncodeToUtf8 validates code points, which the indexes make unnecessary. With it, decoding Korean words took half as long again.
    private static int Write(int codePoint, Span<byte> utf8)
    {
        switch (codePoint)
        {
            case < 0x80:
                utf8[0] = (byte)codePoint;
                return 1;
            case < 0x800:
                utf8[1] = (byte)(0x80 | (codePoint & 0x3F));
                utf8[0] = (byte)(0xC0 | (codePoint >> 6));
                return 2;
            case < 0x10000:
                utf8[2] = (byte)(0x80 | (codePoint & 0x3F));
                utf8[1] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
                utf8[0] = (byte)(0xE0 | (codePoint >> 12));
                return 3;
            default:
                utf8[3] = (byte)(0x80 | (codePoint & 0x3F));
                utf8[2] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
                utf8[1] = (byte)(0x80 | ((codePoint >> 12) & 0x3F));
                utf8[0] = (byte)(0xF0 | (codePoint >> 18));
                return 4;
        }
    }
}
