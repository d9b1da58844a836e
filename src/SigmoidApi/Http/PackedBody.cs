using SigmoidApi.Datasets;
using SigmoidApi.Datasets.Formats;

namespace SigmoidApi.Http;

/// <summary>A body that <c>Content-Encoding</c> says is packed by gzip or zstd, as plain bytes.</summary>
internal static class PackedBody
{
    /// <summary>The body, unpacked where it is packed. What fails while it is read, <see cref="FailureOf"/> puts in the caller's words.</summary>
    /// <param name="request">Its headers and its body.</param>
    /// <param name="maxBytes">The most plain bytes of a packed body; the server itself limits those that are sent.</param>
    /// <param name="option">The setting that the limit comes from, for the message.</param>
    /// <param name="body">What to read.</param>
    /// <returns>Null, or why the body can't be read.</returns>
    public static InputFailure? TryOpen(HttpRequest request, long maxBytes, string option, out Stream body)
    {
        body = request.Body;
        if (!Decompression.TryParse(request.Headers.ContentEncoding, out var coding))
            return UnknownCoding(request);
        if (coding == ContentCoding.Detected)
            return null;
        body = new Decompression(body, coding, maxBytes, option);
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
