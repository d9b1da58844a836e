using System.Buffers;
using System.Security.Cryptography;

namespace SigmoidApi.Tables.Bytes;

/// <summary>
/// The digests in a <c>Content-Digest</c> header (RFC 9530). They cover the bytes as sent, with the content coding applied. SHA-256 and SHA-512 are
/// supported: the two registered algorithms that are not deprecated.
/// </summary>
/// <param name="Sha256">32 bytes, or null if the header has none.</param>
/// <param name="Sha512">64 bytes, or null if the header has none.</param>
internal sealed record ContentDigest(byte[]? Sha256, byte[]? Sha512)
{
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*");
    private static readonly SearchValues<char> Base64Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");
    private static readonly SearchValues<char> ParameterEnds = SearchValues.Create(";,");

    /// <summary>Reads a dictionary of byte sequences (RFC 9651, section 3.2). Members of other algorithms are skipped.</summary>
    /// <param name="header">The header's value; several header lines are joined by commas.</param>
    /// <param name="digest">The digests to check; null if there are none.</param>
    /// <returns>The error in the header, or null.</returns>
    public static string? Parse(string header, out ContentDigest? digest)
    {
        digest = null;
        byte[]? sha256 = null;
        byte[]? sha512 = null;
        var rest = header.AsSpan().Trim(" \t");
        while (!rest.IsEmpty)
        {
            var keyEnd = rest.IndexOfAnyExcept(KeyCharacters);
            if (keyEnd <= 0 || rest[keyEnd] != '=' || !(char.IsAsciiLetterLower(rest[0]) || rest[0] == '*'))
                return "expected algorithm=:base64:, as in RFC 9530";
            var key = rest[..keyEnd];
            rest = rest[(keyEnd + 1)..];
            var end = rest.Length > 1 && rest[0] == ':' ? rest[1..].IndexOf(':') + 1 : 0;
            if (end == 0 || Decode(rest[1..end]) is not { } bytes)
                return $"expected the digest of {key} in base64 between colons";
            if (key is "sha-256")
                sha256 = bytes;
            if (key is "sha-512")
                sha512 = bytes;
            rest = SkipParameters(rest[(end + 1)..]).TrimStart(" \t");
            if (rest.IsEmpty)
                break;
            if (rest[0] != ',' || (rest = rest[1..].TrimStart(" \t")).IsEmpty)
                return $"expected a comma and another algorithm, or nothing, after the digest of {key}";
        }

        if (sha256 is not (null or { Length: SHA256.HashSizeInBytes }))
            return $"expected {SHA256.HashSizeInBytes} bytes for sha-256, got {sha256.Length}";
        if (sha512 is not (null or { Length: SHA512.HashSizeInBytes }))
            return $"expected {SHA512.HashSizeInBytes} bytes for sha-512, got {sha512.Length}";
        if (sha256 is not null || sha512 is not null)
            digest = new ContentDigest(sha256, sha512);
        return null;
    }

    // RFC 9651 allows the padding to be missing.
    private static byte[]? Decode(ReadOnlySpan<char> base64)
    {
        if (base64.ContainsAnyExcept(Base64Characters))
            return null;
        var padded = base64.TrimEnd('=').ToString();
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    // No parameters are defined for a digest. Skip them, so that an upload with parameters of a later RFC is not refused.
    private static ReadOnlySpan<char> SkipParameters(ReadOnlySpan<char> rest)
    {
        while (!rest.IsEmpty && rest[0] == ';')
        {
            var end = rest[1..].IndexOfAny(ParameterEnds);
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return rest;
    }
}
