using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Tests.Contract;

/// <summary>An answer does not match the document.</summary>
public sealed class ContractException(string message) : Exception(message);

/// <summary>Checks every answer to a test's client against the OpenAPI document.</summary>
internal sealed class ContractCheck : DelegatingHandler
{
    /// <summary>Only a sample of larger bodies is checked: a complete check would take longer than the request.</summary>
    private const int LargestWhole = 4 << 20;

    private readonly OpenApiContract _contract;
    private readonly Action<Answer>? _seen;

    /// <param name="contract">The document's description of the answers.</param>
    /// <param name="seen">Called with each answer that matches.</param>
    public ContractCheck(OpenApiContract contract, Action<Answer>? seen = null) => (_contract, _seen) = (contract, seen);

    public ContractCheck()
        : this(OpenApiContract.OfRepository)
    {
    }

    /// <summary>A client of the service at an address.</summary>
    public static HttpClient Client(Uri address, TimeSpan timeout) =>
        new(new ContractCheck { InnerHandler = new SocketsHttpHandler() }) { BaseAddress = address, Timeout = timeout };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A redirect would change the request.
        var (method, path) = (request.Method.Method, request.RequestUri!.AbsolutePath);
        var response = await base.SendAsync(request, cancellationToken);
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        JsonElement? body = method == "HEAD" ? null
            : IsJson(mediaType) ? JsonOf(await Read(response, cancellationToken))
            : mediaType == "text/plain" ? JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(await Read(response, cancellationToken)))
            : null;
        var answer = new Answer(method, path, response.StatusCode, [.. Names(response.Headers), .. Names(response.Content.Headers)], mediaType, body);
        if (_contract.Fault(answer) is { } fault)
            throw new ContractException(fault);
        _seen?.Invoke(answer);
        if (method != "HEAD" && _contract.Items(answer) is { } items)
            response.Content = new CheckedContent(response.Content, items);
        return response;
    }

    /// <summary>The decompressed body. The test can still read the answer.</summary>
    private static async Task<byte[]> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        // Copies the stream, since all readers of the content share it.
        return Packed.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    private static JsonElement JsonOf(byte[] body) => body.Length > LargestWhole ? SampledJson.Of(body) : JsonElement.Parse(body);

    private static bool IsJson(string? mediaType) => mediaType is "application/json" || mediaType?.EndsWith("+json", StringComparison.Ordinal) is true;

    private static IEnumerable<string> Names(HttpHeaders headers) => headers.Select(header => header.Key);
}
