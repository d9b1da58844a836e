using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Models;

/// <summary>The class of each row.</summary>
[JsonConverter(typeof(ClassLabelsConverter))]
public sealed class ClassLabels
{
    private ClassLabels(double[]? numbers = null, bool[]? flags = null, string[]? texts = null) => (Numbers, Flags, Texts) = (numbers, flags, texts);

    public double[]? Numbers { get; }

    public bool[]? Flags { get; }

    public string[]? Texts { get; }

    /// <summary>The second class for probabilities at or above the threshold, and the first below it.</summary>
    public static ClassLabels Of(ReadOnlySpan<double> probabilities, double threshold, IReadOnlyList<ClassLabel> classes)
    {
        var (negative, positive) = (classes[0], classes[1]);
        if (positive.IsBoolean)
            return new(flags: LabelsOf(probabilities, threshold, negative.Number == 1, positive.Number == 1));
        return positive.Text is null
            ? new(numbers: LogisticModel.Labels(probabilities, threshold, negative.Number, positive.Number))
            : new(texts: LabelsOf(probabilities, threshold, negative.Text!, positive.Text));
    }

    private static T[] LabelsOf<T>(ReadOnlySpan<double> probabilities, double threshold, T negative, T positive)
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
