using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>One of a target's two values: a number, or the text of a category.</summary>
[JsonConverter(typeof(ClassLabelConverter))]
public readonly record struct ClassLabel
{
    private readonly double _number;

    public ClassLabel(double number) => (_number, Text) = (number, null);

    public ClassLabel(string text) => (_number, Text) = (double.NaN, text);

    /// <summary>Null of a number.</summary>
    public string? Text { get; }

    /// <summary>NaN of a text.</summary>
    public double Number => _number;

    /// <summary>Whether a request that says <paramref name="label"/> means this value; of the numbers 1 and 0 that is also true and false.</summary>
    public bool Is(string label) => Text is not null
        ? label == Text
        : double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number == _number
            : bool.TryParse(label, out var flag) && _number == (flag ? 1 : 0);

    public override string ToString() => Text ?? _number.ToString(CultureInfo.InvariantCulture);
}

internal sealed class ClassLabelConverter : JsonConverter<ClassLabel>
{
    public override ClassLabel Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? new(reader.GetString()!) : new(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, ClassLabel value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
            writer.WriteStringValue(text);
        else
            NumberWriter.Write(writer, value.Number);
    }
}

/// <summary>A class for each of some rows.</summary>
[JsonConverter(typeof(ClassLabelsConverter))]
public sealed class ClassLabels
{
    private ClassLabels(double[]? numbers, string[]? texts) => (Numbers, Texts) = (numbers, texts);

    public double[]? Numbers { get; }

    public string[]? Texts { get; }

    /// <summary>The second class from the threshold on.</summary>
    public static ClassLabels Of(ReadOnlySpan<double> probabilities, double threshold, IReadOnlyList<ClassLabel> classes)
    {
        if (classes[0].Text is null)
            return new(Compute.Regression.LogisticModel.Labels(probabilities, threshold, classes[0].Number, classes[1].Number), null);
        var texts = new string[probabilities.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = classes[probabilities[i] >= threshold ? 1 : 0].Text!;
        return new(null, texts);
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
        else
            JsonSerializer.Serialize(writer, value.Texts, options);
    }
}
