namespace SigmoidApi.Http;

/// <summary>A handler's parameter that was read from the request and may have failed; <see cref="ValidationFilter"/> answers the failure before the handler runs.</summary>
internal interface IRequestInput
{
    InputFailure? Failure { get; }

    /// <summary>What was read, for its validator; null where there is a failure, or nothing to validate.</summary>
    object? Value => null;
}
