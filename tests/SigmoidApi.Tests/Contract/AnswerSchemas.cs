using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace SigmoidApi.Tests.Contract;

/// <summary>
/// The schemas of an OpenAPI document, made strict: an object may only have the properties in its schema. The document's own schemas allow others, so that
/// clients accept fields of later versions; the tests must not.
/// </summary>
internal sealed class AnswerSchemas
{
    private const string Components = "#/components/schemas/";

    /// <summary>The suffix of a schema that another one extends by <c>allOf</c>. It allows other properties; the extending schema does not.</summary>
    private const string Extended = ".extended";

    private static readonly Uri Base = new("https://sigmoid.example/document");
    private static readonly string[] Combining = ["$ref", "allOf", "anyOf", "oneOf", "if"];
    private static readonly EvaluationOptions Quick = new() { OutputFormat = OutputFormat.Flag, RequireFormatValidation = true };
    private static readonly EvaluationOptions Detailed = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private readonly BuildOptions _build = new() { Dialect = Dialect.Draft202012, SchemaRegistry = new() };

    /// <param name="components">The document's <c>components.schemas</c>.</param>
    public AnswerSchemas(JsonObject components)
    {
        var definitions = new JsonObject();
        foreach (var (name, schema) in components)
        {
            definitions[name] = Strict(schema!, isExtended: false);
            definitions[name + Extended] = Strict(schema!, isExtended: true);
        }

        JsonSchema.Build(Element(new JsonObject { ["$id"] = Base.ToString(), ["$defs"] = definitions }), _build, Base);
    }

    public JsonSchema Compile(JsonNode schema)
    {
        var copy = Strict(schema, isExtended: false);
        return JsonSchema.Build(Element(copy), _build, new Uri($"{Base}/{Guid.NewGuid():n}"));
    }

    /// <summary>The first error of a value, with its path; null if the value matches the schema.</summary>
    public static string? Fault(JsonSchema schema, JsonElement value)
    {
        if (schema.Evaluate(value, Quick).IsValid)
            return null;
        var faults = from detail in schema.Evaluate(value, Detailed).Details ?? []
                     from error in detail.Errors ?? []
                     select $"{(detail.InstanceLocation.ToString() is { Length: > 0 } pointer ? pointer : "/")}: {error.Value} ({detail.EvaluationPath})";
        return string.Join("\n  ", faults.Take(8));
    }

    /// <summary>
    /// An event in which the JSON in <c>data</c> replaces the text, so that the schema of the content applies to it.
    /// </summary>
    public static JsonElement WithContent(JsonElement item)
    {
        var copy = JsonObject.Create(item)!;
        if (copy["data"]?.GetValue<string>() is { } data)
            copy["data"] = JsonNode.Parse(data);
        return Element(copy);
    }

    private static JsonNode Strict(JsonNode schema, bool isExtended)
    {
        if (schema is JsonArray array)
            return new JsonArray([.. array.Select(item => item is null ? null : Strict(item, isExtended))]);
        if (schema is not JsonObject source)
            return schema.DeepClone();
        if (source["contentMediaType"]?.GetValue<string>() == "application/json")
            return source["contentSchema"] is { } content ? Strict(content, isExtended: false) : new JsonObject();
        var strict = new JsonObject();
        foreach (var (keyword, value) in source)
        {
            // The validator compares numbers as decimals, whose range is smaller than that of float64.
            if (keyword == "uniqueItems")
                continue;
            strict[keyword] = keyword switch
            {
                "$ref" => $"{Base}#/$defs/{ReferenceOf(source)}{(isExtended ? Extended : "")}",
                "properties" => new JsonObject(
                    value!.AsObject().Select(property => KeyValuePair.Create(property.Key, (JsonNode?)Strict(property.Value!, isExtended: false)))),
                "allOf" => Strict(value!, isExtended: true),
                // Together with properties these keywords restrict the same object.
                "oneOf" or "anyOf" => Strict(value!, isExtended: source.ContainsKey("properties")),
                "items" or "additionalProperties" or "prefixItems" or "not" => Strict(value!, isExtended: false),
                _ => value?.DeepClone(),
            };
        }

        var isObject = source.ContainsKey("properties") || source.ContainsKey("allOf");
        if (isObject && !isExtended && !source.ContainsKey("additionalProperties"))
            strict[Combining.Any(source.ContainsKey) ? "unevaluatedProperties" : "additionalProperties"] = false;
        return strict;
    }

    private static string? ReferenceOf(JsonNode? schema) =>
        (schema as JsonObject)?["$ref"]?.GetValue<string>() is { } reference && reference.StartsWith(Components, StringComparison.Ordinal)
            ? reference[Components.Length..]
            : null;

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);
}
