using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Datasets.Formats;
using SigmoidApi.Http;
using SigmoidApi.Http.Charsets;

namespace SigmoidApi.Datasets;

/// <summary>The file in a body: the body itself, or the part <c>file</c> of a multipart form, unread in either case, and what the headers say of it.</summary>
internal sealed class DatasetContent
{
    /// <summary>What a form may have besides the file.</summary>
    public const long MaxFormBytes = 1024 * 1024;

    public const string Form = "multipart/form-data";

    /// <summary>The field of a form that says what its text is written in (RFC 7578, section 4.6); it is before the file.</summary>
    private const string FormCharset = "_charset_";

    // No label is longer.
    private const int MaxCharsetBytes = 64;

    public InputFailure? Failure { get; private init; }

    public Stream Body { get; private init; } = Stream.Null;

    /// <summary>What a form's file is called; null without a form.</summary>
    public string? FileName { get; private init; }

    /// <summary>What a data set may be called after it: its name without its endings.</summary>
    public string? Name => FileName is null ? null : Names.Of(Path.GetFileNameWithoutExtension(WithoutCompression(FileName)));

    /// <summary>What the headers or the file's name say; null where the bytes are to say it.</summary>
    public DatasetFormat? Format { get; private init; }

    public ContentCoding Coding { get; private init; }

    /// <summary>What the request says that the text is written in.</summary>
    public Charset Charset { get; private init; } = Charset.Utf8;

    /// <param name="request">Whose headers say what it is.</param>
    /// <param name="body">Of the request.</param>
    /// <param name="format">What the query says it is.</param>
    /// <param name="name">A name that may tell the format by its ending.</param>
    /// <param name="cancellationToken">Ends the reading of a form's head.</param>
    public static async Task<DatasetContent> OpenAsync(HttpRequest request, Stream body, DatasetFormat? format, string? name, CancellationToken cancellationToken)
    {
        if (!Decompression.TryParse(request.Headers.ContentEncoding, out var coding))
            return new() { Failure = PackedBody.UnknownCoding(request) };
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return format is null ? Unsupported(request) : new DatasetContent { Body = body, Format = format, Coding = coding };
        if (type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase))
        {
            return HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary && coding == ContentCoding.Detected
                ? await OpenFormAsync(body, boundary.ToString(), format, cancellationToken)
                : Fail(StatusCodes.Status415UnsupportedMediaType, "", $"Expected {Form} with a boundary and without a Content-Encoding, got {request.ContentType}.");
        }

        var mediaType = type.MediaType.ToString();
        var known = DatasetFormats.OfMediaType(mediaType);
        if (format is null && known is null && !DatasetFormats.AnyTypes.Contains(mediaType))
            return Unsupported(request);
        return Charset.TryRead(type.Charset, out var charset, out var problem)
            ? new DatasetContent { Body = body, Format = format ?? known ?? FormatOfFile(name), Coding = coding, Charset = charset }
            : Fail(StatusCodes.Status415UnsupportedMediaType, "", problem);
    }

    /// <summary>Whether reading a form failed by its own fault; a disk that fails has another code than the reader's plain exception.</summary>
    public static bool IsMalformedForm(Exception exception) =>
        exception is InvalidDataException || (exception.GetType() == typeof(IOException) && exception.HResult == unchecked((int)0x80131620));

    private static async Task<DatasetContent> OpenFormAsync(Stream body, string boundary, DatasetFormat? format, CancellationToken cancellationToken)
    {
        try
        {
            var reader = new MultipartReader(boundary, body);
            var formCharset = "";
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                    continue;
                var part = HeaderUtilities.RemoveQuotes(disposition.Name);
                if (part == FormCharset)
                    formCharset = await ReadFieldAsync(section.Body, cancellationToken);
                if (part != "file")
                    continue;
                var file = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
                var hasType = MediaTypeHeaderValue.TryParse(section.ContentType, out var type);
                var known = hasType ? DatasetFormats.OfMediaType(type!.MediaType.ToString()) : null;
                // The charset of the form's own Content-Type does not count: libraries put there what the heads of the parts are written in.
                return Charset.TryRead(hasType && type!.Charset.Length > 0 ? type.Charset : formCharset, out var charset, out var problem)
                    ? new DatasetContent { Body = section.Body, FileName = file, Format = format ?? FormatOfFile(file) ?? known, Charset = charset }
                    : Fail(StatusCodes.Status415UnsupportedMediaType, "", problem);
            }
        }
        catch (Exception exception) when (IsMalformedForm(exception))
        {
            return Fail(StatusCodes.Status400BadRequest, "", "The multipart form is malformed.");
        }

        return Fail(StatusCodes.Status400BadRequest, "file", "expected a part named 'file' in the form, got none");
    }

    private static async Task<string> ReadFieldAsync(Stream body, CancellationToken cancellationToken)
    {
        var field = new byte[MaxCharsetBytes];
        var length = await body.ReadAtLeastAsync(field, field.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.ASCII.GetString(field, 0, length);
    }

    private static DatasetFormat? FormatOfFile(string? name) => name is null ? null : DatasetFormats.OfName(Path.GetExtension(WithoutCompression(name)).TrimStart('.'));

    private static string WithoutCompression(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".GZ" or ".ZST" or ".ZSTD" ? Path.GetFileNameWithoutExtension(file) : file;

    private static DatasetContent Unsupported(HttpRequest request) => new()
    {
        Failure = UnsupportedMediaType.FailureOf(
            request.HttpContext,
            ["text/csv", "application/vnd.apache.parquet", "application/json", "application/x-ndjson", "text/x-libsvm", "application/octet-stream", Form]),
    };

    private static DatasetContent Fail(int status, string path, string message) => new() { Failure = new InputFailure(status, path, message) };
}
