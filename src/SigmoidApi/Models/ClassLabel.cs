using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>One of a target's values: a number, true or false, or the text of a category.</summary>
[JsonConverter(typeof(ClassLabelConverter))]
public readonly record struct ClassLabel
{
    private readonly double _number;

    public ClassLabel(double number) => (_number, Text) = (number, null);

    public ClassLabel(bool flag) => (_number, IsBoolean) = (flag ? 1 : 0, true);

    public ClassLabel(string text) => (_number, Text) = (double.NaN, text);

    /// <summary>The text; null for a number, true and false.</summary>
    public string? Text { get; }

    /// <summary>Whether the label is true or false; a fit uses 1 and 0 for them.</summary>
    public bool IsBoolean { get; }

    /// <summary>The number; NaN for a text.</summary>
    public double Number => _number;

    /// <summary>Whether <paramref name="label"/> in a request means this value. 1 and true mean the same, and so do 0 and false.</summary>
    public bool Is(string label) => Text is not null
        ? label == Text
        : double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number == _number
            : bool.TryParse(label, out var flag) && _number == (flag ? 1 : 0);

    public override string ToString() => Text ?? (IsBoolean ? _number == 1 ? "true" : "false" : _number.ToString(CultureInfo.InvariantCulture));
}

internal sealed class ClassLabelConverter : JsonConverter<ClassLabel>
{
    public override ClassLabel Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => new(reader.GetString()!),
            JsonTokenType.True or JsonTokenType.False => new(reader.GetBoolean()),
            _ => new(reader.GetDouble()),
        };

    public override void Write(Utf8JsonWriter writer, ClassLabel value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
            writer.WriteStringValue(text);
        else if (value.IsBoolean)
            writer.WriteBooleanValue(value.Number == 1);
        else
            NumberWriter.Write(writer, value.Number);
    }
}
