namespace SigmoidApi.Tables.Charsets;

/// <summary>
/// Turns text of one charset into UTF-8, block by block. Bytes that are not in the charset are reported and never replaced. The rules are the decoders of the
/// WHATWG Encoding Standard with the error mode "fatal" (https://encoding.spec.whatwg.org).
/// </summary>
internal abstract class TextDecoder
{
    /// <summary>The most bytes of UTF-8 that one byte becomes: 0x80 of windows-1252 is €, which takes three.</summary>
    public const int MostBytesPerByte = 3;

    /// <summary>Decodes until the source ends, also in the middle of a character, or up to bytes that are not in the charset.</summary>
    /// <param name="source">Text from the beginning of a character.</param>
    /// <param name="isEnd">Whether the text ends with the source.</param>
    /// <param name="utf8">At least <see cref="MostBytesPerByte"/> for each byte of the source.</param>
    public abstract Decoded Decode(ReadOnlySpan<byte> source, bool isEnd, Span<byte> utf8);
}

/// <summary>How far a decoder came, and what stopped it.</summary>
/// <param name="Read">Bytes of the source that became UTF-8.</param>
/// <param name="Written">Bytes of UTF-8.</param>
/// <param name="Wrong">Bytes after those read that are not in the charset; 0 where the source ended.</param>
/// <param name="Skipped">How many of the wrong bytes to pass over: an ASCII byte that ends them may be a delimiter, and is read for itself.</param>
internal readonly record struct Decoded(int Read, int Written, int Wrong = 0, int Skipped = 0);
