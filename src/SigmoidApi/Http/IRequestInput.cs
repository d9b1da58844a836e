namespace SigmoidApi.Http;

/// <summary>
/// A parameter of a handler that is read from the request. Where reading failed, <see cref="ValidationFilter"/> answers the failure and the
/// handler does not run.
/// </summary>
internal interface IRequestInput
{
    InputFailure? Failure { get; }

    /// <summary>The value for the validator; null after a failure, or where there is nothing to validate.</summary>
    object? Value => null;
}
