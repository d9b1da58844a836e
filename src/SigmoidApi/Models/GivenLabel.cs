using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>Stands for a label that <see cref="LabelTextConverter"/> reads, in the OpenAPI document.</summary>
internal readonly struct GivenLabel;

/// <summary>Reads a label that is a text, a number, true or false in the request, as its text.</summary>
internal sealed class LabelTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True or JsonTokenType.False => new ClassLabel(reader.GetBoolean()).ToString(),
        JsonTokenType.Number => new ClassLabel(reader.GetDouble()).ToString(),
        JsonTokenType.String => reader.GetString(),
        _ => throw DoubleConverter.Unexpected("text, a number, true or false", ref reader),
    };

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
