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

    /// <summary>The second class for probabilities at or above the threshold, and the first below it; of more than two classes the most probable one.</summary>
    /// <param name="probabilities">One for each row; for more than two classes one for each row and class.</param>
    /// <param name="threshold">For two classes.</param>
    /// <param name="classes">The classes.</param>
    public static ClassLabels Of(ReadOnlySpan<double> probabilities, double threshold, IReadOnlyList<ClassLabel> classes)
    {
        var indices = new int[classes.Count == 2 ? probabilities.Length : probabilities.Length / classes.Count];
        if (classes.Count > 2)
            MultinomialModel.Labels(probabilities, classes.Count, indices);
        for (var i = 0; i < indices.Length && classes.Count == 2; i++)
            indices[i] = probabilities[i] >= threshold ? 1 : 0;
        return classes[1].IsBoolean ? new(flags: Array.ConvertAll(indices, index => classes[index].Number == 1))
            : classes[1].Text is null ? new(numbers: Array.ConvertAll(indices, index => classes[index].Number))
            : new(texts: Array.ConvertAll(indices, index => classes[index].Text!));
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
