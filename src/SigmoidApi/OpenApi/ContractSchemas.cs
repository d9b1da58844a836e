using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using Swashbuckle.AspNetCore.SwaggerGen;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SigmoidApi.OpenApi;

/// <summary>
/// Describes types by the contract of the service's own serializer, so that a new field needs no further description: whether it is required, whether it may be
/// null, its default, and its documentation comment. Limits come from attributes (<see cref="Limits"/>).
/// </summary>
internal sealed class ContractSchemas(IOptions<JsonOptions> json, IEnumerable<SchemaOf> described, RequestTypes requests, DocComments comments)
    : ISchemaGenerator
{
    private readonly Dictionary<Type, SchemaOf> _described = described.ToDictionary(schema => schema.Type);
    private readonly NullabilityInfoContext _nullability = new();

    private JsonSerializerOptions Options => json.Value.SerializerOptions;

    public IOpenApiSchema GenerateSchema(
        Type modelType,
        SchemaRepository schemaRepository,
        MemberInfo? memberInfo = null,
        ParameterInfo? parameterInfo = null,
        ApiParameterRouteInfo? routeInfo = null) =>
        Of(Nullable.GetUnderlyingType(modelType) ?? modelType, schemaRepository);

    private IOpenApiSchema Of(Type type, SchemaRepository repository)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Schemas.OrNull(Of(value, repository));
        if (_described.TryGetValue(type, out var own))
            return own.Name is null ? Describe() : Component(type, own.Name, repository, () => (OpenApiSchema)Describe());
        if (Simple(type) is { } simple)
            return simple;
        if (type.IsEnum)
            return Component(type, type.Name, repository, () => Enumeration(type));
        var contract = Options.GetTypeInfo(type);
        return contract.Kind switch
        {
            JsonTypeInfoKind.Dictionary => Schemas.MapOf(Of(contract.ElementType!, repository)),
            JsonTypeInfoKind.Enumerable => Schemas.ArrayOf(Of(contract.ElementType!, repository)),
            JsonTypeInfoKind.Object => Component(type, IdOf(type), repository, () => Object(contract, repository)),
            _ when type.IsAssignableTo(typeof(IEnumerable)) => Schemas.ArrayOf(Of(type.GetElementType()!, repository)),
            _ => throw new NotSupportedException($"{type} has a converter of its own: register a {nameof(SchemaOf)} for it."),
        };

        IOpenApiSchema Describe() => own.Describe(other => Of(other, repository));
    }

    private static OpenApiSchema? Simple(Type type) =>
        type == typeof(string) ? Schemas.Text()
        : type == typeof(bool) ? Schemas.Boolean()
        : type == typeof(int) ? Schemas.Integer()
        : type == typeof(long) ? Schemas.Integer(format: "int64")
        : type == typeof(double) ? Schemas.Number()
        : type == typeof(Guid) ? Schemas.Text("uuid")
        : type == typeof(DateTimeOffset) ? Schemas.Text("date-time")
        : type == typeof(byte[]) ? Schemas.Bytes()
        : type == typeof(object) ? Schemas.Any()
        : null;

    // Registers the type before its parts, since a schema may refer to itself.
    private static OpenApiSchemaReference Component(Type type, string id, SchemaRepository repository, Func<OpenApiSchema> describe)
    {
        if (!repository.TryLookupByType(type, out var reference))
        {
            repository.RegisterType(type, id);
            repository.AddDefinition(id, describe());
            // The reference that AddDefinition returns repeats the description.
            repository.TryLookupByType(type, out reference);
        }

        return reference;
    }

    /// <summary>The type's name without the generic arity.</summary>
    private static string IdOf(Type type) =>
        type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + string.Concat(type.GetGenericArguments().Select(IdOf)) : type.Name;

    private OpenApiSchema Enumeration(Type type)
    {
        var names = Enum.GetNames(type);
        var values = Array.ConvertAll(names, EnumNames.Policy.ConvertName);
        var texts = Array.ConvertAll(names, name => comments.OfValue(type, name) ?? "");
        var list = string.Concat(values.Zip(texts).Select(value => $"\n- `{value.First}`: {value.Second}"));
        var schema = Schemas.OneOfTexts(values);
        schema.Description = $"{comments.Of(type)}\n{list}".Trim();
        schema.Extensions = new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal)
        {
            // Client generators know one of these two names.
            ["x-enum-descriptions"] = Texts(),
            ["x-enumDescriptions"] = Texts(),
        };
        return schema;

        JsonNodeExtension Texts() => new(new JsonArray([.. texts.Select(text => (JsonNode)text)]));
    }

    private OpenApiSchema Object(JsonTypeInfo contract, SchemaRepository repository)
    {
        var isSent = requests.Contains(contract.Type, Options);
        var schema = new OpenApiSchema
        {
            Type = contract.Type.IsDefined(typeof(MayBeArrayAttribute)) ? null : JsonSchemaType.Object,
            Description = comments.Of(contract.Type),
            // Unknown fields of a request are refused. Answers may get more fields in later versions.
            AdditionalPropertiesAllowed = !isSent,
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal),
            Required = new HashSet<string>(StringComparer.Ordinal),
        };
        foreach (var property in contract.Properties.Where(property => property.Get is not null))
        {
            var isRequired = isSent ? IsRequired(property) : !MayBeLeftOut(property);
            var mayBeNull = isSent ? !isRequired || IsNullable(property) : isRequired && IsNullable(property);
            var described = MemberOf(property).GetCustomAttribute<DescribedAsAttribute>()?.Type ?? property.PropertyType;
            var value = Of(Nullable.GetUnderlyingType(described) ?? described, repository);
            value = Limits.Apply(value, MemberOf(property));
            if (value is OpenApiSchema { AdditionalProperties: { } values } map && HasNullableValues(property))
                map.AdditionalProperties = Schemas.OrNull(values);
            value = mayBeNull ? Schemas.OrNull(value) : value;
            var byDefault = isSent ? DefaultOf(property, contract) : null;
            schema.Properties[property.Name] = Schemas.Annotated(value, comments.Of(MemberOf(property)), byDefault, readOnly: !isSent);
            if (isRequired)
                schema.Required.Add(property.Name);
        }

        return schema;
    }

    private static MemberInfo MemberOf(JsonPropertyInfo property) => (MemberInfo)property.AttributeProvider!;

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static bool MayBeLeftOut(JsonPropertyInfo property) =>
        property.ShouldSerialize is not null && MemberOf(property).GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Never;

    private NullabilityInfo Nullability(JsonPropertyInfo property) => _nullability.Create((PropertyInfo)MemberOf(property));

    private bool HasNullableValues(JsonPropertyInfo map) => Nullability(map).GenericTypeArguments is [_, { ReadState: NullabilityState.Nullable }];

    private bool IsNullable(JsonPropertyInfo property) => Nullability(property).ReadState == NullabilityState.Nullable;

    /// <summary>The default of a property; null if the default depends on other fields.</summary>
    private JsonNode? DefaultOf(JsonPropertyInfo property, JsonTypeInfo contract)
    {
        var value = property.AssociatedParameter is { HasDefaultValue: true } parameter ? parameter.DefaultValue
            : contract.CreateObject is { } create && !IsRequired(property) ? property.Get!(create())
            : null;
        return value is null ? null : JsonSerializer.SerializeToNode(value, property.PropertyType, Options);
    }
}
