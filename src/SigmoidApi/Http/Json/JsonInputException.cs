using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>
/// A value in the caller's JSON is not what was expected. The serializer sets <see cref="JsonException.Path"/>, the path of the member: <c>$.features</c>.
/// <see cref="Index"/> is the path of the element within the member: <c>[3][0]</c>.
/// </summary>
public sealed class JsonInputException : JsonException
{
    public JsonInputException()
    {
    }

    public JsonInputException(string message)
        : base(message)
    {
        Reason = message;
    }

    public JsonInputException(string message, Exception innerException)
        : base(message, innerException)
    {
        Reason = message;
    }

    public JsonInputException(string message, string index, string? limit = null)
        : base(message)
    {
        Reason = message;
        Index = index;
        Limit = limit;
    }

    /// <summary>What was expected and what was found. The serializer may add its own words to <see cref="Exception.Message"/>.</summary>
    public string Reason { get; } = "";

    /// <summary>The path within the member: <c>[3][0]</c>, <c>[3].name</c>, or empty for the member itself.</summary>
    public string Index { get; } = "";

    /// <summary>The setting of the limit that the input exceeds, which is a 413; null for other faults.</summary>
    public string? Limit { get; }
}
