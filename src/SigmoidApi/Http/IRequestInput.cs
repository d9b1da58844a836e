namespace SigmoidApi.Http;

/// <summary>A handler's parameter that was read from the request and may have failed; <see cref="ValidationFilter"/> answers the failure before the handler runs.</summary>
internal interface IRequestInput
{
    InputFailure? Failure { get; }

    /// <summary>The value for the validator, or null where there is none to run.</summary>
    object? ToValidate => null;
}
