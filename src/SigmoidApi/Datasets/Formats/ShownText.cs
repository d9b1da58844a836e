using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>How a problem shows what stood in a file: its beginning, in quotes.</summary>
internal static class ShownText
{
    /// <summary>As much of it as is ever looked at.</summary>
    public const int MostBytes = 4 * MostCharacters;

    private const int MostCharacters = 40;

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostBytes)]);
        if (text.Length > MostCharacters)
            text = text[..(char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)] + "…";
        return $"'{text}'";
    }
}
