using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>One of a target's two values: a number, true or false, or the text of a category.</summary>
[JsonConverter(typeof(ClassLabelConverter))]
public readonly record struct ClassLabel
{
    private readonly double _number;

    public ClassLabel(double number) => (_number, Text) = (number, null);

    public ClassLabel(bool flag) => (_number, IsBoolean) = (flag ? 1 : 0, true);

    public ClassLabel(string text) => (_number, Text) = (double.NaN, text);

    /// <summary>Null of a number.</summary>
    public string? Text { get; }

    /// <summary>Whether it is true or false, which are 1 and 0 to a fit.</summary>
    public bool IsBoolean { get; }

    /// <summary>NaN of a text.</summary>
    public double Number => _number;

    /// <summary>Whether a request that says <paramref name="label"/> means this value; 1 and 0 are also true and false, and the other way round.</summary>
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

/// <summary>A class for each of some rows.</summary>
[JsonConverter(typeof(ClassLabelsConverter))]
public sealed class ClassLabels
{
    private ClassLabels(double[]? numbers = null, bool[]? flags = null, string[]? texts = null) => (Numbers, Flags, Texts) = (numbers, flags, texts);

    public double[]? Numbers { get; }

    public bool[]? Flags { get; }

    public string[]? Texts { get; }

    /// <summary>The second class from the threshold on.</summary>
    public static ClassLabels Of(ReadOnlySpan<double> probabilities, double threshold, IReadOnlyList<ClassLabel> classes)
    {
        var (negative, positive) = (classes[0], classes[1]);
        if (positive.IsBoolean)
            return new(flags: Each(probabilities, threshold, negative.Number == 1, positive.Number == 1));
        return positive.Text is null
            ? new(numbers: Compute.Regression.LogisticModel.Labels(probabilities, threshold, negative.Number, positive.Number))
            : new(texts: Each(probabilities, threshold, negative.Text!, positive.Text));
    }

    private static T[] Each<T>(ReadOnlySpan<double> probabilities, double threshold, T negative, T positive)
    {
        var labels = new T[probabilities.Length];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = probabilities[i] >= threshold ? positive : negative;
        return labels;
    }
}

/// <summary>Writes an array; the service never reads it.</summary>
internal sealed class ClassLabelsConverter : JsonConverter<ClassLabels>
{
    public override ClassLabels Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, ClassLabels value, JsonSerializerOptions options)
    {
        if (value.Numbers is { } numbers)
            JsonSerializer.Serialize(writer, numbers, options);
        else if (value.Flags is { } flags)
            JsonSerializer.Serialize(writer, flags, options);
        else
            JsonSerializer.Serialize(writer, value.Texts, options);
    }
}

/// <summary>Describes what <see cref="LabelTextConverter"/> reads.</summary>
internal readonly struct GivenLabel;

/// <summary>Reads a label that a request says as a text, a number, true or false, and keeps its text.</summary>
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
