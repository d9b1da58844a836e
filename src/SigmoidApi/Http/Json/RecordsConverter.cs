using System.Text.Json;
using System.Text.Json.Serialization;

namespace SigmoidApi.Http.Json;

/// <summary>Reads records of named cells. The service itself never writes them.</summary>
internal sealed class RecordsConverter(JsonLimits limits) : JsonConverter<Records>
{
    public override Records Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw DoubleConverter.Unexpected("an array of records", ref reader);
        var text = new JsonArrayText(ref reader);
        var records = RecordScanner.Scan(text.Span, limits, out var end);
        text.Close(ref reader, end);
        return JsonText.Own(ref reader, records);
    }

    public override void Write(Utf8JsonWriter writer, Records value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var i = 0; i < value.Rows; i++)
        {
            writer.WriteStartObject();
            for (var j = 0; j < value.Names.Count; j++)
            {
                if (value[i, j].Kind != CellKind.Absent)
                {
                    writer.WritePropertyName(value.Names[j]);
                    value.Write(writer, i, j);
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
