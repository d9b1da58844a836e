using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace SigmoidApi.Tests.Contract;

/// <summary>An answer as it came.</summary>
/// <param name="Method">Of the request.</param>
/// <param name="Path">Of the request, without its query.</param>
/// <param name="Headers">The names of the answer's headers.</param>
/// <param name="MediaType">Without parameters; null where there is none.</param>
/// <param name="Json">The body, where it is JSON that is to be looked at, or a text as JSON.</param>
internal sealed record Answer(string Method, string Path, HttpStatusCode Status, IReadOnlyList<string> Headers, string? MediaType, JsonElement? Json);

/// <summary>What an OpenAPI document says of the answers of each operation.</summary>
internal sealed class OpenApiContract
{
    private const string ApiRoot = "/api/v1/";

    /// <summary>The <c>itemSchema</c> of OpenAPI 3.2, as a document of 3.1 writes it.</summary>
    private const string ItemSchema = "x-oai-itemSchema";

    /// <summary>What HTTP gives every answer, or the server on every path: the document does not name it for each operation.</summary>
    private static readonly HashSet<string> General = new(StringComparer.OrdinalIgnoreCase)
    {
        "Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Content-Type", "Content-Encoding",
        "Vary", "Cache-Control", "Expires", "Pragma", "Alt-Svc", "Trailer", "Allow",
        "X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy",
        "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
        "Access-Control-Max-Age", "Access-Control-Allow-Credentials",
    };

    /// <summary>
    /// The statuses that come from the server or from a fault of the service, which the document says once, by <c>default</c>. All others an operation names.
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
        // Of two templates that a path is like, the one with fewer parameters is meant.
        _paths =
        [
            .. document["paths"]!.AsObject().Select(path => (Segments: Split(path.Key), Operations: path.Value!.AsObject()))
                .OrderBy(path => path.Segments.Count(IsParameter)),
        ];
    }

    /// <summary>The document in the repository, which a test holds to the one that is served.</summary>
    public static OpenApiContract OfRepository { get; } =
        new(JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Repository.Root, "docs/openapi/v1.json")))!.AsObject());

    /// <summary>The statuses that the document gives each operation, but for <c>default</c>.</summary>
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

    /// <summary>The name of the operation that an answer is of; null where the document has none.</summary>
    public string? OperationOf(Answer answer) => Find(answer)?["operationId"]?.GetValue<string>();

    /// <summary>In what an answer is not as the document says; null where it is.</summary>
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

    /// <summary>Checks the parts of an answer that comes in sequence; null for other answers, and for a part of a file, which may begin within a line.</summary>
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
    /// What is no HTTP, such as an impossible Host, and what has too long a head the server refuses before the service sees it: without a body, and it closes
    /// the connection.
    /// </summary>
    private static bool IsOfTheServer(Answer answer) =>
        answer is
        {
            Status: HttpStatusCode.BadRequest or HttpStatusCode.RequestTimeout or HttpStatusCode.LengthRequired or HttpStatusCode.RequestUriTooLong
                or HttpStatusCode.RequestHeaderFieldsTooLarge or HttpStatusCode.HttpVersionNotSupported,
            MediaType: null,
        } && answer.Headers.Contains("Connection", StringComparer.OrdinalIgnoreCase);

    /// <summary>A path under the API that is none of its routes gets a problem; what is outside of it is not the document's.</summary>
    private static bool IsUnknownPath(Answer answer) =>
        !answer.Path.Contains(ApiRoot, StringComparison.OrdinalIgnoreCase) || (int)answer.Status is >= 300 and < 500 || answer.Method == "OPTIONS";

    private JsonObject? Find(Answer answer)
    {
        // There may be a prefix in front, which the document has as its server.
        var start = answer.Path.IndexOf(ApiRoot, StringComparison.OrdinalIgnoreCase);
        var segments = Split(start > 0 ? answer.Path[start..] : answer.Path);
        var method = answer.Method == "HEAD" ? "get" : answer.Method.ToLowerInvariant();
        return _paths.Where(path => IsLike(segments, path.Segments)).Select(path => path.Operations[method]).OfType<JsonObject>().FirstOrDefault();
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
        && path.Zip(template).All(pair => IsParameter(pair.Second) ? pair.First.Length > 0 : pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    private static bool IsParameter(string segment) => segment is ['{', .., '}'];

    private static string[] Split(string path) => path.Trim('/').Split('/');
}
