using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SigmoidApi.Tables;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Leaves out members that have their default, in types with <see cref="DefaultsLeftOutAttribute"/>. The default of a member that is not a parameter of the
/// constructor is null.
/// </summary>
internal static class DefaultsLeftOut
{
    /// <summary>Modifies a type's contract, see <see cref="JsonTypeInfoResolver.WithAddedModifier"/>.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        if (!type.Type.IsDefined(typeof(DefaultsLeftOutAttribute)))
            return;
        foreach (var property in type.Properties.Where(property => !HasRuleOfItsOwn(property)))
        {
            if (property.AssociatedParameter is { HasDefaultValue: true, DefaultValue: var byDefault })
                property.ShouldSerialize = (_, value) => !Equals(value, byDefault);
            else if (property is { IsRequired: false, IsGetNullable: true, AssociatedParameter: null or { IsMemberInitializer: true } })
                property.ShouldSerialize = (_, value) => value is not null;
        }
    }

    private static bool HasRuleOfItsOwn(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: false) is true;
}
