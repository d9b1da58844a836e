using System.Globalization;
using System.Text;
using System.Text.Json;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Http.Json;

/// <summary>
/// The text of an array or object, in the form that an import of a JSON file gives it (DuckDB's JSON type): no blanks, names in their order, no escapes that
/// JSON does not require, integers with their own digits, other numbers as the shortest that reads back, with a point or an exponent:
/// <c>{"z":[1,2.0,1e30]}</c>.
/// </summary>
internal static class NestedText
{
    // Numbers from 1e-6 to 1e21 are written without an exponent, as JavaScript does.
    private const int MostWholeDigits = 21;
    private const int MostZerosBehindPoint = 5;

    /// <param name="json">Begins with the bracket or brace. The bytes after the value are ignored.</param>
    /// <param name="mostCharacters">The longest text.</param>
    /// <param name="length">The value's length in bytes.</param>
    /// <returns>The text, or null if it would be longer.</returns>
    /// <exception cref="JsonException">The value is malformed.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not UTF-8.</exception>
    public static string? Read(ReadOnlySpan<byte> json, long mostCharacters, out int length)
    {
        var text = new StringBuilder();
        var reader = new Utf8JsonReader(json);
        var (isFirst, isEnd) = (true, false);
        while (!(isEnd && reader.CurrentDepth == 0) && text.Length <= mostCharacters)
        {
            reader.Read();
            isEnd = reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;
            if (!isFirst && !isEnd)
                text.Append(',');
            Write(text, ref reader);
            isFirst = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.PropertyName;
        }

        length = (int)reader.BytesConsumed;
        return text.Length <= mostCharacters ? text.ToString() : null;
    }

    private static void Write(StringBuilder text, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                Quote(text, reader.GetString()!);
                text.Append(':');
                break;
            case JsonTokenType.String:
                Quote(text, reader.GetString()!);
                break;
            case JsonTokenType.Number:
                text.Append(Number(Encoding.ASCII.GetString(reader.ValueSpan)));
                break;
            default:
                text.Append(Encoding.ASCII.GetString(reader.ValueSpan));
                break;
        }
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }

    private static string Number(string number)
    {
        if (!number.AsSpan().ContainsAny(".eE"))
            return number == "-0" ? "0" : number;
        var value = double.Parse(number, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? Real(value) : number;
    }

    private static string Real(double value)
    {
        Span<byte> shortest = stackalloc byte[DoubleFormatter.MaxLength];
        var text = Encoding.ASCII.GetString(shortest[..DoubleFormatter.Format(Math.Abs(value), shortest)]);
        var parts = text.Split('E');
        var plain = parts[0].Split('.');
        // All digits, and the number of those before the point.
        var digits = (plain[0] + plain.ElementAtOrDefault(1)).TrimStart('0');
        var point = plain[0].TrimStart('0').Length + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        if (plain[0] == "0" && plain.Length > 1)
            point -= plain[1].Length - plain[1].TrimStart('0').Length;
        digits = digits.TrimEnd('0');
        var sign = double.IsNegative(value) ? "-" : "";
        if (digits.Length == 0)
            return sign + "0.0";
        if (point > MostWholeDigits || point < -MostZerosBehindPoint)
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{point - 1}");
        if (point <= 0)
            return $"{sign}0.{new string('0', -point)}{digits}";
        return point >= digits.Length ? $"{sign}{digits.PadRight(point, '0')}.0" : $"{sign}{digits[..point]}.{digits[point..]}";
    }
}
