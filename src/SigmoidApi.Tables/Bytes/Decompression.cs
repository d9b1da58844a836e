namespace SigmoidApi.Tables.Bytes;

/// <summary>How a file is compressed.</summary>
internal enum ContentCoding
{
    /// <summary>As its first bytes say: by gzip, by zstd, or not at all.</summary>
    Detected,
    Gzip,
    Zstd,
}

/// <summary>The plain bytes of a file that may be compressed, up to a limit. The file stays open.</summary>
/// <param name="file">What has been received.</param>
/// <param name="coding">What the request says.</param>
/// <param name="maxBytes">The most plain bytes: a small file may hold many.</param>
/// <param name="option">The setting that the limit comes from, for the message.</param>
internal sealed class Decompression(Stream file, ContentCoding coding, long maxBytes, string option) : ForwardStream
{
    private Stream? _plain;
    private long _bytes;

    /// <summary>How the file is compressed, once it has been read from; null where it is not.</summary>
    public ContentCoding? Found { get; private set; }

    /// <summary>The coding of a <c>Content-Encoding</c> header; false when it is none of ours, or several.</summary>
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
    /// <exception cref="DatasetTooLargeException">There are more plain bytes than the limit.</exception>
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
            throw new InvalidDataException("The file is empty, and no packed file is.");
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
