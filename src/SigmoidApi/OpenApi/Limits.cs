using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.OpenApi;

namespace SigmoidApi.OpenApi;

/// <summary>
/// Adds the limits in a property's attributes to its schema. The attributes only describe; the validators check, and a test compares the two. A range on an
/// array of numbers applies to each number.
/// </summary>
internal static class Limits
{
    public static IOpenApiSchema Apply(IOpenApiSchema schema, MemberInfo property)
    {
        if (schema is not OpenApiSchema own)
            return schema;
        foreach (var attribute in property.GetCustomAttributes())
        {
            switch (attribute)
            {
                case RangeAttribute range:
                    Apply(range, Innermost(own));
                    break;
                case StringLengthAttribute length:
                    (own.MinLength, own.MaxLength) = (length.MinimumLength, length.MaximumLength);
                    break;
                case RegularExpressionAttribute pattern:
                    own.Pattern = pattern.Pattern;
                    break;
                case LengthAttribute length:
                    (own.MinItems, own.MaxItems) = (length.MinimumLength, length.MaximumLength);
                    break;
                case MinLengthAttribute length when own.Type == JsonSchemaType.String:
                    own.MinLength = length.Length;
                    break;
                case MinLengthAttribute length:
                    own.MinItems = length.Length;
                    break;
            }
        }

        return own;
    }

    private static OpenApiSchema Innermost(OpenApiSchema schema) =>
        schema switch
        {
            { Items: OpenApiSchema items } => Innermost(items),
            { AdditionalProperties: OpenApiSchema values } => Innermost(values),
            _ => schema,
        };

    private static void Apply(RangeAttribute range, OpenApiSchema number)
    {
        var (minimum, maximum) = (Text(range.Minimum), Text(range.Maximum));
        if (range.MinimumIsExclusive)
            number.ExclusiveMinimum = minimum;
        else
            number.Minimum = minimum;
        if (range.MaximumIsExclusive)
            number.ExclusiveMaximum = maximum;
        else
            number.Maximum = maximum;
    }

    /// <summary>Null if the bound is that of the type.</summary>
    private static string? Text(object bound) =>
        bound is double.MaxValue or double.MinValue or int.MaxValue or int.MinValue or (double)long.MaxValue
            ? null
            : Convert.ToString(bound, CultureInfo.InvariantCulture);
}
