using System.Buffers;
using System.Globalization;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Tables.Cells;

/// <summary>
/// A number as people, spreadsheets and programs write it: <c>12</c>, <c>-1.5e3</c>, <c>1,234.50</c>, <c>$ 5</c>, <c>12 500,50 €</c>, <c>USD 1,200</c>,
/// <c>(1,234.50)</c>, <c>12.5 %</c>.
/// <list type="bullet">
/// <item>A sign: <c>+</c>, <c>-</c> or U+2212 before the digits or the currency; parentheses, as accountants write what is negative; a minus behind digits with
/// thousands or a fraction, as SAP writes it.</item>
/// <item>A currency before or behind (<see cref="Currencies"/>), or a percent sign behind. Neither changes the value.</item>
/// <item>Thousands apart by comma, point, apostrophe or blank: one to three digits that do not begin with a zero, then groups of three.</item>
/// <item>A point or a comma before the fraction. <c>1,234</c> and <c>1.234</c> can be read in two ways: see <see cref="Signs"/>.</item>
/// </list>
/// Reading takes time linear in the length, and no memory.
/// </summary>
internal readonly ref struct WrittenNumber
{
    // Longer than the longest that has more than digits, sign and exponent.
    private const int LongestQuantity = 64;

    private readonly ReadOnlySpan<byte> _digits; // with what is between them
    private readonly int _exponentAt; // where the exponent begins, or the end
    private readonly int _signAt; // of the last point or comma, or the end of the digits
    private readonly bool _isNegative;

    /// <param name="digits">With what is between and behind them.</param>
    /// <param name="signAt">Where the last point or comma is, or the digits end.</param>
    /// <param name="exponentAt">Where an exponent begins, or the end.</param>
    /// <param name="signs">What they say about the decimal sign.</param>
    /// <param name="thousands">How they are apart.</param>
    /// <param name="firstGroup">How many there are before the first separator of thousands.</param>
    /// <param name="groups">How many groups follow.</param>
    /// <param name="isNegative">Whether the number is.</param>
    public WrittenNumber(
        ReadOnlySpan<byte> digits, int signAt, int exponentAt, DecimalSigns signs, WrittenThousands thousands, int firstGroup, int groups, bool isNegative)
    {
        _digits = digits;
        (_signAt, _exponentAt, _isNegative) = (signAt, exponentAt, isNegative);
        (Signs, Thousands, FirstGroup, Groups) = (signs, thousands, firstGroup, groups);
    }

    /// <summary>What it says about the decimal sign.</summary>
    public DecimalSigns Signs { get; private init; }

    public WrittenThousands Thousands { get; }

    /// <summary>How many digits precede the first separator of thousands.</summary>
    public int FirstGroup { get; }

    /// <summary>How many groups of thousands follow.</summary>
    public int Groups { get; }

    public bool IsPercent { get; private init; }

    public bool HasPlus { get; private init; }

    /// <summary>0 where none is written, else a number for each.</summary>
    public int Currency { get; private init; }

    /// <summary>Digits in parentheses and nothing else: <c>(5)</c>, which may as well be a list's number.</summary>
    public bool IsBareInParentheses { get; private init; }

    /// <summary>Whether it has nothing but a sign, digits, points and commas, and an exponent.</summary>
    public bool IsSimple { get; private init; }

    /// <summary>Whether the digits begin with a zero that a number would lose.</summary>
    public bool HasLeadingZero => _digits.Length > 1 && _digits[0] == (byte)'0' && _signAt > 1 && _exponentAt > 1;

    /// <summary>Reads a cell whatever its decimal sign.</summary>
    /// <param name="cell">UTF-8, without blanks around it.</param>
    /// <param name="number">What it is.</param>
    /// <returns>Whether it is a number with one of the two signs at least.</returns>
    public static bool TryRead(ReadOnlySpan<byte> cell, out WrittenNumber number)
    {
        var text = cell;
        var sign = TakeSign(ref text);
        if (WrittenDigits.TryRead(text, sign == '-', out number))
        {
            var isInThrees = number.Thousands is WrittenThousands.None or WrittenThousands.Threes;
            number = number with { HasPlus = sign == '+', IsSimple = isInThrees && !cell.ContainsAnyExceptInRange((byte)'+', (byte)'e') };
            return true;
        }

        return cell.Length <= LongestQuantity && cell.ContainsAnyInRange((byte)'0', (byte)'9') && TryReadQuantity(cell, out number);
    }

    /// <summary>Digits and what is between and behind them, without a sign.</summary>
    public ReadOnlySpan<byte> Digits => _digits;

    /// <summary>Whether it has nothing but a sign, digits, the decimal sign and an exponent.</summary>
    public bool IsPlain(char decimalPoint) => IsSimple && IsReadable(decimalPoint)
        && (Thousands == WrittenThousands.None || (HasPoint(decimalPoint) && (Signs & (DecimalSigns.Comma | DecimalSigns.Point)) == 0));

    /// <summary>Whether it can be read with a decimal sign.</summary>
    public bool IsReadable(char decimalPoint) => (Signs & (decimalPoint == ',' ? DecimalSigns.Comma : DecimalSigns.Point)) != 0
        || (Signs & (DecimalSigns.Comma | DecimalSigns.Point)) == 0;

    /// <summary>Whether it has a fraction or an exponent with a decimal sign that it can be read with.</summary>
    public bool HasFraction(char decimalPoint) => _exponentAt < _digits.Length || HasPoint(decimalPoint);

    /// <summary>How many digits there are before the fraction.</summary>
    public int IntegerDigits(char decimalPoint)
    {
        var count = 0;
        foreach (var digit in _digits[..(HasPoint(decimalPoint) ? _signAt : _exponentAt)])
            count += char.IsAsciiDigit((char)digit) ? 1 : 0;
        return count;
    }

    /// <summary>The nearest float64, ties to even; null where it can't be read with the decimal sign or is beyond what float64 holds.</summary>
    public double? Value(char decimalPoint)
    {
        if (!IsReadable(decimalPoint))
            return null;
        var rented = _digits.Length > LongestQuantity ? ArrayPool<byte>.Shared.Rent(_digits.Length + 4) : null;
        var plain = rented ?? stackalloc byte[LongestQuantity + 4];
        var length = WritePlain(plain, decimalPoint);
        DoubleParser.Parse(plain[..length], out var value);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return double.IsFinite(value) ? _isNegative ? -value : value : null;
    }

    /// <summary>The whole number, where it is one of at most 64 bits.</summary>
    public bool TryInteger(char decimalPoint, out long value)
    {
        value = 0;
        if (!IsReadable(decimalPoint) || HasFraction(decimalPoint) || _digits.Length > LongestQuantity)
            return false;
        Span<byte> plain = stackalloc byte[LongestQuantity + 4];
        plain[0] = (byte)'-';
        var from = _isNegative ? 0 : 1;
        var length = 1 + WritePlain(plain[1..], decimalPoint);
        return long.TryParse(plain[from..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    // As JSON has it: digits without zeros before them, a point, a fraction, an exponent.
    private int WritePlain(Span<byte> target, char decimalPoint)
    {
        var point = HasPoint(decimalPoint) ? _signAt : _exponentAt;
        var length = 0;
        foreach (var value in _digits[..point])
        {
            if (char.IsAsciiDigit((char)value) && (length != 1 || target[0] != (byte)'0'))
                target[length++] = value;
            else if (char.IsAsciiDigit((char)value))
                target[0] = value;
        }

        if (length == 0)
            target[length++] = (byte)'0';
        if (point + 1 < _exponentAt)
        {
            target[length++] = (byte)'.';
            _digits[(point + 1).._exponentAt].CopyTo(target[length..]);
            length += _exponentAt - point - 1;
        }

        _digits[_exponentAt..].CopyTo(target[length..]);
        return length + _digits.Length - _exponentAt;
    }

    private bool HasPoint(char decimalPoint) => _signAt < _exponentAt && _digits[_signAt] == (byte)decimalPoint
        && (Signs & (decimalPoint == ',' ? DecimalSigns.Comma | DecimalSigns.CommaOrThousands : DecimalSigns.Point | DecimalSigns.PointOrThousands)) != 0;

    private static bool TryReadQuantity(ReadOnlySpan<byte> cell, out WrittenNumber number)
    {
        number = default;
        var text = TextCursor.Trim(cell);
        var hasParentheses = TakeParentheses(ref text);
        var sign = TakeSign(ref text);
        var currency = Currencies.TakeFirst(ref text, out var isCode);
        var isApart = currency == 0 || TextCursor.TrimStart(ref text);
        if (currency != 0)
        {
            hasParentheses |= !hasParentheses && TakeParentheses(ref text);
            if (sign == 0)
                sign = TakeSign(ref text);
        }

        var isWhole = currency != 0 && TakeNoFraction(ref text);
        var minusBehind = !isWhole && sign == 0 && !hasParentheses && TakeMinusBehind(ref text);
        var isPercent = currency == 0 && TakePercent(ref text);
        if (!isPercent && (currency == 0 || !isCode))
            TakeCurrencyBehind(ref text, ref currency, ref isCode, ref isApart);
        isWhole |= currency != 0 && !isWhole && TakeNoFraction(ref text);
        minusBehind |= !minusBehind && !isWhole && sign == 0 && !hasParentheses && TakeMinusBehind(ref text);
        if (hasParentheses && sign != 0)
            return false;
        if (!WrittenDigits.TryRead(text, hasParentheses || minusBehind || sign == '-', out number) || number._exponentAt < text.Length)
            return false;
        // A grade has a minus behind it, too; and a code right before digits is a key: MAD5.
        var isAmount = number.Thousands != WrittenThousands.None || number._signAt < text.Length;
        if (((minusBehind || (isCode && !isApart)) && !isAmount) || (number._signAt == text.Length - 1))
            return false;
        if (isWhole && number.Thousands == WrittenThousands.None && number._signAt < text.Length)
            return false;
        // Nothing follows the thousands.
        if (isWhole && (number.Signs & (DecimalSigns.CommaOrThousands | DecimalSigns.PointOrThousands)) != 0)
            number = number with { Signs = number.Signs == DecimalSigns.CommaOrThousands ? DecimalSigns.Point : DecimalSigns.Comma };
        if (Currencies.IsEastAsian(currency) && number.Signs == DecimalSigns.CommaOrThousands)
            number = number with { Signs = DecimalSigns.Point };
        number = number with { IsPercent = isPercent, Currency = currency, IsBareInParentheses = hasParentheses && currency == 0 && !isPercent && !isAmount };
        return true;
    }

    // $1,200 USD says the same twice; two signs say two things.
    private static void TakeCurrencyBehind(ref ReadOnlySpan<byte> text, ref int currency, ref bool isCode, ref bool isApart)
    {
        var rest = text;
        if (Currencies.TakeLast(ref rest, out var isCodeBehind) is var behind && (behind == 0 || (currency != 0 && !isCodeBehind)))
            return;
        text = TextCursor.TrimEnd(rest);
        isApart = text.Length < rest.Length;
        (currency, isCode) = (behind, isCodeBehind);
    }

    private static byte TakeSign(ref ReadOnlySpan<byte> text)
    {
        var (sign, length) = text switch
        {
            [((byte)'+' or (byte)'-') and var one, ..] => (one, 1),
            // U+2212; the hyphen that keeps a line together, the dash that Word makes of a minus; and the minus as wide as an ideograph.
            [0xE2, 0x88, 0x92, ..] or [0xE2, 0x80, 0x91 or 0x93, ..] or [0xEF, 0xBC, 0x8D, ..] => ((byte)'-', 3),
            _ => ((byte)0, 0),
        };
        text = text[length..];
        if (sign != 0)
            TextCursor.TrimStart(ref text);
        return sign;
    }

    // Before, as in Turkey, or behind.
    private static bool TakePercent(ref ReadOnlySpan<byte> text)
    {
        var rest = text switch
        {
            [(byte)'%', .. var digits] => digits,
            [.. var digits, (byte)'%'] => digits,
            [.. var digits, 0xEF, 0xBC, 0x85] => digits,
            _ => text,
        };
        if (rest.Length == text.Length)
            return false;
        text = TextCursor.Trim(rest);
        return true;
    }

    // As on price tags: 12,- and 12.— for 12.00.
    private static bool TakeNoFraction(ref ReadOnlySpan<byte> text)
    {
        var rest = text switch
        {
            [.. var digits, 0xE2, 0x80, 0x93 or 0x94] => digits,
            [.. var digits, (byte)'-', (byte)'-'] => digits,
            [.. var digits, (byte)'-'] => digits,
            _ => text,
        };
        if (rest.Length == text.Length || rest is not [.. var whole, (byte)',' or (byte)'.'])
            return false;
        text = whole;
        return true;
    }

    private static bool TakeParentheses(ref ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'(', .. var inner, (byte)')'])
            return false;
        text = TextCursor.Trim(inner);
        return true;
    }

    private static bool TakeMinusBehind(ref ReadOnlySpan<byte> text)
    {
        if (text is not [.. var rest, (byte)'-'])
            return false;
        text = TextCursor.TrimEnd(rest);
        return true;
    }
}
