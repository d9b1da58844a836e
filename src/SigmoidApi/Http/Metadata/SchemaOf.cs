using Microsoft.OpenApi;

namespace SigmoidApi.Http.Metadata;

/// <summary>
/// How a type whose JSON its own converter decides is described. The feature that has the type registers it, as this folder names no feature.
/// </summary>
/// <param name="Type">The type.</param>
/// <param name="Describe">Makes the schema; its argument gives the schemas of other types.</param>
/// <param name="Name">The name among the document's components; null where the schema is written in place.</param>
internal sealed record SchemaOf(Type Type, Func<Func<Type, IOpenApiSchema>, IOpenApiSchema> Describe, string? Name);

internal static class SchemaOfExtensions
{
    /// <summary>Describes a type by a schema of the document's components, named like the type.</summary>
    public static void AddSchema<T>(this IServiceCollection services, Func<OpenApiSchema> describe) =>
        services.AddSingleton(new SchemaOf(typeof(T), _ => describe(), typeof(T).Name));

    /// <summary>Describes a type in place, by the schemas of others.</summary>
    public static void AddInlineSchema<T>(this IServiceCollection services, Func<Func<Type, IOpenApiSchema>, IOpenApiSchema> describe) =>
        services.AddSingleton(new SchemaOf(typeof(T), describe, Name: null));
}

/// <summary>
/// In the place of an answer of this type the service may also give an array, as its description says. Its schema then limits objects alone, and generators
/// of clients know only the object.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MayBeArrayAttribute : Attribute;

/// <summary>A property that is described as another type is: its converter takes, or writes, what the other's does.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DescribedAsAttribute(Type type) : Attribute
{
    public Type Type => type;
}
