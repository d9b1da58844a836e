using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SigmoidApi.Http.Json;
using SigmoidApi.Tables;

namespace SigmoidApi.Http;

/// <summary>The reason why an input could not be read, in the caller's terms.</summary>
/// <param name="Status">400, 413 or 415.</param>
/// <param name="Path">The JSON path in the caller's spelling, <c>features[3][0]</c>; empty for the body as a whole.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record InputFailure(int Status, string Path, string Message)
{
    /// <summary>
    /// Describes the serializer's exception in the caller's words, since its text names C# types. Only the exception's path is used; the fault is found again
    /// from the body and the declared type.
    /// </summary>
    internal static InputFailure From(JsonException exception, ReadOnlyMemory<byte> body, JsonTypeInfo expected)
    {
        var path = JsonPath.FromSerializer(exception.Path);
        if (exception is JsonInputException { Limit: { } limit } large)
            return new InputFailure(StatusCodes.Status413PayloadTooLarge, JsonPath.Join(path, large.Index), $"{large.Reason} ({limit})");
        if (Malformed(body.Span) is { } malformed)
            return malformed;
        if (exception is JsonInputException input)
            return BadRequest(JsonPath.Join(path, input.Index), input.Reason);
        using var document = JsonDocument.Parse(body);
        return Mismatch(document.RootElement, expected, JsonPath.Parse(path));
    }

    internal static InputFailure BadRequest(string path, string message)
    {
        return new InputFailure(StatusCodes.Status400BadRequest, path, message);
    }

    private static InputFailure? Malformed(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                // The reader looks at a string's bytes only when asked for the string.
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                    reader.GetString();
            }

            return null;
        }
        catch (JsonException e)
        {
            // The reader's own words, without its advice for programmers.
            var reason = e.Message.Split(" LineNumber:")[0].Split(" Change the reader options")[0].Split(" Path:")[0];
            return BadRequest("", $"malformed JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {reason}");
        }
        catch (InvalidOperationException)
        {
            return BadRequest("", $"malformed JSON at byte {reader.TokenStartIndex + 1}: a string that is not UTF-8 or has half of a surrogate pair");
        }
    }

    /// <summary>Follows the path through the body and the type to the first difference.</summary>
    private static InputFailure Mismatch(JsonElement element, JsonTypeInfo type, List<string> path)
    {
        var walked = "";
        foreach (var step in path)
        {
            walked = JsonPath.Join(walked, step);
            if (element.ValueKind == JsonValueKind.Array && JsonPath.IsIndex(step, out var index) && index < element.GetArrayLength())
            {
                element = element[index];
                if (type.ElementType is null)
                    break;
                type = type.Options.GetTypeInfo(type.ElementType);
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                var name = JsonPath.NameOf(step);
                var came = element.EnumerateObject().Where(p => p.NameEquals(name)).Select(p => p.Value).ToList();
                if (type.Kind == JsonTypeInfoKind.Object)
                {
                    var fields = type.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null);
                    if (fields.FirstOrDefault(p => p.Name == name) is not { } property)
                        return BadRequest(walked, $"unknown field{NearestName.Hint(name, fields.Select(p => p.Name))}");
                    type = type.Options.GetTypeInfo(property.PropertyType);
                }
                else if (type.ElementType is not null)
                {
                    type = type.Options.GetTypeInfo(type.ElementType);
                }

                if (came.Count > 1)
                    return BadRequest(walked, "expected once, got more than once");
                if (came.Count == 0)
                    break;
                element = came[0];
            }
            else
            {
                // A name with brackets in it was split into steps.
                break;
            }
        }

        if (element.ValueKind == JsonValueKind.Object && type.Kind == JsonTypeInfoKind.Object)
        {
            var missing = type.Properties.Where(p => IsRequired(p) && !element.TryGetProperty(p.Name, out _)).Select(p => p.Name).ToList();
            if (missing.Count > 0)
            {
                var others = missing.Count > 1 ? $" (also missing: {string.Join(", ", missing.Skip(1))})" : "";
                return BadRequest(JsonPath.Join(walked, JsonPath.Member(missing[0])), $"required, but missing{others}");
            }
        }

        var near = element.ValueKind == JsonValueKind.String && JsonTypeNames.NamesOf(type) is { } names ? NearestName.Hint(element.GetString()!, names) : "";
        return BadRequest(walked, $"expected {JsonTypeNames.Expected(type)}, got {JsonTypeNames.Got(element)}{near}");
    }

    private static bool IsRequired(JsonPropertyInfo property)
    {
        return property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };
    }
}
