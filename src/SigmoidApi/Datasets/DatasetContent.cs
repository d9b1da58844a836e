using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Http;

namespace SigmoidApi.Datasets;

/// <summary>The file in the body of an upload: the body itself, or the part <c>file</c> of a multipart form, unread in either case.</summary>
internal sealed class DatasetContent
{
    public const string Csv = "text/csv";

    /// <summary>What a form may have besides the file.</summary>
    public const long MaxFormBytes = 1024 * 1024;

    private const string Form = "multipart/form-data";

    public InputFailure? Failure { get; private init; }

    public Stream Body { get; private init; } = Stream.Null;

    /// <summary>The name of a form's file without its extension, where a data set may be called that.</summary>
    public string? Name { get; private init; }

    public static async Task<DatasetContent> OpenAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            return Fail(StatusCodes.Status415UnsupportedMediaType, "", $"Expected a body without Content-Encoding, got {request.Headers.ContentEncoding}.");
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            if (type.MediaType.Equals(Csv, StringComparison.OrdinalIgnoreCase))
            {
                var charset = HeaderUtilities.RemoveQuotes(type.Charset);
                return charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
                    ? new DatasetContent { Body = request.Body }
                    : Fail(StatusCodes.Status415UnsupportedMediaType, "", $"Expected the charset utf-8, got {charset}.");
            }

            if (type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase) && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary)
                return await OpenFormAsync(request.Body, boundary.ToString(), cancellationToken);
        }

        return Fail(StatusCodes.Status415UnsupportedMediaType, "", $"Expected a Content-Type of {Csv} or {Form} with a boundary, got {request.ContentType ?? "none"}.");
    }

    /// <summary>Whether reading a form failed by its own fault; a disk that fails has another code than the reader's plain exception.</summary>
    public static bool IsMalformedForm(Exception exception) =>
        exception is InvalidDataException || (exception.GetType() == typeof(IOException) && exception.HResult == unchecked((int)0x80131620));

    private static async Task<DatasetContent> OpenFormAsync(Stream body, string boundary, CancellationToken cancellationToken)
    {
        try
        {
            var reader = new MultipartReader(boundary, body);
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name) != "file")
                    continue;
                var fileName = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
                var name = Path.GetFileNameWithoutExtension(HeaderUtilities.RemoveQuotes(fileName).ToString());
                return new DatasetContent { Body = section.Body, Name = Names.IsValid(name) ? name : null };
            }
        }
        catch (Exception exception) when (IsMalformedForm(exception))
        {
            return Fail(StatusCodes.Status400BadRequest, "", "The multipart form is malformed.");
        }

        return Fail(StatusCodes.Status400BadRequest, "file", "expected a part named 'file' in the form, got none");
    }

    private static DatasetContent Fail(int status, string path, string message) => new() { Failure = new InputFailure(status, path, message) };
}
