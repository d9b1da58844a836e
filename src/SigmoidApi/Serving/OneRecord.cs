using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Serving;

/// <summary>A single record, by column name.</summary>
/// <param name="Cells">A table of one row.</param>
[JsonConverter(typeof(OneRecordConverter))]
public sealed record OneRecord(Records Cells);

/// <summary>Reads a record as an array of one, so that its cells are read like those of other requests.</summary>
internal sealed class OneRecordConverter : JsonConverter<OneRecord>
{
    private const string First = "[0]";

    public override OneRecord Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw DoubleConverter.Unexpected("a record", ref reader);
        using var record = JsonDocument.ParseValue(ref reader);
        var text = new JsonText((byte[])[(byte)'[', .. JsonSerializer.SerializeToUtf8Bytes(record.RootElement), (byte)']']);
        var inner = new Utf8JsonReader(text.From(0));
        try
        {
            return new(JsonText.Own(ref reader, JsonSerializer.Deserialize<Records>(ref inner, options)!));
        }
        catch (JsonInputException e)
        {
            throw new JsonInputException(e.Reason, e.Index.StartsWith(First, StringComparison.Ordinal) ? e.Index[First.Length..] : e.Index, e.Limit);
        }
    }

    public override void Write(Utf8JsonWriter writer, OneRecord value, JsonSerializerOptions options) => throw new NotSupportedException();
}
