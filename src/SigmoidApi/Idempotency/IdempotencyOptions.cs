using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Idempotency;

/// <summary>How long the answers to requests with an <c>Idempotency-Key</c> are kept; section <c>Idempotency</c>.</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>Within so many hours the same key gets the same answer; then it may be used anew.</summary>
    [Range(1, 8_760)]
    public int ExpiryHours { get; init; } = 24;
}
