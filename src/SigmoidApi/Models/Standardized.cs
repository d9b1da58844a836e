using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Models;

/// <summary>A standardised coefficient: a number, or with more than two classes an array with one for each class.</summary>
[JsonConverter(typeof(StandardizedConverter))]
public sealed class Standardized
{
    public Standardized(double value) => (Values, IsArray) = ([value], false);

    public Standardized(double[] values) => (Values, IsArray) = (values, true);

    public double[] Values { get; }

    /// <summary>Whether there are more than two classes.</summary>
    public bool IsArray { get; }
}

internal sealed class StandardizedConverter : JsonConverter<Standardized>
{
    public override Standardized Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartArray
            ? new(JsonSerializer.Deserialize<double[]>(ref reader, options)!)
            : new(DoubleConverter.ReadNumber(ref reader, "a number or an array of numbers"));

    public override void Write(Utf8JsonWriter writer, Standardized value, JsonSerializerOptions options) =>
        NumberWriter.Write(writer, value.Values, value.IsArray ? [value.Values.Length] : []);
}
