using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;

namespace SigmoidApi.Tests.Contract;

/// <summary>An answer is not as the document says.</summary>
public sealed class ContractException(string message) : Exception(message);

/// <summary>Holds every answer that goes through a client of the tests to the OpenAPI document.</summary>
internal sealed class ContractCheck : DelegatingHandler
{
    /// <summary>Larger bodies are not looked into: to check them would take longer than to make them.</summary>
    private const int LargestBody = 4 << 20;

    private readonly OpenApiContract _contract;

    public ContractCheck(OpenApiContract contract) => _contract = contract;

    public ContractCheck()
        : this(OpenApiContract.OfRepository)
    {
    }

    /// <summary>A client of the service at that address.</summary>
    public static HttpClient Client(Uri address, TimeSpan timeout) =>
        new(new ContractCheck { InnerHandler = new SocketsHttpHandler() }) { BaseAddress = address, Timeout = timeout };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A redirect changes the request that it is given.
        var (method, path) = (request.Method.Method, request.RequestUri!.AbsolutePath);
        var response = await base.SendAsync(request, cancellationToken);
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var body = method != "HEAD" && IsJson(mediaType) ? await Read(response, cancellationToken) : null;
        var answer = new Answer(method, path, response.StatusCode, [.. Names(response.Headers), .. Names(response.Content.Headers)], mediaType, body);
        return _contract.Fault(answer) is { } fault ? throw new ContractException(fault) : response;
    }

    /// <summary>The body, which stays there for the test; null where it is too large.</summary>
    private static async Task<JsonElement?> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        if (response.Content.Headers.ContentLength > LargestBody)
            return null;
        // A copy: the content gives all its readers one stream.
        var sent = new MemoryStream(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        await using Stream plain = response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "gzip" => new GZipStream(sent, CompressionMode.Decompress),
            "br" => new BrotliStream(sent, CompressionMode.Decompress),
            _ => sent,
        };
        using var json = await JsonDocument.ParseAsync(plain, cancellationToken: cancellationToken);
        return json.RootElement.Clone();
    }

    private static bool IsJson(string? mediaType) => mediaType is "application/json" || mediaType?.EndsWith("+json", StringComparison.Ordinal) is true;

    private static IEnumerable<string> Names(HttpHeaders headers) => headers.Select(header => header.Key);
}
