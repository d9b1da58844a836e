namespace SigmoidApi.Tables.Cells;

/// <summary>How a written number separates thousands.</summary>
internal enum WrittenThousands : byte
{
    None,

    /// <summary>Groups of three, with points, commas, apostrophes or no-break spaces: <c>1,234,567</c>.</summary>
    Threes,

    /// <summary>Groups of three, with plain spaces: <c>1 234 567</c>.</summary>
    Blanks,

    /// <summary>As in India: groups of two before the last group of three, with commas: <c>12,34,567</c>.</summary>
    Indian,
}

/// <summary>Reads the digits of a <see cref="WrittenNumber"/>: thousands, the decimal sign, an exponent.</summary>
internal static class WrittenDigits
{
    private const byte NoBreak = 0xA0;

    /// <summary>Reads digits without sign, currency and surrounding blanks.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="isNegative">Whether the number has a minus.</param>
    /// <param name="number">The number.</param>
    /// <returns>Whether the text is a number with at least one of the two decimal signs.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, bool isNegative, out WrittenNumber number)
    {
        number = default;
        var first = DigitsAt(text, 0);
        var (separator, width) = SeparatorAt(text, first);
        var (position, groups, last) = (first, 0, 0);
        var (allThrees, allTwos) = (true, true);
        var lastAt = text.Length;
        while (width > 0 && SeparatorAt(text, position) is var next && next.Kind == separator && next.Width > 0)
        {
            // All groups before the last one must have two digits.
            allTwos &= groups == 0 || last == 2;
            lastAt = position;
            position += next.Width;
            last = DigitsAt(text, position);
            position += last;
            allThrees &= last == 3;
            groups++;
        }

        if (groups == 0)
            return Ends(text, position, isNegative, first > 0, out number);
        var isGrouped = allThrees && first is >= 1 and <= 3 && text[0] != (byte)'0';
        var isIndian = separator == (byte)',' && groups > 1 && allTwos && last == 3 && first is 1 or 2 && text[0] != (byte)'0';
        var thousands = isIndian ? WrittenThousands.Indian : separator == (byte)' ' ? WrittenThousands.Blanks : WrittenThousands.Threes;
        var isSign = separator is (byte)',' or (byte)'.';
        if (position < text.Length && text[position] is (byte)'.' or (byte)',' && (isGrouped || isIndian))
        {
            var fraction = DigitsAt(text, position + 1);
            if (fraction == 0 || position + 1 + fraction < text.Length)
                return false;
            var shown = text[position] == (byte)',' ? DecimalSigns.Comma : DecimalSigns.Point;
            number = new(text, position, text.Length, shown, thousands, first, groups, isNegative);
            return true;
        }

        var decimals = separator == (byte)',' ? DecimalSigns.Comma : DecimalSigns.Point;
        if (isSign && groups == 1)
        {
            if (first + last == 0 || ExponentEnd(text, position) < text.Length)
                return false;
            var either = separator == (byte)',' ? DecimalSigns.CommaOrThousands : DecimalSigns.PointOrThousands;
            number = isGrouped && position == text.Length
                ? new(text, lastAt, position, either, WrittenThousands.Threes, first, groups, isNegative)
                : new(text, lastAt, position, decimals, WrittenThousands.None, first, groups: 0, isNegative);
            return true;
        }

        if (position < text.Length || !(isGrouped || isIndian))
            return false;
        var other = isSign ? (DecimalSigns.Comma | DecimalSigns.Point) & ~decimals : DecimalSigns.None;
        number = new(text, text.Length, text.Length, other, thousands, first, groups, isNegative);
        return true;
    }

    private static bool Ends(ReadOnlySpan<byte> text, int digits, bool isNegative, bool any, out WrittenNumber number)
    {
        number = new(text, digits, digits, DecimalSigns.None, WrittenThousands.None, digits, 0, isNegative);
        return any && ExponentEnd(text, digits) == text.Length;
    }

    private static int DigitsAt(ReadOnlySpan<byte> text, int position)
    {
        var rest = text[Math.Min(position, text.Length)..];
        return rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : rest.Length;
    }

    // The end of the exponent that begins at the position; the position itself if none does.
    private static int ExponentEnd(ReadOnlySpan<byte> text, int position)
    {
        if (position == text.Length || text[position] is not ((byte)'e' or (byte)'E'))
            return position;
        var start = position + 1;
        if (start < text.Length && text[start] is (byte)'+' or (byte)'-')
            start++;
        var digits = DigitsAt(text, start);
        return digits == 0 ? position : start + digits;
    }

    private static (byte Kind, int Width) SeparatorAt(ReadOnlySpan<byte> text, int position)
    {
        if (position >= text.Length)
            return default;
        var rest = text[position..];
        return rest switch
        {
            [((byte)',' or (byte)'.' or (byte)'\'') and var kind, ..] => (kind, 1),
            [0xE2, 0x80, 0x99, ..] => ((byte)'\'', 3),
            [(byte)'\t', ..] => default,
            // Only a plain space is its own kind, because it may also separate the groups of a key.
            [(byte)' ', ..] => ((byte)' ', 1),
            _ => (NoBreak, TextCursor.BlankAt(rest)),
        };
    }
}
