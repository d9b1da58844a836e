using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;

namespace SigmoidApi.Http;

/// <summary>A body that <c>Content-Encoding</c> says is packed by gzip or zstd, as plain bytes.</summary>
internal static class PackedBody
{
    /// <summary>The body, unpacked where it is packed. What fails while it is read, <see cref="FailureOf"/> puts in the caller's words.</summary>
    /// <param name="request">Its <see cref="BodyLimit"/> is that of the plain bytes; the server itself limits those that are sent.</param>
    /// <param name="body">What to read.</param>
    /// <returns>Null, or why the body can't be read.</returns>
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

    /// <summary>A coding that is none of ours. The answer names ours (RFC 9110, 12.5.3).</summary>
    public static InputFailure UnknownCoding(HttpRequest request)
    {
        request.HttpContext.Response.Headers.AcceptEncoding = "gzip, zstd";
        return new(
            StatusCodes.Status415UnsupportedMediaType, "", $"Expected the Content-Encoding gzip or zstd, or none, got {request.Headers.ContentEncoding}.");
    }

    /// <summary>Why a body could not be unpacked; null for an exception that has another cause.</summary>
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
