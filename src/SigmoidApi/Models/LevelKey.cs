using System.Globalization;
using System.Text;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Models;

/// <summary>
/// What makes two ways of writing a number one value: <c>5</c>, <c>5.0</c> and <c>5e0</c> have one key, of all their digits, however many.
/// A text that JSON would not read as a number has none: <c>007</c> is no 7.
/// </summary>
internal static class LevelKey
{
    // An exponent of more digits is no number that anyone wrote.
    private const int MostExponentDigits = 9;

    /// <summary>The key of a number by JSON's grammar; null for any other text.</summary>
    public static string? Of(string text)
    {
        ReadOnlySpan<char> rest = text;
        var negative = rest is ['-', ..];
        rest = negative ? rest[1..] : rest;
        var whole = TakeDigits(ref rest);
        if (whole.IsEmpty || (whole.Length > 1 && whole[0] == '0'))
            return null;
        ReadOnlySpan<char> fraction = [];
        if (rest is ['.', ..])
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest);
            if (fraction.IsEmpty)
                return null;
        }

        var exponent = 0;
        if (rest is ['e' or 'E', ..])
        {
            var digits = rest[1..].TrimStart("+-");
            if (rest.Length - digits.Length > 2 || digits.IsEmpty || digits.Length > MostExponentDigits || digits.ContainsAnyExceptInRange('0', '9'))
                return null;
            exponent = int.Parse(rest[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            rest = [];
        }

        if (!rest.IsEmpty)
            return null;
        var significant = $"{whole}{fraction}".AsSpan().TrimStart('0');
        var all = significant.Length;
        significant = significant.TrimEnd('0');
        exponent += all - significant.Length - fraction.Length;
        return significant.IsEmpty ? "0" : string.Create(CultureInfo.InvariantCulture, $"{(negative ? "-" : "")}{significant}e{exponent}");
    }

    /// <summary>
    /// The same of a text that is a whole number, with a fraction of zeros or without: a reader of CSV makes <c>5.0</c> of 5 where another row lacks a value.
    /// </summary>
    public static string? OfWhole(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return text.AsSpan().IndexOfAny('e', 'E') < 0 && (point < 0 || text.AsSpan(point + 1).Trim('0').IsEmpty) ? Of(text) : null;
    }

    /// <summary>The shortest text that reads back as the same float64, whole numbers without a fraction.</summary>
    public static string Shortest(double number)
    {
        Span<byte> room = stackalloc byte[DoubleFormatter.MaxLength];
        return Encoding.ASCII.GetString(room[..DoubleFormatter.Format(number, room)]);
    }

    private static ReadOnlySpan<char> TakeDigits(scoped ref ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length;
        var digits = text[..length];
        text = text[length..];
        return digits;
    }
}
