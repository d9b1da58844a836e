using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>Numbers as people and spreadsheets write them: thousands apart, a currency sign, a percent sign, which changes no value: <c>1,234.50</c>, <c>$ 5</c>, <c>12.5 %</c>.</summary>
internal static class WrittenNumber
{
    private const string Currencies = "$€£¥";

    // Besides the one of point and comma that is not the decimal sign: apostrophes, and the blanks that keep a line together.
    private const string Separators = "'\u2019\u00a0\u202f";

    // Longer than the longest that is one.
    private const int MostCharacters = 64;

    /// <param name="cell">UTF-8, without blanks around it.</param>
    /// <param name="decimalPoint">The decimal sign.</param>
    /// <param name="hasFraction">Whether there is one.</param>
    /// <param name="isPercent">Whether a percent sign follows.</param>
    /// <returns>Whether it is a number, if not as plain as <see cref="CsvGrammar"/> has it.</returns>
    public static bool Is(ReadOnlySpan<byte> cell, char decimalPoint, out bool hasFraction, out bool isPercent)
    {
        (hasFraction, isPercent) = (false, false);
        Span<char> room = stackalloc char[MostCharacters];
        if (cell.Length > MostCharacters || !Encoding.UTF8.TryGetChars(cell, room, out var length))
            return false;
        ReadOnlySpan<char> text = room[..length];
        var isSigned = TakeSign(ref text);
        var isMoney = TakeFirst(ref text, Currencies);
        if (isMoney && !isSigned)
            TakeSign(ref text);
        isPercent = TakeLast(ref text, "%");
        if (!isMoney && !isPercent)
            TakeLast(ref text, Currencies);
        var end = text.IndexOf(decimalPoint);
        if (end >= 0)
        {
            hasFraction = true;
            if (end == text.Length - 1 || text[(end + 1)..].ContainsAnyExceptInRange('0', '9'))
                return false;
            text = text[..end];
        }

        return (AreDigits(text) || AreThousands(text, decimalPoint)) && text.Length > 0;
    }

    /// <summary>The same number as plain digits with a point.</summary>
    public static string Plain(string text) => string.Concat(text.Where(character => !$"{Currencies}{Separators}% +,".Contains(character, StringComparison.Ordinal)));

    private static char Other(char decimalPoint) => decimalPoint == ',' ? '.' : ',';

    private static bool TakeSign(ref ReadOnlySpan<char> text) => TakeFirst(ref text, "+-");

    private static bool TakeFirst(ref ReadOnlySpan<char> text, string any)
    {
        if (text.IsEmpty || !any.Contains(text[0], StringComparison.Ordinal))
            return false;
        text = text[1..].TrimStart(' ');
        return true;
    }

    private static bool TakeLast(ref ReadOnlySpan<char> text, string any)
    {
        if (text.IsEmpty || !any.Contains(text[^1], StringComparison.Ordinal))
            return false;
        text = text[..^1].TrimEnd(" \u00a0\u202f");
        return true;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static bool AreThousands(ReadOnlySpan<char> text, char decimalPoint)
    {
        var first = text.IndexOfAnyExceptInRange('0', '9');
        if (first < 0 || (text[first] != Other(decimalPoint) && !Separators.Contains(text[first], StringComparison.Ordinal)))
            return false;
        Span<byte> ascii = stackalloc byte[text.Length];
        for (var i = 0; i < text.Length; i++)
            ascii[i] = text[i] == text[first] ? (byte)',' : char.IsAsciiDigit(text[i]) ? (byte)text[i] : (byte)0;
        return DecimalSign.AreThousands(ascii, (byte)',');
    }
}
