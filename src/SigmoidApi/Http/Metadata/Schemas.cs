using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace SigmoidApi.Http.Metadata;

/// <summary>Makes the basic schemas.</summary>
internal static class Schemas
{
    public static OpenApiSchema Text(string? format = null, string? pattern = null) =>
        new() { Type = JsonSchemaType.String, Format = format, Pattern = pattern };

    public static OpenApiSchema OneOfTexts(params IEnumerable<string> values) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => (JsonNode)value)] };

    public static OpenApiSchema Boolean() => new() { Type = JsonSchemaType.Boolean };

    /// <summary>
    /// Only this value, without a type. As the first of several alternatives: NSwag would read every value as the type of the first one.
    /// </summary>
    public static OpenApiSchema Only(JsonNode value) =>
        new() { Extensions = new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal) { ["const"] = new JsonNodeExtension(value) } };

    /// <summary>An integer, 32-bit by default.</summary>
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

    /// <summary>The names of the numbers that JSON can't write.</summary>
    public static OpenApiSchema NotFinite() => OneOfTexts("NaN", "Infinity", "-Infinity");

    public static OpenApiSchema ArrayOf(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    public static OpenApiSchema MapOf(IOpenApiSchema values) => new() { Type = JsonSchemaType.Object, AdditionalProperties = values };

    /// <summary>Any JSON value.</summary>
    public static OpenApiSchema Any() => new();

    /// <summary>Exactly one of several schemas.</summary>
    public static OpenApiSchema OneOf(params IEnumerable<IOpenApiSchema> schemas) => new() { OneOf = [.. schemas] };

    /// <summary>The schema, or null.</summary>
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

    /// <summary>The schema as a property's: with a description, a default, and whether only the service writes it. A reference gets them too.</summary>
    public static IOpenApiSchema Annotated(IOpenApiSchema schema, string? description, JsonNode? byDefault, bool readOnly)
    {
        if (schema is OpenApiSchema own)
            (own.Description, own.Default, own.ReadOnly) = (description ?? own.Description, byDefault, readOnly);
        else if (schema is OpenApiSchemaReference reference)
            (reference.Description, reference.Default, reference.ReadOnly) = (description, byDefault, readOnly);
        return schema;
    }

    /// <summary>A JSON file, which clients should treat as bytes. The schema has no type, since validators see an array.</summary>
    public static OpenApiSchema JsonFile() => new() { Format = "binary", Description = "The rows, an array of records." };

    /// <summary>A body of bytes.</summary>
    public static OpenApiSchema Bytes() => Text("binary");

    private static string? Text(long? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
