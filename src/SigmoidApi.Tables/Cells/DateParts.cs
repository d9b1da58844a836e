namespace SigmoidApi.Tables.Cells;

/// <summary>The numbers of a written date. Their order may be open: then day, month and year are the first, second and third number.</summary>
/// <param name="Year">The year; the third number if the order is open.</param>
/// <param name="Month">The month; the second number if the order is open.</param>
/// <param name="Day">The day; the first number if the order is open.</param>
/// <param name="Clock">How a time that follows may be written.</param>
/// <param name="IsOpen">Whether the order is open.</param>
/// <param name="HasSlashes">Whether slashes separate the numbers.</param>
/// <param name="IsSwapped">Whether only the month can come first.</param>
/// <param name="IsYearFirst">Whether only the year can come first.</param>
internal readonly record struct DateParts(
    int Year,
    int Month,
    int Day,
    ClockForm Clock = ClockForm.Usual,
    bool IsOpen = false,
    bool HasSlashes = false,
    bool IsSwapped = false,
    bool IsYearFirst = false)
{
    private const int MostShortYear = 99;
    private const int PivotYear = 69;

    /// <summary>Whether the third number is a year of four digits.</summary>
    public bool HasFullYear => Year > MostShortYear;

    /// <summary>Reads a date without a time; null if the text does not begin with one.</summary>
    public static DateParts? Read(ref TextCursor text, bool isOrderKnown)
    {
        if (!text.NextIsDigit)
            return MonthFirst(ref text, yearAtEnd: null);
        // 20240131T123000Z or 20240131 12:30; without a time it is a number.
        if (text.Digits(8, 8, out var day, out _))
            return text.IsEmpty ? null : new(day / 10_000, day / 100 % 100, day % 100, ClockForm.Basic);
        if (!text.Digits(1, 4, out var first, out var length))
            return null;
        return length switch
        {
            4 => YearFirst(first, ref text),
            3 => null,
            _ => DayFirst(first, hasTwoDigits: length == 2, isOrderKnown, ref text),
        };
    }

    private static DateParts? YearFirst(int year, ref TextCursor text)
    {
        if (text.Skip("년"u8) || text.Skip("年"u8))
            return EastAsian(year, ref text);
        var between = text.Take();
        if (between is not ((byte)'-' or (byte)'/' or (byte)'.'))
            return null;
        var hasPoints = between == (byte)'.';
        if (hasPoints)
            text.SkipBlanks();
        if (!text.Digits(1, 2, out var month, out _) && !(between == (byte)'-' && CalendarNames.SkipMonth(ref text, out month)))
            return null;
        if (!text.Skip(between))
            return null;
        if (hasPoints)
            text.SkipBlanks();
        if (!text.Digits(1, 2, out var day, out _))
            return null;
        if (hasPoints)
            text.Skip(between);
        return new(year, month, day, between == (byte)'-' ? ClockForm.Iso : ClockForm.Usual);
    }

    private static DateParts? EastAsian(int year, ref TextCursor text)
    {
        text.SkipBlanks();
        if (!text.Digits(1, 2, out var month, out _) || !(text.Skip("월"u8) || text.Skip("月"u8)))
            return null;
        text.SkipBlanks();
        return text.Digits(1, 2, out var day, out _) && (text.Skip("일"u8) || text.Skip("日"u8)) ? new(year, month, day) : null;
    }

    private static DateParts? DayFirst(int first, bool hasTwoDigits, bool isOrderKnown, ref TextCursor text)
    {
        // SAS and Stata: 31JAN2024.
        if (hasTwoDigits && CalendarNames.SkipMonth(ref text, out var named))
        {
            return text.Digits(2, 4, out var last, out var lastDigits) && lastDigits != 3
                ? new(lastDigits == 2 ? FullYear(last) : last, named, first, ClockForm.Named)
                : null;
        }

        SkipOrdinal(ref text);
        var between = text.SkipBlanks() ? (byte)' ' : text.Take();
        if (between is not ((byte)'-' or (byte)'/' or (byte)'.' or (byte)' '))
            return null;
        var hasPoints = between == (byte)'.';
        var hasBlanks = hasPoints && text.SkipBlanks();
        if (CalendarNames.SkipMonth(ref text, out var month))
            return ReadYear(ref text, between, out var year) ? new(year, month, first, ClockForm.Named) : null;
        if (between == (byte)' ' || !text.Digits(1, 2, out month, out var monthDigits) || !text.Skip(between))
            return null;
        if (hasPoints)
            text.SkipBlanks();
        // A day of one digit can follow a year of two: 24. 1. 5., and 24-1-5 if the order is known.
        var mayBeDay = hasTwoDigits && (hasBlanks || (isOrderKnown && !hasPoints));
        if (!text.Digits(mayBeDay ? 1 : 2, 4, out var third, out var digits) || digits == 3 || (digits == 4 && third <= MostShortYear))
            return null;
        // With fewer digits and points it is a version number: 1.2.10.
        if (hasPoints && digits <= 2 && !hasBlanks && !isOrderKnown && !(hasTwoDigits && monthDigits == 2))
            return null;
        if (hasBlanks)
            text.Skip(between);
        var isSwapped = hasPoints && digits == 4 && month > 12 && first <= 12;
        return new(
            third, month, first, IsOpen: !hasPoints || digits <= 2, HasSlashes: between == (byte)'/', IsSwapped: isSwapped, IsYearFirst: digits == 1);
    }

    /// <summary>Reads the year after a day and the name of a month.</summary>
    private static bool ReadYear(ref TextCursor text, byte between, out int year)
    {
        year = 0;
        var isNext = between is (byte)'-' or (byte)'/' ? text.Skip(between) : text.Skip((byte)',') | text.SkipBlanks();
        if (!isNext || !text.Digits(2, 4, out year, out var digits) || digits == 3)
            return false;
        year = digits == 2 ? FullYear(year) : year;
        return true;
    }

    /// <summary>Reads a date that begins with the name of the month.</summary>
    /// <param name="text">The text.</param>
    /// <param name="yearAtEnd">The year, if it comes after the time.</param>
    public static DateParts? MonthFirst(ref TextCursor text, int? yearAtEnd)
    {
        if (!CalendarNames.SkipMonth(ref text, out var month))
            return null;
        var hasDash = text.Skip((byte)'-');
        if ((!hasDash && !text.SkipBlanks()) || !text.Digits(1, 2, out var day, out _))
            return null;
        if (yearAtEnd is { } known)
            return new(known, month, day);
        SkipOrdinal(ref text);
        // Without a comma, two digits could be an hour.
        var mayBeShort = text.Skip(hasDash ? (byte)'-' : (byte)',');
        if (!text.SkipBlanks() && !mayBeShort)
            return null;
        if (!text.Digits(2, 4, out var year, out var digits) || digits == 3 || (digits == 2 && !mayBeShort))
            return null;
        return new(digits == 2 ? FullYear(year) : year, month, day);
    }

    // English ordinals: 31st.
    private static void SkipOrdinal(ref TextCursor text)
    {
        if (!text.SkipIgnoringCase("st"u8) && !text.SkipIgnoringCase("nd"u8) && !text.SkipIgnoringCase("rd"u8))
            text.SkipIgnoringCase("th"u8);
    }

    /// <summary>The year in full; years of two digits up to 68 are of this century, as in POSIX.</summary>
    public static int FullYear(int year) => year > MostShortYear ? year : year + (year < PivotYear ? 2000 : 1900);
}
