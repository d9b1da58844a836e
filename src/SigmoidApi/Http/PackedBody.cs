using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;

namespace SigmoidApi.Http;

/// <summary>Decompresses a body that <c>Content-Encoding</c> says is in gzip or zstd.</summary>
internal static class PackedBody
{
    /// <summary>Opens the body, decompressed where it is compressed. <see cref="FailureOf"/> describes failures while it is read.</summary>
    /// <param name="request">Its <see cref="BodyLimit"/> applies to the decompressed bytes; the server itself limits the bytes that are sent.</param>
    /// <param name="body">The stream to read.</param>
    /// <returns>Null, or the reason why the body can't be read.</returns>
    public static InputFailure? TryOpen(HttpRequest request, out Stream body)
    {
        body = request.Body;
        if (!Decompression.TryParse(request.Headers.ContentEncoding, out var coding))
            return UnknownCoding(request);
        if (coding == ContentCoding.Detected)
            return null;
        var limit = BodyLimit.Of(request.HttpContext);
        body = new Decompression(body, coding, limit.Bytes, limit.Setting);
        request.HttpContext.Response.RegisterForDisposeAsync(body);
        return null;
    }

    /// <summary>The failure of an unsupported coding. The answer names the supported ones (RFC 9110, 12.5.3).</summary>
    public static InputFailure UnknownCoding(HttpRequest request)
    {
        request.HttpContext.Response.Headers.AcceptEncoding = "gzip, zstd";
        return new(
            StatusCodes.Status415UnsupportedMediaType, "", $"Expected the Content-Encoding gzip or zstd, or none, got {request.Headers.ContentEncoding}.");
    }

    /// <summary>The reason why a body could not be decompressed; null for an exception with another cause.</summary>
    public static InputFailure? FailureOf(Exception exception) => exception switch
    {
        DatasetTooLargeException large => new(StatusCodes.Status413PayloadTooLarge, "", large.Message),
        InvalidDataException => InputFailure.BadRequest(
            "",
            "The body can't be unpacked as its Content-Encoding says: it is cut off or damaged, something else follows the packed bytes, "
            + "or zstd needs a window of more than 8 MiB."),
        _ => null,
    };
}
