using System.Security.Cryptography;

namespace SigmoidApi.Tables.Bytes;

/// <summary>An uploaded file while it arrives: counts and hashes its bytes as sent, and refuses more than a limit. The body stays open.</summary>
/// <param name="body">The body of the request, or a part of it.</param>
/// <param name="maxBytes">The limit.</param>
/// <param name="option">The setting behind the limit, for the error message.</param>
internal sealed class UploadStream(Stream body, long maxBytes, string option) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Bytes { get; private set; }

    /// <summary>The digest of the bytes read so far, in lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Whether reading the body itself failed: an error of the connection, not of the file's content.</summary>
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
