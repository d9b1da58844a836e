namespace SigmoidApi.Http;

/// <summary>A kind of failure that is no fault of the request, and passes: the answer is a 503. Who can tell such failures registers.</summary>
internal interface IOutage
{
    /// <summary>Whether a failure is of this kind.</summary>
    bool Covers(Exception failure);

    /// <summary>What the caller reads of it; null where the usual sentence will do.</summary>
    string? DetailOf(Exception failure);

    /// <summary>Logs a failure of this kind in a line of its own, instead of a stack trace. Returns whether it is one.</summary>
    bool Log(Exception failure);
}

/// <summary>Sets the headers that every answer has. The framework clears them when a request fails.</summary>
internal delegate void HeadersOfEveryAnswer(HttpContext context);
