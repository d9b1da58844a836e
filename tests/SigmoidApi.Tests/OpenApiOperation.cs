using System.Text.Json;

namespace SigmoidApi.Tests;

/// <summary>An operation of the service's OpenAPI document with its examples, so that a test can call every route.</summary>
internal sealed class OpenApiOperation
{
    private readonly JsonElement _operation;

    private OpenApiOperation(string path, string method, JsonElement operation)
    {
        Path = path;
        Method = HttpMethod.Parse(method);
        _operation = operation;
    }

    public string Path { get; }

    public HttpMethod Method { get; }

    public string? Id => Text("operationId");

    public string? Summary => Text("summary");

    public IEnumerable<string> Answers => _operation.GetProperty("responses").EnumerateObject().Select(r => r.Name);

    public bool HasBody => _operation.TryGetProperty("requestBody", out _);

    /// <summary>The examples of the body.</summary>
    public (string MediaType, string Body)[] Bodies => !HasBody ? [] :
    [
        .. from media in _operation.GetProperty("requestBody").GetProperty("content").EnumerateObject()
           where media.Value.TryGetProperty("examples", out _)
           from example in media.Value.GetProperty("examples").EnumerateObject()
           let value = example.Value.GetProperty("value")
           select (media.Name, media.Name == "application/json" ? value.GetRawText() : value.GetString()!),
    ];

    public IEnumerable<string> PathParametersWithoutExample => Parameters.Where(p => p.In == "path" && p.Example.Length == 0).Select(p => p.Name);

    /// <summary>The path with the examples of its parameters, the query's included.</summary>
    public string ExamplePath
    {
        get
        {
            var path = Path;
            var query = new List<string>();
            foreach (var (name, place, examples) in Parameters)
            {
                if (place == "path")
                    path = path.Replace($"{{{name}}}", Uri.EscapeDataString(examples.Single()), StringComparison.Ordinal);
                if (place == "query")
                    query.AddRange(examples.Select(example => $"{name}={Uri.EscapeDataString(example)}"));
            }

            return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
        }
    }

    /// <summary>The path with a name or id, and version 1.</summary>
    public string PathTo(string name) =>
        Path.Replace("{id}", name, StringComparison.Ordinal)
            .Replace("{name}", name, StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal)
            .Replace("{curve}", "roc", StringComparison.Ordinal);

    private IEnumerable<(string Name, string In, string[] Example)> Parameters =>
        !_operation.TryGetProperty("parameters", out var parameters) ? [] : parameters.EnumerateArray().Select(p =>
            (p.GetProperty("name").GetString()!, p.GetProperty("in").GetString()!, p.TryGetProperty("example", out var example) ? Values(example) : []));

    public static async Task<IEnumerable<OpenApiOperation>> Read(ApiClient api) =>
        from path in (await api.Get("/openapi/v1.json")).Json.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select new OpenApiOperation(path.Name, operation.Name, operation.Value);

    public override string ToString() => $"{Method} {Path}";

    private string? Text(string member) => _operation.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static string[] Values(JsonElement example) =>
        example.ValueKind == JsonValueKind.Array ? [.. example.EnumerateArray().Select(e => e.ToString())] : [example.ToString()];
}
