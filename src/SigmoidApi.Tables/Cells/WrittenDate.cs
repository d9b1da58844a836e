using System.Globalization;

namespace SigmoidApi.Tables.Cells;

internal enum WrittenDateKind
{
    None,
    Date,
    Time,
}

/// <summary>The orders in which a text can be read as day, month and year.</summary>
[Flags]
internal enum DateOrders
{
    None = 0,
    Dmy = 1,
    Mdy = 2,
    Ymd = 4,
}

/// <summary>
/// A date as people and programs write it, with or without a time.
/// <list type="bullet">
/// <item>The year first: <c>2024-01-31</c>, <c>2024/1/31</c>, <c>2024.01.31</c>, <c>2024. 1. 31.</c>, <c>2024년 1월 31일</c>,
/// <c>2024年1月31日</c>.</item>
/// <item>The month by its English name: <c>31-Jan-24</c>, <c>31JAN2024</c>, <c>31st January 2024</c>, <c>Jan 31, 2024</c>; a day of the week may precede if
/// it is the right one.</item>
/// <item>Points and a year of four digits: <c>31.01.2024</c>. With points the day comes before the month.</item>
/// <item>In an order that must be known: <c>01/31/2024</c>, <c>24-11-2025</c>, and years of two digits. Years up to 68 are of this century, as in POSIX.</item>
/// </list>
/// A time has 24 or 12 hours, optional seconds with a fraction, and optionally <c>Z</c>, <c>UTC</c>, <c>GMT</c> or an offset such as <c>+09:00</c>.
/// </summary>
/// <param name="Kind">A date, a date and a time, or not readable as either.</param>
/// <param name="Microseconds">Microseconds since 1970-01-01 in UTC; further digits are cut off.</param>
/// <param name="Orders">The orders in which the text is a valid date, if its form leaves the order open.</param>
/// <param name="ShowsOrder">Whether the column's values together may show the open order: slashes and a year of four digits.</param>
internal readonly record struct WrittenDate(WrittenDateKind Kind, long Microseconds, DateOrders Orders = DateOrders.None, bool ShowsOrder = false)
{
    public const double MicrosecondsPerDay = 86_400_000_000;

    private const int LongestText = 96;
    private const int ShortestText = 6;

    private static readonly long EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    private static readonly long FirstMicrosecond = -EpochDay * (long)MicrosecondsPerDay;
    private static readonly long LastMicrosecond = (DateOnly.MaxValue.DayNumber + 1 - EpochDay) * (long)MicrosecondsPerDay - 1;

    /// <summary>The number that models use: days since 1970-01-01 in UTC; null if the text is not a date.</summary>
    public double? Days => Kind == WrittenDateKind.None ? null : Microseconds / MicrosecondsPerDay;

    /// <summary>Reads a cell.</summary>
    /// <param name="cell">UTF-8, without blanks around it.</param>
    /// <param name="order">The order of dates that leave it open; null if unknown: then such dates are not read.</param>
    public static WrittenDate Of(ReadOnlySpan<byte> cell, DateOrder? order)
    {
        // Most cells are not dates: words without a digit, numbers with nothing else.
        if (cell.Length is < ShortestText or > LongestText || !char.IsAsciiLetterOrDigit((char)cell[0])
            || !cell.ContainsAnyInRange((byte)'0', (byte)'9') || !cell.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return default;
        }

        var text = new TextCursor(cell);
        var weekday = -1;
        if (!text.NextIsDigit && CalendarNames.SkipWeekday(ref text) is >= 0 and var named)
        {
            weekday = named;
            text.Skip((byte)'.');
            text.Skip((byte)',');
            if (!text.SkipBlanks())
                return default;
        }

        // C and Java: Wed Jan 31 12:00:00 UTC 2024.
        int? yearAtEnd = null;
        if (weekday >= 0 && cell[^5] == (byte)' ' && cell[..^5].Contains((byte)':') && !cell[^4..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            yearAtEnd = int.Parse(cell[^4..], CultureInfo.InvariantCulture);
            text = new TextCursor(cell[(cell.Length - text.Length)..^5]);
        }

        var read = yearAtEnd is null ? DateParts.Read(ref text, order is not null) : DateParts.MonthFirst(ref text, yearAtEnd);
        if (read is not { } parts)
            return default;
        // 01.31.2024 has the month first, which is unusual with points. It is not read, because 01.02.2024 of the same column would be read day first.
        if (parts.IsSwapped)
            return default(WrittenDate) with { Orders = DateOrders.Mdy };
        if (!parts.IsOpen && WrittenWeekday.Skip(ref text) is >= 0 and var afterDate)
            weekday = afterDate;
        return parts.IsOpen ? OfOrder(parts, text, weekday, order) : Of(parts.Year, parts.Month, parts.Day, text, weekday, parts.Clock);
    }

    private static WrittenDate OfOrder(DateParts parts, TextCursor rest, int weekday, DateOrder? order)
    {
        var (first, second, third) = (parts.Day, parts.Month, parts.Year);
        var read = new WrittenDate[3];
        read[(int)DateOrder.Dmy] = parts.IsYearFirst ? default : Of(DateParts.FullYear(third), second, first, rest, weekday, ClockForm.Usual);
        read[(int)DateOrder.Mdy] = parts.IsYearFirst ? default : Of(DateParts.FullYear(third), first, second, rest, weekday, ClockForm.Usual);
        read[(int)DateOrder.Ymd] = parts.HasFullYear ? default : Of(DateParts.FullYear(first), second, third, rest, weekday, ClockForm.Usual);
        var orders = DateOrders.None;
        for (var i = 0; i < read.Length; i++)
            orders |= read[i].Kind != WrittenDateKind.None ? (DateOrders)(1 << i) : 0;
        return (order is { } known ? read[(int)known] : default) with { Orders = orders, ShowsOrder = parts.HasFullYear && parts.HasSlashes };
    }

    private static WrittenDate Of(int year, int month, int day, TextCursor rest, int weekday, ClockForm clock)
    {
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return default;
        var date = new DateOnly(year, month, day);
        var kind = rest.IsEmpty ? WrittenDateKind.Date : WrittenDateKind.Time;
        if ((weekday >= 0 && (int)date.DayOfWeek != weekday) || !WrittenTime.TryRead(rest, clock, out var time))
            return default;
        var microseconds = (date.DayNumber - EpochDay) * (long)MicrosecondsPerDay + time;
        return microseconds < FirstMicrosecond || microseconds > LastMicrosecond ? default : new(kind, microseconds);
    }
}
