using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Idempotency;

/// <summary>How long the answers to requests with an <c>Idempotency-Key</c> are kept; section <c>Idempotency</c>.</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>Hours in which the same key gets the same answer. After that the key may be used for another request.</summary>
    [Range(1, 8_760)]
    public int ExpiryHours { get; init; } = 24;
}
