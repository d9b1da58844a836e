namespace SigmoidApi.Idempotency;

/// <summary>The first answer to a request with an <c>Idempotency-Key</c>; its row is committed together with the created resource.</summary>
public sealed class IdempotentAnswer
{
    /// <summary>SHA-256 of the method, the path and the key, in lower-case hexadecimal.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of the request's content, in lower-case hexadecimal.</summary>
    public required string Fingerprint { get; init; }

    public required int Status { get; init; }

    /// <summary>The headers that belong to the answer, such as <c>Location</c>.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>JSON in UTF-8.</summary>
    public required byte[] Body { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
