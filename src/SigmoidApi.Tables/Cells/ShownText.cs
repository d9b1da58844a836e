using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>Shortens texts for error messages, profiles and models.</summary>
internal static class ShownText
{
    /// <summary>The most bytes of a text that an error message uses.</summary>
    public const int MostBytes = 4 * MostCharactersOfProblem;

    /// <summary>The longest value that profiles and models show in full.</summary>
    public const int MostCharacters = 200;

    private const int MostCharactersOfProblem = 40;

    /// <summary>A text of a file as an error message shows it: its beginning, in quotes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostBytes)]);
        return text.Length > MostCharactersOfProblem ? $"'{Beginning(text, MostCharactersOfProblem)}…'" : $"'{text}'";
    }

    /// <summary>A value as profiles and models show it: in full, or its beginning, its length, and a digest to distinguish similar values.</summary>
    public static string Short(string value) => Within(value, MostCharacters);

    /// <summary>As <see cref="Short"/>, with a limit of <paramref name="most"/> characters.</summary>
    public static string Within(string value, int most)
    {
        if (value.Length <= most)
            return value;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 4));
        return string.Create(CultureInfo.InvariantCulture, $"{Beginning(value, most)}… ({value.Length} characters, {digest})");
    }

    private static string Beginning(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
