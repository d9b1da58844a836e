using System.Buffers;
using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>Writes numbers as JSON: the whole array into one rented buffer, which the writer takes as it is.</summary>
internal static class NumberWriter
{
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<double> values, ReadOnlySpan<int> shape)
    {
        long brackets = 0;
        long arrays = 1;
        foreach (var length in shape)
        {
            brackets += 3 * arrays;
            arrays *= length;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)(brackets + (long)values.Length * (DoubleFormatter.MaxLength + 1))));
        try
        {
            writer.WriteRawValue(buffer.AsSpan(0, Format(values, shape, buffer)), skipInputValidation: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Format(ReadOnlySpan<double> values, ReadOnlySpan<int> shape, Span<byte> buffer)
    {
        if (shape.IsEmpty)
            return FormatNumber(values[0], buffer);

        var position = 0;
        buffer[position++] = (byte)'[';
        if (shape.Length == 1)
        {
            foreach (var value in values)
            {
                position += FormatNumber(value, buffer[position..]);
                buffer[position++] = (byte)',';
            }
        }
        else
        {
            var size = shape[0] == 0 ? 0 : values.Length / shape[0];
            for (var i = 0; i < shape[0]; i++)
            {
                position += Format(values.Slice(i * size, size), shape[1..], buffer[position..]);
                buffer[position++] = (byte)',';
            }
        }

        if (shape[0] > 0)
            position--;
        buffer[position++] = (byte)']';
        return position;
    }

    private static int FormatNumber(double value, Span<byte> buffer)
    {
        if (double.IsFinite(value))
            return DoubleFormatter.Format(value, buffer);
        var name = double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8;
        name.CopyTo(buffer);
        return name.Length;
    }
}
