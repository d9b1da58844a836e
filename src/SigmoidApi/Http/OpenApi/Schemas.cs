using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace SigmoidApi.Http.OpenApi;

/// <summary>The schemas that others are made of.</summary>
internal static class Schemas
{
    public static OpenApiSchema Text(string? format = null, string? pattern = null) => new() { Type = JsonSchemaType.String, Format = format, Pattern = pattern };

    public static OpenApiSchema OneOfTexts(params IEnumerable<string> values) => new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => (JsonNode)value)] };

    public static OpenApiSchema Boolean() => new() { Type = JsonSchemaType.Boolean };

    /// <summary>A whole number, by default one that an int holds.</summary>
    public static OpenApiSchema Integer(long? minimum = null, long? maximum = null, string format = "int32", long? byDefault = null) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = format,
        Minimum = Number(minimum),
        Maximum = Number(maximum),
        Default = byDefault is { } value ? JsonValue.Create(value) : null,
    };

    /// <summary>A finite number.</summary>
    public static OpenApiSchema Number() => new() { Type = JsonSchemaType.Number, Format = "double" };

    public static OpenApiSchema ArrayOf(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    public static OpenApiSchema MapOf(IOpenApiSchema values) => new() { Type = JsonSchemaType.Object, AdditionalProperties = values };

    /// <summary>A body of bytes.</summary>
    public static OpenApiSchema Bytes() => Text("binary");

    private static string? Number(long? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
