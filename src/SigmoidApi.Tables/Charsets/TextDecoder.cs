namespace SigmoidApi.Tables.Charsets;

/// <summary>
/// Converts text of one charset to UTF-8, block by block. Bytes that are not in the charset are reported and never replaced. The decoders follow the WHATWG
/// Encoding Standard with the error mode "fatal" (https://encoding.spec.whatwg.org).
/// </summary>
internal abstract class TextDecoder
{
    /// <summary>The most UTF-8 bytes for one byte: 0x80 in windows-1252 is €, which takes three.</summary>
    public const int MostBytesPerByte = 3;

    /// <summary>Decodes up to the end of the source, to an incomplete character at its end, or to bytes that are not in the charset.</summary>
    /// <param name="source">Text that begins at the start of a character.</param>
    /// <param name="isEnd">Whether the text ends with the source.</param>
    /// <param name="utf8">At least <see cref="MostBytesPerByte"/> for each byte of the source.</param>
    public abstract Decoded Decode(ReadOnlySpan<byte> source, bool isEnd, Span<byte> utf8);
}

/// <summary>How far a decoder got, and why it stopped.</summary>
/// <param name="Read">The number of source bytes converted.</param>
/// <param name="Written">The number of UTF-8 bytes written.</param>
/// <param name="Wrong">The number of bytes that follow and are not in the charset; 0 if the source ended.</param>
/// <param name="Skipped">How many of the wrong bytes to skip. An ASCII byte at their end may be a delimiter and is read again.</param>
internal readonly record struct Decoded(int Read, int Written, int Wrong = 0, int Skipped = 0);
