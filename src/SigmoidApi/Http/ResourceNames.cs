using System.Text.RegularExpressions;
using FluentValidation;

namespace SigmoidApi.Http;

/// <summary>Names that callers give to data sets and models; they stand in paths, so they are kept to characters that need no escape there.</summary>
public static partial class ResourceNames
{
    private const int MaxLength = 100;

    /// <summary>What a name looks like, as JSON Schema has it; it is no UUID either.</summary>
    public const string Form = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$";

    public const string Expected = "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID";

    public static bool IsValid(string name) => Pattern.IsMatch(name) && !Guid.TryParse(name, out _);

    /// <summary>A name made of a text, each run of other characters a <c>-</c>; null where none can be made.</summary>
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
