using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Says that a value in the caller's JSON is not what was expected. <see cref="JsonException.Path"/> is filled by the serializer on the way
/// up and leads to the member; <see cref="Index"/> leads on from there to the element: <c>$.features</c> and <c>[3][0]</c>.
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

    /// <summary>What was expected and what came. <see cref="Exception.Message"/> may have the serializer's words added.</summary>
    public string Reason { get; } = "";

    /// <summary>Where within the member: <c>[3][0]</c>, <c>[3].name</c>, or empty for the member itself.</summary>
    public string Index { get; } = "";

    /// <summary>The setting of the limit that well-formed input is beyond, a 413; null for other faults.</summary>
    public string? Limit { get; }
}
