using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SigmoidApi.Tests.Contract;

/// <summary>Checks the answer on a raw connection against the document, if it is the answer to a single request.</summary>
internal static partial class RawAnswer
{
    /// <summary>Checks the answer. Null if the bytes are not those of one request and its answer.</summary>
    /// <param name="sent">The sent bytes, at least the first line.</param>
    /// <param name="received">All bytes received until the connection was closed.</param>
    public static Answer? Of(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> received)
    {
        if (RequestLine.Match(Encoding.Latin1.GetString(sent)) is not { Success: true } request || SecondRequest.IsMatch(Encoding.Latin1.GetString(sent)))
            return null;
        while (true)
        {
            var end = received.IndexOf("\r\n\r\n"u8);
            if (end < 0 || StatusLine.Match(Encoding.Latin1.GetString(received[..end])) is not { Success: true } status)
                return null;
            var code = int.Parse(status.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
            var headers = status.Groups["headers"].Value.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).ToLookup(
                line => line[0], line => line[^1], StringComparer.OrdinalIgnoreCase);
            received = received[(end + 4)..];
            // Skip interim answers.
            if (code < 200)
                continue;
            var path = new Uri(new Uri("http://service"), request.Groups["path"].Value).AbsolutePath;
            var mediaType = headers["Content-Type"].SingleOrDefault()?.Split(';')[0];
            return new(
                request.Groups["method"].Value, path, (HttpStatusCode)code, [.. headers.Select(header => header.Key)], mediaType,
                JsonOf(headers, mediaType, received));
        }
    }

    /// <summary>The body, if it is complete and uncompressed JSON.</summary>
    private static JsonElement? JsonOf(ILookup<string, string> headers, string? mediaType, ReadOnlySpan<byte> body)
    {
        if (mediaType is not ("application/json" or "application/problem+json") || headers.Contains("Content-Encoding"))
            return null;
        if (headers.Contains("Transfer-Encoding"))
            return Unchunked(body) is { } whole ? JsonElement.Parse(whole) : null;
        return body.Length > 0 && headers["Content-Length"].SingleOrDefault() == body.Length.ToString(CultureInfo.InvariantCulture)
            ? JsonElement.Parse(body) : null;
    }

    private static byte[]? Unchunked(ReadOnlySpan<byte> chunks)
    {
        var whole = new List<byte>();
        while (chunks.IndexOf("\r\n"u8) is > 0 and var line)
        {
            var length = int.Parse(Encoding.ASCII.GetString(chunks[..line]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            chunks = chunks[(line + 2)..];
            if (length == 0)
                return [.. whole];
            if (chunks.Length < length + 2)
                return null;
            whole.AddRange(chunks[..length]);
            chunks = chunks[(length + 2)..];
        }

        return null;
    }

    [GeneratedRegex(@"^(?<method>[A-Z]+) (?<path>/[^ ?#]*)[^ ]* HTTP/1\.[01]\r\n")]
    private static partial Regex RequestLine { get; }

    [GeneratedRegex(@"^(?s:.*) HTTP/1(?s:.*) HTTP/1")]
    private static partial Regex SecondRequest { get; }

    [GeneratedRegex(@"^HTTP/1\.1 (?<code>[0-9]{3})[^\r]*(?<headers>(\r\n[^\r\n]*)*)$")]
    private static partial Regex StatusLine { get; }
}
