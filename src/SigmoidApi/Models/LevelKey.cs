using System.Globalization;
using System.Text;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Models;

/// <summary>
/// A key that is the same for all ways to write a number: <c>5</c>, <c>5.0</c> and <c>5e0</c> have one key. It has all significant digits, however many.
/// A text that is not a number in JSON has no key: <c>007</c> is not 7.
/// </summary>
internal static class LevelKey
{
    // Nobody writes a number with a longer exponent.
    private const int MaxExponentDigits = 9;

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
            if (rest.Length - digits.Length > 2 || digits.IsEmpty || digits.Length > MaxExponentDigits || digits.ContainsAnyExceptInRange('0', '9'))
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
    /// The key of a whole number, also with a fraction of zeros: a reader of CSV turns 5 into <c>5.0</c> if another row of the column has no value. Null for
    /// any other text.
    /// </summary>
    public static string? OfWhole(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return text.AsSpan().IndexOfAny('e', 'E') < 0 && (point < 0 || text.AsSpan(point + 1).Trim('0').IsEmpty) ? Of(text) : null;
    }

    /// <summary>The shortest text that is parsed to the same float64; whole numbers have no fraction.</summary>
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
