namespace SigmoidApi.Tables.Bytes;

/// <summary>How a file is compressed.</summary>
internal enum ContentCoding
{
    /// <summary>Detected from the first bytes: gzip, zstd or no compression.</summary>
    Detected,
    Gzip,
    Zstd,
}

/// <summary>The decompressed bytes of a file that may be compressed, up to a limit. Disposing it leaves the file open.</summary>
/// <param name="file">The file as received.</param>
/// <param name="coding">The compression that the request names.</param>
/// <param name="maxBytes">The limit of decompressed bytes: a small file may expand to many.</param>
/// <param name="option">The setting behind the limit, for the error message.</param>
internal sealed class Decompression(Stream file, ContentCoding coding, long maxBytes, string option) : ForwardStream
{
    private Stream? _plain;
    private long _bytes;

    /// <summary>The file's compression, known after the first read; null if it is not compressed.</summary>
    public ContentCoding? Found { get; private set; }

    /// <summary>Reads a <c>Content-Encoding</c> header; false if it names an unsupported coding, or several.</summary>
    public static bool TryParse(string? contentEncoding, out ContentCoding coding)
    {
        var name = contentEncoding?.Trim() ?? "";
        (var known, coding) = name.ToUpperInvariant() switch
        {
            "" or "IDENTITY" => (true, ContentCoding.Detected),
            "GZIP" or "X-GZIP" => (true, ContentCoding.Gzip),
            "ZSTD" => (true, ContentCoding.Zstd),
            _ => (false, ContentCoding.Detected),
        };
        return known;
    }

    /// <exception cref="InvalidDataException">The file is cut off or damaged, or something else follows its compressed bytes.</exception>
    /// <exception cref="DatasetTooLargeException">There are more decompressed bytes than the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _plain ??= await OpenAsync(cancellationToken);
        var read = await _plain.ReadAsync(buffer, cancellationToken);
        _bytes += read;
        return _bytes <= maxBytes ? read : throw new DatasetTooLargeException($"The body has more than {maxBytes} bytes when it is unpacked ({option}).");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _plain?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        var magic = new byte[4];
        var count = await file.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken);
        if (count == 0 && coding != ContentCoding.Detected)
            throw new InvalidDataException("The file is empty; a compressed file never is.");
        Stream whole = new PrefixedStream(magic.AsMemory(0, count), file);
        Found = (coding, magic) switch
        {
            (ContentCoding.Gzip, _) or (ContentCoding.Detected, [0x1F, 0x8B, ..]) => ContentCoding.Gzip,
            (ContentCoding.Zstd, _) or (ContentCoding.Detected, [0x28, 0xB5, 0x2F, 0xFD]) => ContentCoding.Zstd,
            _ => null,
        };
        return Found switch
        {
            ContentCoding.Gzip => new GzipDecoder(whole),
            ContentCoding.Zstd => new ZstdDecoder(whole),
            _ => whole,
        };
    }
}
