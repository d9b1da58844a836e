using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace SigmoidApi.Tests.Contract;

/// <summary>A received answer.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Path">The path of the request, without its query.</param>
/// <param name="Headers">The names of the answer's headers.</param>
/// <param name="MediaType">The media type without parameters; null for none.</param>
/// <param name="Json">The body as JSON, or a text as a JSON string; null if it is not checked.</param>
internal sealed record Answer(string Method, string Path, HttpStatusCode Status, IReadOnlyList<string> Headers, string? MediaType, JsonElement? Json);

/// <summary>The descriptions of answers in an OpenAPI document.</summary>
internal sealed class OpenApiContract
{
    private const string ApiRoot = "/api/v1/";

    /// <summary>The name of <c>itemSchema</c> (OpenAPI 3.2) in a document of version 3.1.</summary>
    private const string ItemSchema = "x-oai-itemSchema";

    /// <summary>Headers of HTTP, or of the server on every path, which the document does not list for each operation.</summary>
    private static readonly HashSet<string> General = new(StringComparer.OrdinalIgnoreCase)
    {
        "Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Content-Type", "Content-Encoding",
        "Vary", "Cache-Control", "Expires", "Pragma", "Alt-Svc", "Trailer", "Allow",
        "X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy",
        "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
        "Access-Control-Max-Age", "Access-Control-Allow-Credentials",
    };

    /// <summary>
    /// Statuses of the server or of a failure of the service. The document has <c>default</c> for them; all others must be listed by the operation.
    /// </summary>
    private static readonly HashSet<HttpStatusCode> OfAnyOperation =
    [
        HttpStatusCode.MethodNotAllowed, HttpStatusCode.RequestTimeout, HttpStatusCode.LengthRequired, HttpStatusCode.RequestUriTooLong,
        HttpStatusCode.RequestHeaderFieldsTooLarge, HttpStatusCode.InternalServerError,
    ];

    private readonly JsonObject _document;
    private readonly AnswerSchemas _schemas;
    private readonly ConcurrentDictionary<JsonNode, JsonSchema> _compiled = new();
    private readonly (string[] Segments, JsonObject Operations)[] _paths;

    public OpenApiContract(JsonObject document)
    {
        _document = document;
        _schemas = new(document["components"]!["schemas"]!.AsObject());
        // If two templates match a path, the one with fewer parameters applies.
        _paths =
        [
            .. document["paths"]!.AsObject().Select(path => (Segments: Split(path.Key), Operations: path.Value!.AsObject()))
                .OrderBy(path => path.Segments.Count(IsParameter)),
        ];
    }

