using Microsoft.Net.Http.Headers;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Charsets;

namespace SigmoidApi.Datasets;

/// <summary>
/// A file in a request, before it is read, with what the headers say about it. The file is the body itself, or the part <c>file</c> of a multipart form.
/// </summary>
internal sealed class UploadBody
{
    /// <summary>How many bytes a form may have in addition to the file.</summary>
    public const long MaxFormBytes = 1024 * 1024;

    public InputFailure? Failure { get; private init; }

    /// <summary>The bytes of the file, as they were sent.</summary>
    public Stream Content { get; private init; } = Stream.Null;

    /// <summary>The form that the file is a part of; null where the file is the body. Read the rest of the form after the file.</summary>
    public UploadForm? Form { get; private init; }

    /// <summary>The file's name in the form; null without a form.</summary>
    public string? FileName => Form?.FileName;

    /// <summary>A name for the data set, made from the file's name without its extensions; null where none can be made.</summary>
    public string? Name => FileName is null ? null : ResourceNames.Of(Path.GetFileNameWithoutExtension(WithoutCompression(FileName)));

    /// <summary>The format that the query, the headers or the file's name give; null where it has to be detected from the bytes.</summary>
    public DatasetFormat? Format { get; private init; }

    public ContentCoding Coding { get; private init; }

    /// <summary>The charset of the text, as the request names it.</summary>
    public Charset Charset { get; private init; } = Charset.Utf8;

    /// <param name="request">Its headers describe the file.</param>
    /// <param name="body">The body of the request.</param>
    /// <param name="format">The format that the query names; it takes precedence.</param>
    /// <param name="name">A name whose extension may show the format.</param>
    /// <param name="maxFieldBytes">How many bytes the parts of a form other than the file may have.</param>
    /// <param name="cancellationToken">Cancels reading the parts of a form before the file.</param>
    public static async Task<UploadBody> OpenAsync(
        HttpRequest request, Stream body, DatasetFormat? format, string? name, int maxFieldBytes, CancellationToken cancellationToken)
    {
        if (!Decompression.TryParse(request.Headers.ContentEncoding, out var coding))
            return new() { Failure = PackedBody.UnknownCoding(request) };
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return format is null ? Unsupported(request) : new UploadBody { Content = body, Format = format, Coding = coding };
        if (type.MediaType.Equals(MediaTypes.Form, StringComparison.OrdinalIgnoreCase))
        {
            return HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary && coding == ContentCoding.Detected
                ? await OpenFormAsync(new(request, body, boundary.ToString(), maxFieldBytes), format, cancellationToken)
                : Fail(
                    StatusCodes.Status415UnsupportedMediaType,
                    $"Expected {MediaTypes.Form} with a boundary and without a Content-Encoding, got {request.ContentType}.");
        }

        var mediaType = type.MediaType.ToString();
        var known = DatasetFormats.OfMediaType(mediaType);
        if (format is null && known is null && !DatasetFormats.AnyTypes.Contains(mediaType))
            return Unsupported(request);
        return Charset.TryRead(type.Charset.Value, out var charset, out var problem)
            ? new UploadBody { Content = body, Format = format ?? known ?? FormatOfFile(name), Coding = coding, Charset = charset }
            : Fail(StatusCodes.Status415UnsupportedMediaType, problem);
    }

    private static async Task<UploadBody> OpenFormAsync(UploadForm form, DatasetFormat? format, CancellationToken cancellationToken)
    {
        if (await form.ReadToFileAsync(cancellationToken) is { } failure)
            return new() { Failure = failure };
        var known = MediaTypeHeaderValue.TryParse(form.File!.ContentType, out var type) ? DatasetFormats.OfMediaType(type.MediaType.ToString()) : null;
        return form.TryReadCharset(form.File, out var charset, out var problem)
            ? new UploadBody { Content = form.File.Body, Form = form, Format = format ?? FormatOfFile(form.FileName) ?? known, Charset = charset }
            : Fail(StatusCodes.Status415UnsupportedMediaType, problem!);
    }

    private static DatasetFormat? FormatOfFile(string? name) =>
        name is null ? null : DatasetFormats.OfName(Path.GetExtension(WithoutCompression(name)).TrimStart('.'));

    private static string WithoutCompression(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".GZ" or ".ZST" or ".ZSTD" ? Path.GetFileNameWithoutExtension(file) : file;

    private static UploadBody Unsupported(HttpRequest request) => new()
    {
        Failure = UnsupportedMediaType.FailureOf(
            request.HttpContext,
            [.. Enum.GetValues<DatasetFormat>().Select(format => format.MediaType()), MediaTypes.Bytes, MediaTypes.Form]),
    };

    private static UploadBody Fail(int status, string message) => new() { Failure = new InputFailure(status, "", message) };
}
