using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Charsets;

namespace SigmoidApi.Datasets;

/// <summary>
/// A multipart form with a file. A parameter of the route's query may be a part of the form instead, before or after the file. Every other part is refused,
/// so that nothing a caller sends is silently ignored.
/// </summary>
/// <param name="request">Its route determines which parts the form may have.</param>
/// <param name="body">The body of the request.</param>
/// <param name="boundary">The text between the parts.</param>
/// <param name="maxFieldBytes">How many bytes all parts other than the file may have, each counted as it would be in a query.</param>
internal sealed class UploadForm(HttpRequest request, Stream body, string boundary, int maxFieldBytes)
{
    public const string FilePart = "file";

    /// <summary>The part that names the charset of the other parts (RFC 7578, section 4.6).</summary>
    private const string CharsetPart = "_charset_";

    private const string MaxFieldsSetting = $"{LimitOptions.Section}:{nameof(LimitOptions.MaxRequestLineBytes)}";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly MultipartReader _reader = new(boundary, body);
    private readonly QueryNames? _parameters = request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<QueryNames>();
    private readonly SortedDictionary<string, List<string>> _fields = new(StringComparer.Ordinal);
    private byte[] _buffer = [];
    private int _fieldBytes;
    private string? _charset;

    /// <summary>The file, which is not read yet; null until the reader reaches it, and if the form has no file.</summary>
    public MultipartSection? File { get; private set; }

    /// <summary>The file's name; empty if the form has none.</summary>
    public string FileName { get; private set; } = "";

    /// <summary>The value of a parameter that may come once; null if it is not in the form.</summary>
    public string? this[string parameter] => _fields.TryGetValue(parameter, out var values) ? values[0] : null;

    /// <summary>The values of a parameter that may come more than once; null if it is not in the form.</summary>
    public string[]? All(string parameter) => _fields.TryGetValue(parameter, out var values) ? [.. values] : null;

    /// <summary>All parameters with their values, sorted by name, so that the order of the parts makes no difference.</summary>
    public IEnumerable<string> Texts => _fields.SelectMany(pair => pair.Value.Select(value => $"{pair.Key}={value}"));

    /// <summary>Reads the parts before the file, and the head of the file.</summary>
    public async Task<InputFailure?> ReadToFileAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken)
        ?? (File is null ? InputFailure.BadRequest(FilePart, $"expected a part named '{FilePart}' in the form, got none") : null);

    /// <summary>Reads the parts after the file, which must have been read. A parameter that differs from the query is a failure.</summary>
    public async Task<InputFailure?> ReadToEndAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } failure)
            return failure;
        foreach (var (name, values) in _fields)
        {
            if (request.Query.TryGetValue(name, out var given) && !given.SequenceEqual(values))
            {
                return InputFailure.BadRequest(
                    name, $"expected in the form or in the query, got '{string.Join(", ", values)}' in the form and '{request.Query[name]}' in the query");
            }
        }

        return null;
    }

    /// <summary>
    /// The charset of a part: its own, or else that of the part <c>_charset_</c>. The charset of the form's own Content-Type is ignored, because libraries
    /// name the charset of the parts' heads there.
    /// </summary>
    public bool TryReadCharset(MultipartSection part, out Charset charset, out string? problem)
    {
        var own = MediaTypeHeaderValue.TryParse(part.ContentType, out var type) && type.Charset.Length > 0 ? type.Charset.Value : null;
        return Charset.TryRead(own ?? _charset, out charset, out problem);
    }

    /// <summary>
    /// Whether an exception means that the form is malformed. The reader throws a plain <see cref="IOException"/> then; a failing disk has another HResult.
    /// </summary>
    public static bool IsMalformed(Exception exception) =>
        exception is InvalidDataException || (exception.GetType() == typeof(IOException) && exception.HResult == unchecked((int)0x80131620));

    private async Task<InputFailure?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _reader.ReadNextSectionAsync(cancellationToken) is { } part)
            {
                if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var head) || StringSegment.IsNullOrEmpty(head.Name))
                {
                    return InputFailure.BadRequest(
                        "", $"The form has a part without a name; expected its head to have 'Content-Disposition: form-data; name=\"{FilePart}\"'.");
                }

                var name = HeaderUtilities.RemoveQuotes(head.Name).ToString();
                if (name != FilePart)
                {
                    if (await AddAsync(name, part, cancellationToken) is { } failure)
                        return failure;
                    continue;
                }

                if (File is not null)
                    return Repeated(name);
                (File, FileName) = (part, HeaderUtilities.RemoveQuotes(head.FileNameStar.HasValue ? head.FileNameStar : head.FileName).ToString());
                return null;
            }

            return null;
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return InputFailure.BadRequest("", "The multipart form is malformed.");
        }
    }

    private async Task<InputFailure?> AddAsync(string name, MultipartSection part, CancellationToken cancellationToken)
    {
        var repeats = false;
        if (name != CharsetPart && _parameters?.TryFind(name, out repeats) is not true)
            return InputFailure.BadRequest(name, $"unknown part of the form: this path takes {string.Join(", ", Known)}{NearestName.Hint(name, Known)}");
        if (name == CharsetPart && File is not null)
            return InputFailure.BadRequest(name, $"expected before the part '{FilePart}', whose charset it names");
        if (!repeats && (name == CharsetPart ? _charset is not null : _fields.ContainsKey(name)))
            return Repeated(name);
        if (!TryReadCharset(part, out var charset, out var problem))
            return new(StatusCodes.Status415UnsupportedMediaType, "", problem!);
        if (_buffer.Length == 0)
            _buffer = new byte[maxFieldBytes + 1];
        // The name with '&' and '=', as in a query.
        _fieldBytes += name.Length + 2;
        var left = Math.Max(0, maxFieldBytes - _fieldBytes);
        try
        {
            await using var text = new Utf8Transcoding(part.Body, charset);
            var length = await text.ReadAtLeastAsync(_buffer.AsMemory(0, left + 1), left + 1, throwOnEndOfStream: false, cancellationToken);
            if (length > left || _fieldBytes > maxFieldBytes)
            {
                return new(
                    StatusCodes.Status413PayloadTooLarge,
                    name,
                    $"expected at most {maxFieldBytes} bytes in all parts other than '{FilePart}' ({MaxFieldsSetting})");
            }

            _fieldBytes += length;
            var value = StrictUtf8.GetString(_buffer, 0, length);
            if (name == CharsetPart)
                _charset = value;
            else if (!_fields.TryAdd(name, [value]))
                _fields[name].Add(value);
            return null;
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidTextException)
        {
            return InputFailure.BadRequest(
                name, $"expected text in {charset.Name}; name another charset in the Content-Type of the part, or in a part '{CharsetPart}' before it");
        }
    }

    private IEnumerable<string> Known => (_parameters?.Names ?? []).Order(StringComparer.Ordinal).Prepend(FilePart);

    private static InputFailure Repeated(string name) => InputFailure.BadRequest(name, "expected once in the form, got more than once");
}