    /// <summary>The document in the repository. Another test compares it with the served one.</summary>
    public static OpenApiContract OfRepository { get; } =
        new(JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Repository.Root, "docs/openapi/v1.json")))!.AsObject());

    /// <summary>The statuses of each operation in the document, without <c>default</c>.</summary>
    public IEnumerable<(string Operation, HttpStatusCode Status)> Documented =>
        from path in _paths
        from operation in path.Operations
        from status in operation.Value!["responses"]!.AsObject()
        where status.Key != "default"
        select (operation.Value["operationId"]!.GetValue<string>(), Enum.Parse<HttpStatusCode>(status.Key));

    /// <summary>The names of all headers of answers.</summary>
    public IEnumerable<string> Headers =>
        (from path in _paths
         from operation in path.Operations
         from response in operation.Value!["responses"]!.AsObject()
         from header in Resolve(response.Value)!["headers"]?.AsObject() ?? []
         select header.Key).Distinct();

    /// <summary>The name of the answer's operation; null if the document has none.</summary>
    public string? OperationOf(Answer answer) => Find(answer)?["operationId"]?.GetValue<string>();

    /// <summary>The first difference between an answer and the document; null for none.</summary>
    public string? Fault(Answer answer)
    {
        if (IsOfTheServer(answer))
            return null;
        if (Find(answer) is not { } operation)
            return IsUnknownPath(answer) ? null : Named("the document has no such operation");
        if (Response(operation, answer.Status) is not { } response)
            return Named("the status is not documented");
        var faults = new List<string>();
        var headers = response["headers"]?.AsObject();
        var unknown = answer.Headers.Except(General, StringComparer.OrdinalIgnoreCase)
            .Except(headers?.Select(header => header.Key) ?? [], StringComparer.OrdinalIgnoreCase).ToArray();
        if (unknown.Length > 0)
            faults.Add($"undocumented header {string.Join(", ", unknown)}");
        var missing = (headers?.Where(header => header.Value!["required"]?.GetValue<bool>() is true).Select(header => header.Key) ?? [])
            .Except(answer.Headers, StringComparer.OrdinalIgnoreCase).ToArray();
        if (missing.Length > 0)
            faults.Add($"there is no header {string.Join(", ", missing)}");
        var media = MediaOf(response, answer);
        if (answer.MediaType is not null && media is null)
            faults.Add($"undocumented Content-Type {answer.MediaType}");
        if (answer.MediaType is null && answer.Method != "HEAD" && response["content"] is JsonObject { Count: > 0 })
            faults.Add("there is no body where one is documented");
        if (answer.Json is { } json && media?["schema"] is { } schema && AnswerSchemas.Fault(_compiled.GetOrAdd(schema, _schemas.Compile), json) is { } fault)
            faults.Add($"the body is not as its schema says\n  {fault}");
        return faults.Count > 0 ? Named(string.Join("; ", faults)) : null;

        string Named(string fault) => $"{answer.Method} {answer.Path} {(int)answer.Status}: {fault}";
    }

    /// <summary>Checks the items of a streamed answer. Null for other answers, and for a part of a file, which may begin within a line.</summary>
    public AnswerItems? Items(Answer answer)
    {
        if (answer.Status == HttpStatusCode.PartialContent || Find(answer) is not { } operation || Response(operation, answer.Status) is not { } response
            || MediaOf(response, answer)?[ItemSchema] is not { } schema)
        {
            return null;
        }

        var isEvents = answer.MediaType == "text/event-stream";
        var compiled = _compiled.GetOrAdd(schema, _schemas.Compile);
        return new(isEvents, (number, item) =>
        {
            if (AnswerSchemas.Fault(compiled, isEvents ? AnswerSchemas.WithContent(item) : item) is { } fault)
                throw new ContractException($"{answer.Method} {answer.Path} {(int)answer.Status}: part {number} is not as its schema says\n  {fault}");
        });
    }

    private static JsonNode? MediaOf(JsonObject response, Answer answer) =>
        response["content"]?.AsObject().FirstOrDefault(media => media.Key.Equals(answer.MediaType, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>
    /// The web server itself refuses invalid HTTP, such as an impossible Host, and too long a request head: without a body, and it closes the
    /// connection.
    /// </summary>
    private static bool IsOfTheServer(Answer answer) =>
        answer is
        {
            Status: HttpStatusCode.BadRequest or HttpStatusCode.RequestTimeout or HttpStatusCode.LengthRequired or HttpStatusCode.RequestUriTooLong
                or HttpStatusCode.RequestHeaderFieldsTooLarge or HttpStatusCode.HttpVersionNotSupported,
            MediaType: null,
        } && answer.Headers.Contains("Connection", StringComparer.OrdinalIgnoreCase);

    /// <summary>An unknown path under the API must get a problem. The document does not describe paths outside of the API.</summary>
    private static bool IsUnknownPath(Answer answer) =>
        !answer.Path.Contains(ApiRoot, StringComparison.OrdinalIgnoreCase) || (int)answer.Status is >= 300 and < 500 || answer.Method == "OPTIONS";

    private JsonObject? Find(Answer answer)
    {
        // The path may have a prefix, which is the document's server.
        var start = answer.Path.IndexOf(ApiRoot, StringComparison.OrdinalIgnoreCase);
        var segments = Split(start > 0 ? answer.Path[start..] : answer.Path);
        var method = answer.Method == "HEAD" ? "get" : answer.Method.ToLowerInvariant();
        // A file of a name, such as {name}.svg, comes before a name with a dot.
        return _paths.Where(path => IsLike(segments, path.Segments)).OrderByDescending(path => path.Segments.Sum(End))
            .Select(path => path.Operations[method]).OfType<JsonObject>().FirstOrDefault();
    }

    private JsonObject? Response(JsonObject operation, HttpStatusCode status)
    {
        var responses = operation["responses"]!.AsObject();
        var response = responses[((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture)] ?? responses[$"{(int)status / 100}XX"];
        response ??= OfAnyOperation.Contains(status) ? responses["default"] : null;
        return Resolve(response);
    }

    private JsonObject? Resolve(JsonNode? node)
    {
        while (node?["$ref"]?.GetValue<string>() is { } reference)
            node = reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)_document, (part, name) => part?[name]);
        return node as JsonObject;
    }

    private static bool IsLike(string[] path, string[] template) =>
        path.Length == template.Length
        && path.Zip(template)
            .All(pair => IsParameter(pair.Second)
                ? pair.First.Length > End(pair.Second) && pair.First.EndsWith(pair.Second[^End(pair.Second)..], StringComparison.OrdinalIgnoreCase)
                : pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    private static bool IsParameter(string segment) => segment is ['{', ..];

    /// <summary>The length of what follows a parameter in its segment; 0 for other segments.</summary>
    private static int End(string segment) => IsParameter(segment) ? segment.Length - segment.IndexOf('}', StringComparison.Ordinal) - 1 : 0;

    private static string[] Split(string path) => path.Trim('/').Split('/');
}
