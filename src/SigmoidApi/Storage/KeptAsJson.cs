using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Storage;

/// <summary>How columns keep what is more than one value.</summary>
internal static class KeptAsJson
{
    /// <summary>Written and read whole, never queried into: one JSON text in the API's own form.</summary>
    public static void AsJson<T>(this PropertyBuilder<T> property, JsonSerializerOptions options) => property.HasConversion(
        value => JsonSerializer.Serialize(value, options),
        text => JsonSerializer.Deserialize<T>(text, options)!,
        new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => RuntimeHelpers.GetHashCode(value), value => value));

    /// <summary>An enum by the names that the API has for its values.</summary>
    public static ValueConverter<T, string> Named<T>()
        where T : struct, Enum => new(value => EnumNames.Of(value), name => EnumNames.Parse<T>(name));
}
