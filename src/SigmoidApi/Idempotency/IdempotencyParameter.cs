namespace SigmoidApi.Idempotency;

/// <summary>Metadata of a route that takes an <c>Idempotency-Key</c>, for OpenAPI.</summary>
internal sealed record IdempotencyParameter;
