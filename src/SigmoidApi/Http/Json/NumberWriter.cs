using System.Text.Json;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Http.Json;

/// <summary>Writes numbers as JSON. Formats many at a time into a rented buffer, which goes to the writer unchecked.</summary>
internal static class NumberWriter
{
    private const int BufferSize = 1 << 16;
    private const int MaxTextLength = DoubleFormatter.MaxLength + 1;
    private const int ChunkLength = BufferSize / MaxTextLength;

    public static void Write(Utf8JsonWriter writer, double value)
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        writer.WriteRawValue(text[..Format(value, text)], skipInputValidation: true);
    }

    /// <summary>Writes a row-major array of any shape as nested arrays.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<double> values, ReadOnlySpan<int> shape)
    {
        if (shape.IsEmpty)
        {
            Write(writer, values[0]);
            return;
        }

        var buffer = RequestArrays<byte>.Pool.Rent(Math.Min(values.Length, ChunkLength) * MaxTextLength);
        try
        {
            WriteArray(writer, values, shape, buffer);
        }
        finally
        {
            RequestArrays<byte>.Pool.Return(buffer);
        }
    }

    private static void WriteArray(Utf8JsonWriter writer, ReadOnlySpan<double> values, ReadOnlySpan<int> shape, Span<byte> buffer)
    {
        writer.WriteStartArray();
        if (shape.Length == 1)
        {
            for (; !values.IsEmpty; values = values[Math.Min(values.Length, ChunkLength)..])
                WriteChunk(writer, values[..Math.Min(values.Length, ChunkLength)], buffer);
        }
        else
        {
            for (var i = 0; i < shape[0]; i++)
            {
                var size = values.Length / shape[0];
                WriteArray(writer, values.Slice(i * size, size), shape[1..], buffer);
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes several values as one raw value. The writer adds the comma before it; the commas between are added here.</summary>
    private static void WriteChunk(Utf8JsonWriter writer, ReadOnlySpan<double> values, Span<byte> buffer)
    {
        var length = 0;
        foreach (var value in values)
        {
            length += Format(value, buffer[length..]);
            buffer[length++] = (byte)',';
        }

        writer.WriteRawValue(buffer[..(length - 1)], skipInputValidation: true);
    }

    private static int Format(double value, Span<byte> buffer)
    {
        if (double.IsFinite(value))
            return DoubleFormatter.Format(value, buffer);
        var name = double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8;
        name.CopyTo(buffer);
        return name.Length;
    }
}
