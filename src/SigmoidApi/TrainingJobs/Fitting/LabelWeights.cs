using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>The weights of the labels' rows: <c>"balanced"</c>, or a weight for each label. A label that is not named, or is null, has the weight 1.</summary>
/// <param name="ByLabel">Null if the labels are balanced.</param>
[JsonConverter(typeof(LabelWeightsConverter))]
public sealed record LabelWeights(IReadOnlyDictionary<string, double>? ByLabel)
{
    internal const string Balanced = "balanced";

    /// <summary>The weight of this label.</summary>
    internal double Of(ClassLabel label) => ByLabel!.Where(weight => label.Is(weight.Key)).Select(weight => weight.Value).FirstOrDefault(1);
}

internal sealed class LabelWeightsConverter : JsonConverter<LabelWeights>
{
    private const int MostLabels = 1_000;
    private const string Expected = "\"balanced\" or an object with a weight for each label";

    public override LabelWeights Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(LabelWeights.Balanced))
            return new((IReadOnlyDictionary<string, double>?)null);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw DoubleConverter.Unexpected(Expected, ref reader);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var label = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            // A target has at most so many labels; more would only fill memory.
            if (weights.Count == MostLabels)
                throw new JsonInputException($"expected weights for at most {MostLabels} labels, got more");
            if (!weights.TryAdd(label, WeightOf(label, ref reader)))
                throw new JsonInputException("expected once, got more than once", JsonPath.Member(label));
        }

        return new(weights);
    }

    public override void Write(Utf8JsonWriter writer, LabelWeights value, JsonSerializerOptions options)
    {
        if (value.ByLabel is null)
            writer.WriteStringValue(LabelWeights.Balanced);
        else
            JsonSerializer.Serialize(writer, value.ByLabel, options);
    }

    private static double WeightOf(string label, ref Utf8JsonReader reader)
    {
        try
        {
            return DoubleConverter.ReadNumber(ref reader, "a number");
        }
        catch (JsonInputException e)
        {
            throw new JsonInputException(e.Reason, JsonPath.Member(label));
        }
    }
}
