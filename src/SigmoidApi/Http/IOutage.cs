namespace SigmoidApi.Http;

/// <summary>
/// Recognises a kind of failure that is temporary and not the request's fault; the answer is a 503. Each part of the service registers one for its own kind.
/// </summary>
internal interface IOutage
{
    /// <summary>Whether a failure is of this kind.</summary>
    bool Covers(Exception failure);

    /// <summary>The detail of the problem; null for the usual sentence.</summary>
    string? DetailOf(Exception failure);

    /// <summary>Logs a failure of this kind in a line of its own, instead of a stack trace. Returns whether it is one.</summary>
    bool Log(Exception failure);
}
