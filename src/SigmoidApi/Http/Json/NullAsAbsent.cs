using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Reads null as the default of a property that has one, since generated clients write unset properties as null. Only properties of non-nullable value types
/// need this; elsewhere null is a value of the type. The null of a required property, which has no default, is refused.
/// </summary>
internal static class NullAsAbsent
{
    /// <summary>Modifies a type's contract, see <see cref="JsonTypeInfoResolver.WithAddedModifier"/>.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        // A type without constructor parameters has its defaults in property initialisers.
        var initial = new Lazy<object?>(() => type.CreateObject?.Invoke());
        foreach (var property in type.Properties.Where(property => IsValue(property.PropertyType)))
        {
            var value =
                property.AssociatedParameter is { IsMemberInitializer: false } parameter ? parameter.HasDefaultValue ? parameter.DefaultValue : null
                : property is { IsRequired: false, Set: not null, Get: { } get } && initial.Value is { } instance ? get(instance)
                : null;
            if (value is not null)
            {
                var converter = typeof(Converter<>).MakeGenericType(property.PropertyType);
                property.CustomConverter = (JsonConverter)Activator.CreateInstance(converter, property, value)!;
            }
        }
    }

    private static bool IsValue(Type type) => type.IsValueType && Nullable.GetUnderlyingType(type) is null;

    private sealed class Converter<T>(JsonPropertyInfo property, T absent) : JsonConverter<T>
    {
        private readonly JsonConverter<T> _converter = (JsonConverter<T>)(property.CustomConverter ?? property.Options.GetConverter(typeof(T)));

        public override bool HandleNull => true;

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? absent : _converter.Read(ref reader, typeToConvert, options)!;

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => _converter.Write(writer, value, options);
    }
}
