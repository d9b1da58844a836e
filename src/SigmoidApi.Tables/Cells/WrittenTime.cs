namespace SigmoidApi.Tables.Cells;

/// <summary>How the time after a date may be written.</summary>
internal enum ClockForm
{
    /// <summary>After a blank.</summary>
    Usual,

    /// <summary>As usual, or after a T.</summary>
    Iso,

    /// <summary>As ISO, or without separators between hours, minutes and seconds.</summary>
    Basic,

    /// <summary>As usual, or after a colon, or with points: SAS, Apache and Oracle write it so after a date with the name of the month.</summary>
    Named,
}

/// <summary>Reads the time after a date; <see cref="WrittenDate"/> lists the forms.</summary>
internal static class WrittenTime
{
    private const long MicrosecondsPerMinute = 60_000_000;
    private const int MostOffsetMinutes = 14 * 60;

    /// <summary>Reads the text after a date.</summary>
    /// <param name="text">Empty, or a time after a blank, a comma and a blank, or a T.</param>
    /// <param name="form">How the time can be written.</param>
    /// <param name="microseconds">The time since the date's midnight in UTC; 0 if the text is empty.</param>
    /// <returns>Whether the text is a time or empty.</returns>
    public static bool TryRead(TextCursor text, ClockForm form, out long microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty)
            return true;
        var hasMark = form == ClockForm.Named ? text.Skip((byte)':') : form != ClockForm.Usual && (text.Skip((byte)'T') || text.Skip((byte)'t'));
        if (!hasMark)
        {
            form = form == ClockForm.Basic ? ClockForm.Usual : form;
            text.Skip((byte)',');
            if (!text.SkipBlanks())
                return false;
        }

        var half = Half(ref text, "오전"u8, "오후"u8);
        text.SkipBlanks();
        if (!Clock(ref text, form, out var hour, out var minute, out var second, out var fraction))
            return false;
        // 24:00 is the next midnight, and a leap second (60) is the next second.
        if (hour > 24 || (hour == 24 && minute + second + fraction > 0) || minute > 59 || second > 60)
            return false;

        text.SkipBlanks();
        half ??= Half(ref text, "AM"u8, "PM"u8) ?? Half(ref text, "a.m."u8, "p.m."u8);
        if (half is { } isAfternoon)
        {
            if (hour is 0 or > 12)
                return false;
            hour = hour % 12 + (isAfternoon ? 12 : 0);
            text.SkipBlanks();
        }

        // German: 12:30 Uhr.
        text.Skip("Uhr"u8);
        if (!Offset(ref text, out var offset) || !text.IsEmpty)
            return false;
        microseconds = (60 * hour + minute - offset) * MicrosecondsPerMinute + 1_000_000 * second + fraction;
        return true;
    }

    private static bool Clock(ref TextCursor text, ClockForm form, out int hour, out int minute, out int second, out long fraction)
    {
        (minute, second, fraction) = (0, 0, 0);
        if (form == ClockForm.Basic && text.Digits(4, 6, out var all, out var digits))
        {
            (hour, minute, second) = digits == 6 ? (all / 10_000, all / 100 % 100, all % 100) : (all / 100, all % 100, 0);
            return digits != 5 && Fraction(ref text, out fraction);
        }

        if (!text.Digits(1, 2, out hour, out _))
            return false;
        if (text.Skip("시"u8) || text.Skip("時"u8) || text.Skip("时"u8))
            return MinutesInWords(ref text, ref minute, ref second);
        var between = form == ClockForm.Named && text.Skip((byte)'.') ? (byte)'.' : (byte)':';
        if ((between == (byte)':' && !text.Skip(between)) || !text.Digits(2, 2, out minute, out _))
            return false;
        return !text.Skip(between) || (text.Digits(2, 2, out second, out _) && Fraction(ref text, out fraction));
    }

    private static bool MinutesInWords(ref TextCursor text, ref int minute, ref int second)
    {
        text.SkipBlanks();
        if (text.NextIsDigit && !(text.Digits(1, 2, out minute, out _) && (text.Skip("분"u8) || text.Skip("分"u8))))
            return false;
        text.SkipBlanks();
        return !text.NextIsDigit || (text.Digits(1, 2, out second, out _) && (text.Skip("초"u8) || text.Skip("秒"u8)));
    }

    private static bool Fraction(ref TextCursor text, out long microseconds)
    {
        microseconds = 0;
        if (!text.Skip((byte)'.') && !text.Skip((byte)','))
            return true;
        if (!text.Digits(1, 9, out var value, out var digits))
            return false;
        long scaled = value;
        for (var i = digits; i < 6; i++)
            scaled *= 10;
        for (var i = digits; i > 6; i--)
            scaled /= 10;
        microseconds = scaled;
        return true;
    }

    /// <summary>Skips one of two texts; true for the second, false for the first, null for neither.</summary>
    private static bool? Half(ref TextCursor text, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        text.SkipIgnoringCase(first) ? false : text.SkipIgnoringCase(second) ? true : null;

    // The offset in minutes east of UTC; 0 if none is written.
    private static bool Offset(ref TextCursor text, out int minutes)
    {
        minutes = 0;
        if (text.SkipIgnoringCase("Z"u8))
            return true;
        // GMT may precede an offset: GMT+0100.
        var isUtc = text.SkipIgnoringCase("UTC"u8) || text.SkipIgnoringCase("GMT"u8);
        var isWest = text.Skip((byte)'-');
        if (!isWest && !text.Skip((byte)'+'))
            return true;
        if (!text.Digits(2, 4, out var hour, out var digits) || digits == 3)
            return false;
        var minute = 0;
        if (digits == 4)
            (hour, minute) = Math.DivRem(hour, 100);
        else if (text.Skip((byte)':') && !text.Digits(2, 2, out minute, out _))
            return false;
        // Go: +0000 UTC.
        text.SkipBlanks();
        if (!isUtc && text.Skip("UTC"u8) && hour + minute > 0)
            return false;
        // JavaScript and Java add the name of the zone.
        text.SkipTo('(', ')');
        text.SkipTo('[', ']');
        var all = 60 * hour + minute;
        minutes = isWest ? -all : all;
        return minute <= 59 && all <= MostOffsetMinutes;
    }
}
