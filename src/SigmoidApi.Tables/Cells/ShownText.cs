using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>How texts that may be long are shown.</summary>
internal static class ShownText
{
    /// <summary>As much of a text as a problem ever looks at.</summary>
    public const int MostBytes = 4 * MostCharactersOfProblem;

    /// <summary>A longer value is cut in profiles and models.</summary>
    public const int MostCharacters = 200;

    private const int MostCharactersOfProblem = 40;

    /// <summary>How a problem shows what a file holds: its beginning, in quotes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostBytes)]);
        return text.Length > MostCharactersOfProblem ? $"'{Beginning(text, MostCharactersOfProblem)}…'" : $"'{text}'";
    }

    /// <summary>A value as profiles and models show it: whole, or its beginning, its length, and a digest that tells it from others like it.</summary>
    public static string Short(string value) => Within(value, MostCharacters);

    /// <summary>The same, where fewer characters are shown.</summary>
    public static string Within(string value, int most)
    {
        if (value.Length <= most)
            return value;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 4));
        return string.Create(CultureInfo.InvariantCulture, $"{Beginning(value, most)}… ({value.Length} characters, {digest})");
    }

    private static string Beginning(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
