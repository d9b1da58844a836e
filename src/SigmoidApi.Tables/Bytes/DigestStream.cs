using System.Security.Cryptography;

namespace SigmoidApi.Tables.Bytes;

/// <summary>Hashes a request's body while it is read; the body stays open.</summary>
internal sealed class DigestStream(Stream body, ContentDigest digest) : ForwardStream
{
    private readonly IncrementalHash? _sha256 = digest.Sha256 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _sha512 = digest.Sha512 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        _sha256?.AppendData(buffer.Span[..read]);
        _sha512?.AppendData(buffer.Span[..read]);
        return read;
    }

    /// <summary>Whether the body matches every digest. Reads the rest of the body first, such as the bytes after the last part of a form.</summary>
    public async ValueTask<bool> MatchesAsync(CancellationToken cancellationToken)
    {
        await CopyToAsync(Null, cancellationToken);
        return IsOf(_sha256, digest.Sha256) && IsOf(_sha512, digest.Sha512);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sha256?.Dispose();
            _sha512?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsOf(IncrementalHash? hash, byte[]? expected) => hash is null || hash.GetCurrentHash().AsSpan().SequenceEqual(expected);
}
