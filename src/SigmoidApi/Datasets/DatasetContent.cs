using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Datasets.Formats;
using SigmoidApi.Http;

namespace SigmoidApi.Datasets;

/// <summary>The file in a body: the body itself, or the part <c>file</c> of a multipart form, unread in either case, and what the headers say of it.</summary>
internal sealed class DatasetContent
{
    /// <summary>What a form may have besides the file.</summary>
    public const long MaxFormBytes = 1024 * 1024;

    public const string Form = "multipart/form-data";

    public InputFailure? Failure { get; private init; }

    public Stream Body { get; private init; } = Stream.Null;

    /// <summary>What a form's file is called; null without a form.</summary>
    public string? FileName { get; private init; }

    /// <summary>What a data set may be called after it: its name without its endings.</summary>
    public string? Name => FileName is null ? null : Names.Of(Path.GetFileNameWithoutExtension(WithoutCompression(FileName)));

    /// <summary>What the headers or the file's name say; null where the bytes are to say it.</summary>
    public DatasetFormat? Format { get; private init; }

    public ContentCoding Coding { get; private init; }

    /// <summary>What the text is written in; null for UTF-8, or what a byte order mark says.</summary>
    public Encoding? Encoding { get; private init; }

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
                : Unsupported(request);
        }

        var mediaType = type.MediaType.ToString();
        var known = DatasetFormats.OfMediaType(mediaType);
        if (format is null && known is null && !DatasetFormats.AnyTypes.Contains(mediaType))
            return Unsupported(request);
        var charset = HeaderUtilities.RemoveQuotes(type.Charset).ToString();
        if (!TryEncoding(charset, out var encoding))
            return Fail(StatusCodes.Status415UnsupportedMediaType, "", $"Expected a charset such as utf-8 or windows-1252, got {charset}.");
        return new DatasetContent { Body = body, Format = format ?? known ?? FormatOfFile(name), Coding = coding, Encoding = encoding };
    }

    /// <summary>The encoding that a charset names; null for UTF-8, and for what a byte order mark tells by itself.</summary>
    private static bool TryEncoding(string charset, out Encoding? encoding)
    {
        encoding = null;
        if (charset.Length == 0 || charset.StartsWith("utf-", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            return true;
        try
        {
            encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether reading a form failed by its own fault; a disk that fails has another code than the reader's plain exception.</summary>
    public static bool IsMalformedForm(Exception exception) =>
        exception is InvalidDataException || (exception.GetType() == typeof(IOException) && exception.HResult == unchecked((int)0x80131620));

    private static async Task<DatasetContent> OpenFormAsync(Stream body, string boundary, DatasetFormat? format, CancellationToken cancellationToken)
    {
        try
        {
            var reader = new MultipartReader(boundary, body);
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name) != "file")
                    continue;
                var file = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
                var known = MediaTypeHeaderValue.TryParse(section.ContentType, out var type) ? DatasetFormats.OfMediaType(type.MediaType.ToString()) : null;
                return new DatasetContent { Body = section.Body, FileName = file, Format = format ?? FormatOfFile(file) ?? known };
            }
        }
        catch (Exception exception) when (IsMalformedForm(exception))
        {
            return Fail(StatusCodes.Status400BadRequest, "", "The multipart form is malformed.");
        }

        return Fail(StatusCodes.Status400BadRequest, "file", "expected a part named 'file' in the form, got none");
    }

    private static DatasetFormat? FormatOfFile(string? name) => name is null ? null : DatasetFormats.OfName(Path.GetExtension(WithoutCompression(name)).TrimStart('.'));

    private static string WithoutCompression(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".GZ" or ".ZST" or ".ZSTD" ? Path.GetFileNameWithoutExtension(file) : file;

    private static DatasetContent Unsupported(HttpRequest request) => Fail(StatusCodes.Status415UnsupportedMediaType, "",
        "Expected a Content-Type of text/csv, application/vnd.apache.parquet, application/json, application/x-ndjson, text/x-libsvm, application/octet-stream, "
        + $"or multipart/form-data with a boundary, got {request.ContentType ?? "none"}.");

    private static DatasetContent Fail(int status, string path, string message) => new() { Failure = new InputFailure(status, path, message) };
}
