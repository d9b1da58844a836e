using System.Security.Cryptography;

namespace SigmoidApi.Tables.Bytes;

/// <summary>A file as it was sent: counted, hashed, and refused past a limit. The body stays open.</summary>
/// <param name="body">What it comes from.</param>
/// <param name="maxBytes">The most bytes.</param>
/// <param name="option">The setting that the limit comes from, for the message.</param>
internal sealed class SentFile(Stream body, long maxBytes, string option) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Bytes { get; private set; }

    /// <summary>Of the bytes so far, in lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Whether reading the body failed, and not what was made of it.</summary>
    public bool IsBroken { get; private set; }

    /// <exception cref="DatasetTooLargeException">There are more bytes than the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await body.ReadAsync(buffer, cancellationToken);
        }
        catch
        {
            IsBroken = true;
            throw;
        }

        _hash.AppendData(buffer.Span[..read]);
        Bytes += read;
        return Bytes <= maxBytes ? read : throw new DatasetTooLargeException($"The upload is larger than {maxBytes} bytes ({option}).");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}
