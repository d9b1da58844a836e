using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Http.Json;

/// <summary>Reads and writes a number, or the name of a number that JSON cannot write.</summary>
internal sealed class DoubleConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        return ReadNumber(ref reader, "a number");
    }

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        NumberWriter.Write(writer, value);
    }

    internal static double ReadNumber(ref Utf8JsonReader reader, string expected)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                var text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
                DoubleParser.Parse(text, out var number);
                return double.IsFinite(number) ? number : throw NumberScanner.OutOfRange(text, "");
            case JsonTokenType.String when reader.ValueTextEquals("NaN"u8):
                return double.NaN;
            case JsonTokenType.String when reader.ValueTextEquals("Infinity"u8):
                return double.PositiveInfinity;
            case JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8):
                return double.NegativeInfinity;
            default:
                throw Unexpected(expected, ref reader);
        }
    }

    internal static JsonInputException Unexpected(string expected, ref Utf8JsonReader reader)
    {
        var got = reader.TokenType switch
        {
            JsonTokenType.StartArray => "an array",
            JsonTokenType.StartObject => "an object",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => "null",
        };
        return new JsonInputException($"expected {expected}, got {got}");
    }
}

/// <summary>Reads and writes an array of numbers.</summary>
internal sealed class VectorConverter(JsonLimits limits) : JsonConverter<double[]>
{
    public override double[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw DoubleConverter.Unexpected("an array of numbers", ref reader);
        var text = new JsonArrayText(ref reader);
        var (array, count, _, end) = NumberScanner.Scan(text.Span, limits, rank: 1);
        text.Close(ref reader, end);
        var values = array.AsSpan(0, count).ToArray();
        RequestArrays<double>.Pool.Return(array);
        return values;
    }

    public override void Write(Utf8JsonWriter writer, double[] value, JsonSerializerOptions options)
    {
        NumberWriter.Write(writer, value, [value.Length]);
    }
}

/// <summary>Reads and writes an array of arrays of numbers.</summary>
internal sealed class MatrixConverter(JsonLimits limits) : JsonConverter<Matrix>
{
    public override Matrix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw DoubleConverter.Unexpected("an array of arrays of numbers", ref reader);
        var text = new JsonArrayText(ref reader);
        var (array, _, shape, end) = NumberScanner.Scan(text.Span, limits, rank: 2);
        text.Close(ref reader, end);
        return JsonText.Own(ref reader, new Matrix(array, shape[0], shape[1]));
    }

    public override void Write(Utf8JsonWriter writer, Matrix value, JsonSerializerOptions options)
    {
        NumberWriter.Write(writer, value.Values, [value.Rows, value.Columns]);
    }
}

/// <summary>Reads and writes a number, or arrays of numbers nested to any depth.</summary>
internal sealed class TensorConverter(JsonLimits limits) : JsonConverter<Tensor>
{
    public override Tensor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return JsonText.Own(ref reader, Tensor.Of([DoubleConverter.ReadNumber(ref reader, "a number or an array of numbers")]));
        var text = new JsonArrayText(ref reader);
        var (array, count, shape, end) = NumberScanner.Scan(text.Span, limits, rank: 0);
        text.Close(ref reader, end);
        return JsonText.Own(ref reader, new Tensor(array, count, shape));
    }

    public override void Write(Utf8JsonWriter writer, Tensor value, JsonSerializerOptions options)
    {
        NumberWriter.Write(writer, value.Values, value.Shape);
    }
}
