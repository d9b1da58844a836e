namespace SigmoidApi.Datasets.Formats;

/// <summary>The time behind a date; <see cref="WrittenDate"/> says how it is written.</summary>
internal static class WrittenTime
{
    private const long MicrosecondsPerMinute = 60_000_000;
    private const int MostOffsetMinutes = 14 * 60;

    /// <summary>Reads what follows a date.</summary>
    /// <param name="text">Nothing, or a time after a blank, a comma and a blank, or a T.</param>
    /// <param name="mayHaveT">Whether it can begin with a T.</param>
    /// <param name="microseconds">Since the date's midnight in UTC; its own midnight where nothing follows.</param>
    /// <returns>Whether it is a time, or nothing.</returns>
    public static bool TryRead(TextCursor text, bool mayHaveT, out long microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty)
            return true;
        if (!(mayHaveT && text.Skip((byte)'T')))
        {
            text.Skip((byte)',');
            if (!text.SkipBlanks())
                return false;
        }

        var half = Half(ref text, "오전"u8, "오후"u8);
        text.SkipBlanks();
        if (!text.Digits(1, 2, out var hour, out _) || hour > 23 || !text.Skip((byte)':') || !text.Digits(2, 2, out var minute, out _) || minute > 59)
            return false;
        long fraction = 0;
        var second = 0;
        if (text.Skip((byte)':') && (!text.Digits(2, 2, out second, out _) || second > 59 || !Fraction(ref text, out fraction)))
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

        if (!Offset(ref text, out var offset) || !text.IsEmpty)
            return false;
        microseconds = (60 * hour + minute - offset) * MicrosecondsPerMinute + 1_000_000 * second + fraction;
        return true;
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

    /// <summary>Whether the second of two texts is next, not the first; null where neither is.</summary>
    private static bool? Half(ref TextCursor text, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        text.SkipIgnoringCase(first) ? false : text.SkipIgnoringCase(second) ? true : null;

    // Minutes east of UTC; none where nothing says.
    private static bool Offset(ref TextCursor text, out int minutes)
    {
        minutes = 0;
        if (text.Skip((byte)'Z') || text.Skip("UTC"u8) || text.Skip("GMT"u8))
            return true;
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
        // As Go writes it: +0000 UTC.
        text.SkipBlanks();
        if (text.Skip("UTC"u8) && hour + minute > 0)
            return false;
        var all = 60 * hour + minute;
        minutes = isWest ? -all : all;
        return minute <= 59 && all <= MostOffsetMinutes;
    }
}
