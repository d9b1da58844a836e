using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace SigmoidApi.Http.Metadata;

/// <summary>The schemas that others are made of.</summary>
internal static class Schemas
{
    public static OpenApiSchema Text(string? format = null, string? pattern = null) =>
        new() { Type = JsonSchemaType.String, Format = format, Pattern = pattern };

    public static OpenApiSchema OneOfTexts(params IEnumerable<string> values) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => (JsonNode)value)] };

    public static OpenApiSchema Boolean() => new() { Type = JsonSchemaType.Boolean };

    /// <summary>
    /// This value alone, and no word of its type: as the first of several alternatives it keeps NSwag from reading every value as the type of the first.
    /// </summary>
    public static OpenApiSchema Only(JsonNode value) =>
        new() { Extensions = new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal) { ["const"] = new JsonNodeExtension(value) } };

    /// <summary>A whole number, by default one that an int holds.</summary>
    public static OpenApiSchema Integer(long? minimum = null, long? maximum = null, string format = "int32", long? byDefault = null) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = format,
        Minimum = Text(minimum),
        Maximum = Text(maximum),
        Default = byDefault is { } value ? JsonValue.Create(value) : null,
    };

    /// <summary>A finite number.</summary>
    public static OpenApiSchema Number(long? minimum = null, long? maximum = null) =>
        new() { Type = JsonSchemaType.Number, Format = "double", Minimum = Text(minimum), Maximum = Text(maximum) };

    /// <summary>A finite number above 0.</summary>
    public static OpenApiSchema Positive() => new() { Type = JsonSchemaType.Number, Format = "double", ExclusiveMinimum = "0" };

    /// <summary>The names of numbers that JSON can't write.</summary>
    public static OpenApiSchema NotFinite() => OneOfTexts("NaN", "Infinity", "-Infinity");

    public static OpenApiSchema ArrayOf(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    public static OpenApiSchema MapOf(IOpenApiSchema values) => new() { Type = JsonSchemaType.Object, AdditionalProperties = values };

    /// <summary>Anything that JSON can say.</summary>
    public static OpenApiSchema Any() => new();

    /// <summary>One of several, which exclude each other.</summary>
    public static OpenApiSchema OneOf(params IEnumerable<IOpenApiSchema> schemas) => new() { OneOf = [.. schemas] };

    /// <summary>The same, or null.</summary>
    public static IOpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema { Enum: null } own)
            return OneOf(schema, new OpenApiSchema { Type = JsonSchemaType.Null });
        if (own.Type is not null)
            own.Type |= JsonSchemaType.Null;
        else
            own.OneOf?.Add(new OpenApiSchema { Type = JsonSchemaType.Null });
        return own;
    }

    /// <summary>The same as a property, with its text, its default and whether the service alone writes it, beside the reference where it is one.</summary>
    public static IOpenApiSchema Annotated(IOpenApiSchema schema, string? description, JsonNode? byDefault, bool readOnly)
    {
        if (schema is OpenApiSchema own)
            (own.Description, own.Default, own.ReadOnly) = (description ?? own.Description, byDefault, readOnly);
        else if (schema is OpenApiSchemaReference reference)
            (reference.Description, reference.Default, reference.ReadOnly) = (description, byDefault, readOnly);
        return schema;
    }

    /// <summary>A file of JSON, which clients are to take as the bytes that it is. A validator of the document sees an array: without a type both hold.</summary>
    public static OpenApiSchema JsonFile() => new() { Format = "binary", Description = "The rows, an array of records." };

    /// <summary>A body of bytes.</summary>
    public static OpenApiSchema Bytes() => Text("binary");

    private static string? Text(long? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
