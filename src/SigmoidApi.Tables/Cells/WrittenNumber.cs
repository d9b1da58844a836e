using System.Buffers;
using System.Globalization;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Tables.Cells;

/// <summary>
/// A number as people, spreadsheets and programs write it: <c>12</c>, <c>-1.5e3</c>, <c>1,234.50</c>, <c>$ 5</c>, <c>12 500,50 €</c>, <c>USD 1,200</c>,
/// <c>(1,234.50)</c>, <c>12.5 %</c>.
/// <list type="bullet">
/// <item>A sign: <c>+</c>, <c>-</c> or U+2212 before the digits or the currency; parentheses for negative amounts, as in accounting; a minus after digits with
/// thousands or a fraction, as SAP writes it.</item>
/// <item>A currency before or after (<see cref="Currencies"/>), or a percent sign. Neither changes the value.</item>
/// <item>Thousands separated by comma, point, apostrophe or blank: one to three digits that do not begin with a zero, then groups of three.</item>
/// <item>A point or a comma before the fraction. <c>1,234</c> and <c>1.234</c> are ambiguous: see <see cref="Signs"/>.</item>
/// </list>
/// Reading takes linear time and allocates nothing.
/// </summary>
internal readonly ref struct WrittenNumber
{
    // No number with anything besides digits, sign and exponent is longer.
    private const int LongestQuantity = 64;

    private readonly ReadOnlySpan<byte> _digits; // with separators and exponent
    private readonly int _exponentAt; // start of the exponent, or the end
    private readonly int _signAt; // of the last point or comma, or the end of the digits
    private readonly bool _isNegative;

    /// <param name="digits">The digits with separators and exponent.</param>
    /// <param name="signAt">The position of the last point or comma, or the end of the digits.</param>
    /// <param name="exponentAt">The start of the exponent, or the end.</param>
    /// <param name="signs">What the digits show about the decimal sign.</param>
    /// <param name="thousands">How thousands are separated.</param>
    /// <param name="firstGroup">The number of digits before the first separator of thousands.</param>
    /// <param name="groups">The number of groups that follow.</param>
    /// <param name="isNegative">Whether the number is negative.</param>
    public WrittenNumber(
        ReadOnlySpan<byte> digits, int signAt, int exponentAt, DecimalSigns signs, WrittenThousands thousands, int firstGroup, int groups, bool isNegative)
    {
        _digits = digits;
        (_signAt, _exponentAt, _isNegative) = (signAt, exponentAt, isNegative);
        (Signs, Thousands, FirstGroup, Groups) = (signs, thousands, firstGroup, groups);
    }

    /// <summary>What the number shows about the decimal sign.</summary>
    public DecimalSigns Signs { get; private init; }

    public WrittenThousands Thousands { get; }

    /// <summary>The number of digits before the first separator of thousands.</summary>
    public int FirstGroup { get; }

    /// <summary>The number of groups of thousands that follow.</summary>
    public int Groups { get; }

    public bool IsPercent { get; private init; }

    public bool HasPlus { get; private init; }

    /// <summary>The code of the currency; 0 if none is written.</summary>
    public int Currency { get; private init; }

    /// <summary>Whether the text is only digits in parentheses: <c>(5)</c> may also be a list number.</summary>
    public bool IsBareInParentheses { get; private init; }

    /// <summary>Whether the text has only a sign, digits, points and commas, and an exponent.</summary>
    public bool IsSimple { get; private init; }

    /// <summary>Whether the digits begin with a zero that would be lost when stored as a number.</summary>
    public bool HasLeadingZero => _digits.Length > 1 && _digits[0] == (byte)'0' && _signAt > 1 && _exponentAt > 1;

    /// <summary>Reads a cell with either decimal sign.</summary>
    /// <param name="cell">UTF-8, without blanks around it.</param>
    /// <param name="number">The number.</param>
    /// <returns>Whether the cell is a number with at least one of the two signs.</returns>
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

    /// <summary>The digits with separators and exponent, without a sign.</summary>
    public ReadOnlySpan<byte> Digits => _digits;

    /// <summary>Whether the text has only a sign, digits, the decimal sign and an exponent.</summary>
    public bool IsPlain(char decimalPoint) => IsSimple && IsReadable(decimalPoint)
        && (Thousands == WrittenThousands.None || (HasPoint(decimalPoint) && (Signs & (DecimalSigns.Comma | DecimalSigns.Point)) == 0));

    /// <summary>Whether the number can be read with this decimal sign.</summary>
    public bool IsReadable(char decimalPoint) => (Signs & (decimalPoint == ',' ? DecimalSigns.Comma : DecimalSigns.Point)) != 0
        || (Signs & (DecimalSigns.Comma | DecimalSigns.Point)) == 0;

    /// <summary>Whether the number has a fraction or an exponent when read with this decimal sign.</summary>
    public bool HasFraction(char decimalPoint) => _exponentAt < _digits.Length || HasPoint(decimalPoint);

    /// <summary>The number of digits before the fraction.</summary>
    public int IntegerDigits(char decimalPoint)
    {
        var count = 0;
        foreach (var digit in _digits[..(HasPoint(decimalPoint) ? _signAt : _exponentAt)])
            count += char.IsAsciiDigit((char)digit) ? 1 : 0;
        return count;
    }

    /// <summary>The nearest float64, ties to even; null if the number can't be read with this decimal sign or is beyond the range of float64.</summary>
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

    /// <summary>Reads the number as a whole number of 64 bits; false if it is not one.</summary>
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

    // Writes the number as JSON does: digits without leading zeros, a point, a fraction, an exponent.
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
        var hasMinusAtEnd = !isWhole && sign == 0 && !hasParentheses && TakeMinusAtEnd(ref text);
        var isPercent = currency == 0 && TakePercent(ref text);
        if (!isPercent && (currency == 0 || !isCode))
            TakeCurrencyAtEnd(ref text, ref currency, ref isCode, ref isApart);
        isWhole |= currency != 0 && !isWhole && TakeNoFraction(ref text);
        hasMinusAtEnd |= !hasMinusAtEnd && !isWhole && sign == 0 && !hasParentheses && TakeMinusAtEnd(ref text);
        if (hasParentheses && sign != 0)
            return false;
        if (!WrittenDigits.TryRead(text, hasParentheses || hasMinusAtEnd || sign == '-', out number) || number._exponentAt < text.Length)
            return false;
        // Without thousands or a fraction, a minus at the end may be a school grade, and a code right before digits is a key: MAD5.
        var isAmount = number.Thousands != WrittenThousands.None || number._signAt < text.Length;
        if (((hasMinusAtEnd || (isCode && !isApart)) && !isAmount) || (number._signAt == text.Length - 1))
            return false;
        if (isWhole && number.Thousands == WrittenThousands.None && number._signAt < text.Length)
            return false;
        // Only thousands can precede the end of a price such as 1.200,-.
        if (isWhole && (number.Signs & (DecimalSigns.CommaOrThousands | DecimalSigns.PointOrThousands)) != 0)
            number = number with { Signs = number.Signs == DecimalSigns.CommaOrThousands ? DecimalSigns.Point : DecimalSigns.Comma };
        if (Currencies.IsEastAsian(currency) && number.Signs == DecimalSigns.CommaOrThousands)
            number = number with { Signs = DecimalSigns.Point };
        number = number with { IsPercent = isPercent, Currency = currency, IsBareInParentheses = hasParentheses && currency == 0 && !isPercent && !isAmount };
        return true;
    }

    // $1,200 USD repeats the currency; with two signs the text is not an amount.
    private static void TakeCurrencyAtEnd(ref ReadOnlySpan<byte> text, ref int currency, ref bool isCode, ref bool isApart)
    {
        var rest = text;
        if (Currencies.TakeLast(ref rest, out var isCodeAtEnd) is var behind && (behind == 0 || (currency != 0 && !isCodeAtEnd)))
            return;
        text = TextCursor.TrimEnd(rest);
        isApart = text.Length < rest.Length;
        (currency, isCode) = (behind, isCodeAtEnd);
    }

    private static byte TakeSign(ref ReadOnlySpan<byte> text)
    {
        var (sign, length) = text switch
        {
            [((byte)'+' or (byte)'-') and var one, ..] => (one, 1),
            // The minus sign (U+2212), the no-break hyphen, the en dash that Word makes of a minus, and the full-width minus.
            [0xE2, 0x88, 0x92, ..] or [0xE2, 0x80, 0x91 or 0x93, ..] or [0xEF, 0xBC, 0x8D, ..] => ((byte)'-', 3),
            _ => ((byte)0, 0),
        };
        text = text[length..];
        if (sign != 0)
            TextCursor.TrimStart(ref text);
        return sign;
    }

    // Before the number, as in Turkey, or after it.
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

    // Price tags: 12,- and 12.— for 12.00.
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

    private static bool TakeMinusAtEnd(ref ReadOnlySpan<byte> text)
    {
        if (text is not [.. var rest, (byte)'-'])
            return false;
        text = TextCursor.TrimEnd(rest);
        return true;
    }
}
