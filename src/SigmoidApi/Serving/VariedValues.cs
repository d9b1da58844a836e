using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Serving;

/// <summary>The values that a column may get: an array, or <c>true</c> for every value that the model knows.</summary>
/// <param name="Allowed">Of a number its least and its greatest value, of a category its levels; null for <c>true</c>.</param>
[JsonConverter(typeof(VariedValuesConverter))]
public sealed record VariedValues(IReadOnlyList<Cell>? Allowed);

internal sealed class VariedValuesConverter : JsonConverter<VariedValues>
{
    private const string Expected = "[low, high] for a number, an array of levels for a category, or true";

    public override bool HandleNull => true;

    public override VariedValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.True)
            return new((IReadOnlyList<Cell>?)null);
        if (reader.TokenType != JsonTokenType.StartArray)
            throw DoubleConverter.Unexpected(Expected, ref reader);
        var allowed = new List<Cell>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            allowed.Add(reader.TokenType switch
            {
                JsonTokenType.True => new(CellKind.True),
                JsonTokenType.False => new(CellKind.False),
                JsonTokenType.Number => new(CellKind.Number, DoubleConverter.ReadNumber(ref reader, "a number")),
                JsonTokenType.String => new(CellKind.Text, text: reader.GetString()),
                _ => throw new JsonInputException(
                    DoubleConverter.Unexpected("a number, text, true or false", ref reader).Reason, $"[{allowed.Count}]"),
            });
        }

        return new(allowed);
    }

    public override void Write(Utf8JsonWriter writer, VariedValues value, JsonSerializerOptions options) => throw new NotSupportedException();
}
