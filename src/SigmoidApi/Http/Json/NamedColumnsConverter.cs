using System.Text.Json;
using System.Text.Json.Serialization;

namespace SigmoidApi.Http.Json;

/// <summary>Reads named columns of cells.</summary>
internal sealed class NamedColumnsConverter(JsonLimits limits) : JsonConverter<NamedColumns>
{
    public override NamedColumns Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw DoubleConverter.Unexpected("an object of arrays", ref reader);
        var names = new OrderedDictionary<string, int>();
        var cells = new CellReader(limits);
        var values = RequestArrays<double>.Pool.Rent(256);
        var count = 0;
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.TryAdd(name, names.Count))
                    throw new JsonInputException("expected every name once, got it twice", JsonPath.Member(name));
                reader.Read();
                Append(ref reader, name, names.Count, cells, ref values, ref count);
            }

            return JsonText.Own(ref reader, new NamedColumns(values, names.Count == 0 ? 0 : count / names.Count, names, cells.Texts));
        }
        catch
        {
            RequestArrays<double>.Pool.Return(values);
            throw;
        }
    }

    public override void Write(Utf8JsonWriter writer, NamedColumns value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        for (var i = 0; i < value.Names.Count; i++)
        {
            writer.WriteStartArray(value.Names[i]);
            for (var row = 0; row < value.Rows; row++)
                value.Write(writer, row, i);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads one column and appends it to the others, which must have the same length.</summary>
    private void Append(ref Utf8JsonReader reader, string name, int columns, CellReader cells, ref double[] values, ref int count)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonInputException(DoubleConverter.Unexpected("an array", ref reader).Reason, JsonPath.Member(name));
        var text = new JsonArrayText(ref reader);
        // Expect the length of the first column. Without it the scanner would allocate for the whole rest of the body, again for each column.
        int? expected = columns > 1 ? count / (columns - 1) : null;
        double[] column;
        int rows, end;
        try
        {
            (column, rows, _, end) = NumberScanner.Scan(text.Span, limits, rank: 1, cells, expected);
        }
        catch (JsonInputException e)
        {
            throw new JsonInputException(e.Reason, JsonPath.Member(name) + e.Index, e.Limit);
        }

        text.Close(ref reader, end);
        try
        {
            if (expected is not null && rows != expected)
                throw new JsonInputException($"expected {expected} values, as in the first column, got {rows}", JsonPath.Member(name));
            if ((long)count + rows > limits.MaxValues)
                throw new JsonInputException($"expected at most {limits.MaxValues} values, got more", JsonPath.Member(name), limit: JsonLimits.ValuesSetting);
            if (count + rows > values.Length)
            {
                var larger = RequestArrays<double>.Pool.Rent(Math.Max(count + rows, (int)Math.Min(2L * values.Length, limits.MaxValues)));
                values.AsSpan(0, count).CopyTo(larger);
                RequestArrays<double>.Pool.Return(values);
                values = larger;
            }

            column.AsSpan(0, rows).CopyTo(values.AsSpan(count));
            count += rows;
        }
        finally
        {
            RequestArrays<double>.Pool.Return(column);
        }
    }
}
