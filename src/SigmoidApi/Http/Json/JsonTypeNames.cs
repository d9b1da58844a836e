using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SigmoidApi.Http.Json;

/// <summary>Names of JSON types and values for messages to callers.</summary>
internal static class JsonTypeNames
{
    public static string Expected(JsonTypeInfo type)
    {
        var clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (NamesOf(type) is { } names)
            return "one of " + string.Join(", ", names);
        if (clr == typeof(bool))
            return "true or false";
        if (clr == typeof(string))
            return "a string";
        if (clr == typeof(double) || clr == typeof(float) || clr == typeof(decimal))
            return "a number";
        if (clr == typeof(int) || clr == typeof(long) || clr == typeof(short) || clr == typeof(byte))
            return $"an integer from {clr.GetField(nameof(int.MinValue))!.GetValue(null)} to {clr.GetField(nameof(int.MaxValue))!.GetValue(null)}";
        if (clr == typeof(Guid))
            return "a UUID";
        if (clr == typeof(DateTimeOffset) || clr == typeof(DateTime))
            return "a time as in RFC 3339";
        if (clr == typeof(double[]))
            return "an array of numbers";
        if (clr == typeof(Matrix))
            return "an array of arrays of numbers";
        if (clr == typeof(Tensor))
            return "a number or an array of numbers";
        if (clr == typeof(Records))
            return "an array of records";
        if (clr == typeof(NamedColumns))
            return "an object of arrays";
        return type.Kind == JsonTypeInfoKind.Enumerable ? "an array" : "an object";
    }

    /// <summary>The JSON names of an enum's values; null for another type.</summary>
    public static IEnumerable<string>? NamesOf(JsonTypeInfo type)
    {
        var clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return clr.IsEnum ? Enum.GetValues(clr).Cast<object>().Select(value => JsonSerializer.Serialize(value, clr, type.Options).Trim('"')) : null;
    }

    public static string Got(JsonElement element)
    {
        return element.ValueKind switch
        {
            JsonValueKind.String => "the string " + Short(element.GetRawText()),
            JsonValueKind.Number => Short(element.GetRawText()),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Array => "an array",
            JsonValueKind.Object => "an object",
            _ => "null",
        };
    }

    private static string Short(string text)
    {
        return text.Length <= 40 ? text : text[..39] + "…";
    }
}
