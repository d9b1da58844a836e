using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Storage;

/// <summary>Stores structured values in columns as JSON.</summary>
internal static class KeptAsJson
{
    /// <summary>
    /// The API's format, without the limits of requests: a stored value stays readable when a limit is lowered. Static, because the compiled model of the
    /// database
    /// calls <see cref="Write"/> and <see cref="Read"/> and has no services.
    /// </summary>
    private static readonly JsonSerializerOptions Format = CreateFormat();

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Format);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Format)!;

    /// <summary>Stores the property as one JSON text. It is read and written as a whole and never queried.</summary>
    public static void AsJson<T>(this PropertyBuilder<T> property) => property.HasConversion(
        value => Write(value),
        text => Read<T>(text),
        new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => RuntimeHelpers.GetHashCode(value), value => value));

    /// <summary>Stores an enum by the API's names of its values.</summary>
    public static ValueConverter<T, string> Named<T>()
        where T : struct, Enum => new(value => EnumNames.Of(value), name => EnumNames.Parse<T>(name));

    private static JsonSerializerOptions CreateFormat()
    {
        var format = new JsonOptions().SerializerOptions;
        JsonDefaults.Configure(format, new JsonLimits(MaxValues: int.MaxValue, MaxTextBytes: long.MaxValue));
        return format;
    }
}
