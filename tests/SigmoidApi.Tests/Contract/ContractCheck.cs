using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Tests.Contract;

/// <summary>An answer is not as the document says.</summary>
public sealed class ContractException(string message) : Exception(message);

/// <summary>Holds every answer that goes through a client of the tests to the OpenAPI document.</summary>
internal sealed class ContractCheck : DelegatingHandler
{
    /// <summary>Of larger bodies a sample is looked into: to check all would take longer than to make them.</summary>
    private const int LargestWhole = 4 << 20;

    private readonly OpenApiContract _contract;
    private readonly Action<Answer>? _seen;

    /// <param name="contract">What is said of the answers.</param>
    /// <param name="seen">Takes each answer that is as it says.</param>
    public ContractCheck(OpenApiContract contract, Action<Answer>? seen = null) => (_contract, _seen) = (contract, seen);

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

    /// <summary>The body, not packed, which stays there for the test.</summary>
    private static async Task<byte[]> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        // A copy: the content gives all its readers one stream.
        return Packed.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Content.Headers.ContentEncoding.SingleOrDefault());
    }

    private static JsonElement JsonOf(byte[] body) => body.Length > LargestWhole ? SampledJson.Of(body) : JsonElement.Parse(body);

    private static bool IsJson(string? mediaType) => mediaType is "application/json" || mediaType?.EndsWith("+json", StringComparison.Ordinal) is true;

    private static IEnumerable<string> Names(HttpHeaders headers) => headers.Select(header => header.Key);
}
