using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SigmoidApi.Http.Json;

/// <summary>
/// A null for a property that has a default is the default: generated clients write all properties, those that nobody set as null. Only values need it: where a type has null, that is
/// the default itself. A required property has no default, and its null is refused.
/// </summary>
internal static class NullAsAbsent
{
    /// <summary>A modifier of a type's contract, see <see cref="JsonTypeInfoResolver.WithAddedModifier"/>.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        // Of a type without a constructor's parameters, its initialisers say the defaults.
        var initial = new Lazy<object?>(() => type.CreateObject?.Invoke());
        foreach (var property in type.Properties.Where(property => IsValue(property.PropertyType)))
        {
            var value = property.AssociatedParameter is { IsMemberInitializer: false } parameter ? parameter.HasDefaultValue ? parameter.DefaultValue : null
                : property is { IsRequired: false, Set: not null, Get: { } get } && initial.Value is { } instance ? get(instance)
                : null;
            if (value is not null)
                property.CustomConverter = (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(property.PropertyType), property, value)!;
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
