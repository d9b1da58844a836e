using Microsoft.Net.Http.Headers;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Charsets;

namespace SigmoidApi.Datasets;

/// <summary>The file in a body: the body itself, or the part <c>file</c> of a multipart form, unread in either case, and what the headers say of it.</summary>
internal sealed class DatasetContent
{
    /// <summary>What a form may have besides the file.</summary>
    public const long MaxFormBytes = 1024 * 1024;

    public const string FormType = "multipart/form-data";

    public InputFailure? Failure { get; private init; }

    public Stream Body { get; private init; } = Stream.Null;

    /// <summary>The form that the file is a part of; null where it is the body. It is read to its end after the file.</summary>
    public UploadForm? Form { get; private init; }

    /// <summary>What a form's file is called; null without a form.</summary>
    public string? FileName => Form?.FileName;

    /// <summary>What a data set may be called after it: its name without its endings.</summary>
    public string? Name => FileName is null ? null : ResourceNames.Of(Path.GetFileNameWithoutExtension(WithoutCompression(FileName)));

    /// <summary>What the headers or the file's name say; null where the bytes are to say it.</summary>
    public DatasetFormat? Format { get; private init; }

    public ContentCoding Coding { get; private init; }

    /// <summary>What the request says that the text is written in.</summary>
    public Charset Charset { get; private init; } = Charset.Utf8;

    /// <param name="request">Whose headers say what it is.</param>
    /// <param name="body">Of the request.</param>
    /// <param name="format">What the query says it is.</param>
    /// <param name="name">A name that may tell the format by its ending.</param>
    /// <param name="maxFieldBytes">What a form's parts beside the file may have.</param>
    /// <param name="cancellationToken">Ends the reading of what a form has before the file.</param>
    public static async Task<DatasetContent> OpenAsync(
        HttpRequest request, Stream body, DatasetFormat? format, string? name, int maxFieldBytes, CancellationToken cancellationToken)
    {
        if (!Decompression.TryParse(request.Headers.ContentEncoding, out var coding))
            return new() { Failure = PackedBody.UnknownCoding(request) };
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return format is null ? Unsupported(request) : new DatasetContent { Body = body, Format = format, Coding = coding };
        if (type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase))
        {
            return HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary && coding == ContentCoding.Detected
                ? await OpenFormAsync(new(request, body, boundary.ToString(), maxFieldBytes), format, cancellationToken)
                : Fail(StatusCodes.Status415UnsupportedMediaType, "", $"Expected {FormType} with a boundary and without a Content-Encoding, got {request.ContentType}.");
        }

        var mediaType = type.MediaType.ToString();
        var known = DatasetFormats.OfMediaType(mediaType);
        if (format is null && known is null && !DatasetFormats.AnyTypes.Contains(mediaType))
            return Unsupported(request);
        return Charset.TryRead(type.Charset.Value, out var charset, out var problem)
            ? new DatasetContent { Body = body, Format = format ?? known ?? FormatOfFile(name), Coding = coding, Charset = charset }
            : Fail(StatusCodes.Status415UnsupportedMediaType, "", problem);
    }

    private static async Task<DatasetContent> OpenFormAsync(UploadForm form, DatasetFormat? format, CancellationToken cancellationToken)
    {
        if (await form.ReadToFileAsync(cancellationToken) is { } failure)
            return new() { Failure = failure };
        var known = MediaTypeHeaderValue.TryParse(form.File!.ContentType, out var type) ? DatasetFormats.OfMediaType(type.MediaType.ToString()) : null;
        return form.TryReadCharset(form.File, out var charset, out var problem)
            ? new DatasetContent { Body = form.File.Body, Form = form, Format = format ?? FormatOfFile(form.FileName) ?? known, Charset = charset }
            : Fail(StatusCodes.Status415UnsupportedMediaType, "", problem!);
    }

    private static DatasetFormat? FormatOfFile(string? name) => name is null ? null : DatasetFormats.OfName(Path.GetExtension(WithoutCompression(name)).TrimStart('.'));

    private static string WithoutCompression(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".GZ" or ".ZST" or ".ZSTD" ? Path.GetFileNameWithoutExtension(file) : file;

    private static DatasetContent Unsupported(HttpRequest request) => new()
    {
        Failure = UnsupportedMediaType.FailureOf(
            request.HttpContext,
            ["text/csv", "application/vnd.apache.parquet", "application/json", "application/x-ndjson", "text/x-libsvm", "application/octet-stream", FormType]),
    };

    private static DatasetContent Fail(int status, string path, string message) => new() { Failure = new InputFailure(status, path, message) };
}
