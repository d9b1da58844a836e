using System.Text.RegularExpressions;
using FluentValidation;

namespace SigmoidApi.Http;

/// <summary>Names of data sets and models, which callers choose. They are part of paths, so they only have characters that need no escape there.</summary>
public static partial class ResourceNames
{
    private const int MaxLength = 100;

    /// <summary>The pattern of a name, for JSON Schema. A UUID matches it too, but is not a valid name.</summary>
    public const string Form = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$";

    public const string Expected = "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID";

    public static bool IsValid(string name) => Pattern.IsMatch(name) && !Guid.TryParse(name, out _);

    /// <summary>Makes a name from a text: each run of other characters becomes a <c>-</c>. Null where no valid name remains.</summary>
    public static string? Of(string text)
    {
        var name = Others.Replace(text, "-").TrimStart('.', '_', '-').TrimEnd('-');
        name = name[..Math.Min(name.Length, MaxLength)].TrimEnd('-');
        return IsValid(name) ? name : null;
    }

    public static IRuleBuilderOptions<T, string?> Name<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(name => name is null || IsValid(name)).WithMessage($"{Expected}, got '{{PropertyValue}}'");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern { get; }

    [GeneratedRegex("[^A-Za-z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Others { get; }
}
