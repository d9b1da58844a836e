using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Decimals;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;

namespace SigmoidApi.Serving;

/// <summary>Whether predictions are explained: <c>true</c>, <c>false</c>, or an object.</summary>
/// <param name="Top">The most columns to name for each row, those with the greatest contributions; null for all.</param>
[JsonConverter(typeof(ExplainRequestConverter))]
public sealed record ExplainRequest(int? Top);

/// <summary>Reads true, false and an object; the service never writes it.</summary>
internal sealed class ExplainRequestConverter : JsonConverter<ExplainRequest>
{
    private const string Expected = "true, false or an object such as { \"top\": 5 }";

    public override ExplainRequest? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            return reader.GetBoolean() ? new ExplainRequest(Top: null) : null;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw DoubleConverter.Unexpected(Expected, ref reader);
        int? top = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("top"u8))
                throw new JsonInputException($"expected {Expected}, got the field '{reader.GetString()}'", "");
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var number) || number < 1)
                throw new JsonInputException("expected a whole number of at least 1", ".top");
            top = number;
        }

        return new ExplainRequest(top);
    }

    public override void Write(Utf8JsonWriter writer, ExplainRequest value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>
/// An explanation for each row: <c>baseline</c>, the mean log-odds of the training rows; <c>contributions</c>, what each column adds to it; <c>other</c>,
/// what the columns add together that are not named; <c>logOdds</c>, the sum of all. With more than two classes they are about <c>class</c>, the predicted
/// one.
/// </summary>
/// <param name="Names">The columns.</param>
/// <param name="Baselines">The baseline of each row.</param>
/// <param name="Values">Rows × columns: the contributions.</param>
/// <param name="Top">The most columns to name; null for all.</param>
/// <param name="Predicted">The class of each row; null with two classes.</param>
[JsonConverter(typeof(ExplanationsConverter))]
public sealed record Explanations(IReadOnlyList<string> Names, double[] Baselines, double[] Values, int? Top, IReadOnlyList<ClassLabel>? Predicted);

/// <summary>Stands for the explanation of a row in the OpenAPI document.</summary>
internal readonly struct PredictionExplanation;

/// <summary>Writes an array; the service never reads it. A row is formatted at once, since an answer may have millions of contributions.</summary>
internal sealed class ExplanationsConverter : JsonConverter<Explanations>
{
    public override Explanations Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, Explanations value, JsonSerializerOptions options)
    {
        byte[][] names = [.. value.Names.Select(name => (byte[])[(byte)'"', .. JsonEncodedText.Encode(name, options.Encoder).EncodedUtf8Bytes, .. "\":"u8])];
        var columns = names.Length;
        var buffer = new byte[names.Sum(name => name.Length + DoubleFormatter.MaxLength + 1) + 2];
        var (order, sizes) = (new int[columns], new double[columns]);
        writer.WriteStartArray();
        for (var i = 0; i < value.Baselines.Length; i++)
        {
            var row = value.Values.AsSpan(i * columns, columns);
            var (shown, other, sum) = (columns, 0.0, value.Baselines[i]);
            foreach (var contribution in row)
                sum += contribution;
            for (var j = 0; j < columns; j++)
                (order[j], sizes[j]) = (j, -Math.Abs(row[j]));
            Array.Sort(sizes, order);
            if (value.Top is { } top)
            {
                shown = Math.Min(top, columns);
                for (var k = shown; k < columns; k++)
                    other += row[order[k]];
            }

            writer.WriteStartObject();
            if (value.Predicted is { } predicted)
            {
                writer.WritePropertyName("class"u8);
                JsonSerializer.Serialize(writer, predicted[i], options);
            }

            writer.WritePropertyName("baseline"u8);
            NumberWriter.Write(writer, value.Baselines[i]);
            writer.WritePropertyName("logOdds"u8);
            NumberWriter.Write(writer, sum);
            writer.WritePropertyName("contributions"u8);
            writer.WriteRawValue(buffer.AsSpan(0, Format(row, order.AsSpan(0, shown), names, buffer)), skipInputValidation: true);
            if (value.Top is not null)
            {
                writer.WritePropertyName("other"u8);
                NumberWriter.Write(writer, other);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>An object of the named contributions, in that order. Returns its length.</summary>
    private static int Format(ReadOnlySpan<double> row, ReadOnlySpan<int> shown, byte[][] names, Span<byte> buffer)
    {
        var length = 0;
        buffer[length++] = (byte)'{';
        foreach (var column in shown)
        {
            if (length > 1)
                buffer[length++] = (byte)',';
            names[column].CopyTo(buffer[length..]);
            length += names[column].Length;
            length += DoubleFormatter.Format(row[column], buffer[length..]);
        }

        buffer[length++] = (byte)'}';
        return length;
    }
}
