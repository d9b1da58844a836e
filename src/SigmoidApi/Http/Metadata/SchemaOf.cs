using Microsoft.OpenApi;

namespace SigmoidApi.Http.Metadata;

/// <summary>
/// The description of a type whose JSON its own converter writes. The feature that has the type registers it.
/// </summary>
/// <param name="Type">The type.</param>
/// <param name="Describe">Makes the schema. Its argument returns the schemas of other types.</param>
/// <param name="Name">The name in the document's components; null for a schema that is written inline.</param>
internal sealed record SchemaOf(Type Type, Func<Func<Type, IOpenApiSchema>, IOpenApiSchema> Describe, string? Name);

internal static class SchemaOfExtensions
{
    /// <summary>Describes a type by a schema in the document's components, named like the type.</summary>
    public static void AddSchema<T>(this IServiceCollection services, Func<OpenApiSchema> describe) =>
        services.AddSingleton(new SchemaOf(typeof(T), _ => describe(), typeof(T).Name));

    /// <summary>Describes a type inline.</summary>
    public static void AddInlineSchema<T>(this IServiceCollection services, Func<Func<Type, IOpenApiSchema>, IOpenApiSchema> describe) =>
        services.AddSingleton(new SchemaOf(typeof(T), describe, Name: null));
}
