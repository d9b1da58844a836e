using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>The values of <c>c</c> on a path: either their number, as in scikit-learn's <c>Cs</c>, or the values themselves.</summary>
[JsonConverter(typeof(PathGridConverter))]
public sealed record PathGrid
{
    private const double LowestExponent = -4;
    private const double HighestExponent = 4;

    /// <summary>The number of values, evenly spaced in log from 1e-4 to 1e4; null if <see cref="Given"/> has the values.</summary>
    public int? Count { get; init; }

    /// <summary>The values, in the order of the request.</summary>
    public double[]? Given { get; init; }

    public int Length => Count ?? Given!.Length;

    /// <summary>The values, from the smallest to the largest.</summary>
    public double[] Values() =>
        Given is not null
            ? [.. Given.Order()]
            : [.. Enumerable.Range(0, Length).Select(i => Math.Pow(10, LowestExponent + (HighestExponent - LowestExponent) * i / (Length - 1)))];
}

internal sealed class PathGridConverter : JsonConverter<PathGrid>
{
    private const string Expected = "a whole number of values, or an array of them";

    public override PathGrid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.StartArray => new() { Given = Vector(options).Read(ref reader, typeof(double[]), options) },
        JsonTokenType.Number when reader.TryGetInt32(out var count) => new() { Count = count },
        _ => throw DoubleConverter.Unexpected(Expected, ref reader),
    };

    public override void Write(Utf8JsonWriter writer, PathGrid value, JsonSerializerOptions options)
    {
        if (value.Given is { } given)
            Vector(options).Write(writer, given, options);
        else
            writer.WriteNumberValue(value.Length);
    }

    private static JsonConverter<double[]> Vector(JsonSerializerOptions options) => (JsonConverter<double[]>)options.GetConverter(typeof(double[]));
}
