using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;

namespace SigmoidApi.OpenApi;

/// <summary>
/// The types that callers send: the bodies of all endpoints, and the types of their properties. In these a property with a default may be left out or null. In
/// all other types, which only the service writes, a property is always present unless the JSON contract leaves it out.
/// </summary>
internal sealed class RequestTypes(EndpointDataSource endpoints)
{
    private HashSet<Type>? _types;

    public bool Contains(Type type, JsonSerializerOptions options) => (_types ??= Find(options)).Contains(type);

    private HashSet<Type> Find(JsonSerializerOptions options)
    {
        var found = new HashSet<Type>();
        foreach (var body in endpoints.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType))
            Add(body);
        return found;

        void Add(Type? type)
        {
            if (type is null || !found.Add(type))
                return;
            var contract = options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
            if (contract.Kind == JsonTypeInfoKind.None)
                return;
            Add(contract.ElementType);
            foreach (var property in contract.Properties)
                Add(property.PropertyType);
        }
    }
}
