using System.Buffers;
using System.Text.Json;

namespace SigmoidApi.Tests.Contract;

/// <summary>
/// Reduces a large body to a sample of its arrays' items: the first ones, some between, and the last. A check of all items would take longer than the request.
/// The whole body is still parsed, which is cheap and finds malformed JSON.
/// </summary>
internal static class SampledJson
{
    /// <summary>The number of items of an array that are kept from the start; then one in <see cref="Every"/>, and the last.</summary>
    private const int First = 100;

    private const int Every = 1009;

    public static JsonElement Of(ReadOnlySpan<byte> json)
    {
        var sample = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(sample, new JsonWriterOptions { SkipValidation = true }))
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            Copy(ref reader, json, writer);
            // Reads the rest after the value.
            reader.Read();
        }

        return JsonElement.Parse(sample.WrittenSpan);
    }

    private static void Copy(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            CopyArray(ref reader, json, writer);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            writer.WriteStartObject();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                writer.WritePropertyName(reader.GetString()!);
                reader.Read();
                Copy(ref reader, json, writer);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteRawValue(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed], skipInputValidation: true);
        }
    }

    private static void CopyArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        ReadOnlySpan<byte> passedOver = [];
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i < First || i % Every == 0)
            {
                Copy(ref reader, json, writer);
                passedOver = [];
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            passedOver = json[start..(int)reader.BytesConsumed];
        }

        if (passedOver.Length > 0)
        {
            var last = new Utf8JsonReader(passedOver);
            last.Read();
            Copy(ref last, passedOver, writer);
        }

        writer.WriteEndArray();
    }
}
