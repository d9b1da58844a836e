using System.Globalization;
using System.Text;

namespace SigmoidApi.Tables.Cells;

internal enum WrittenDateKind
{
    None,
    Date,
    Time,
}

/// <summary>The orders in which a date can have its day, month and year.</summary>
[Flags]
internal enum DateOrders
{
    None = 0,
    Dmy = 1,
    Mdy = 2,
    Ymd = 4,
}

/// <summary>
/// A date as people and programs write it, with a time or without.
/// <list type="bullet">
/// <item>The year first: <c>2024-01-31</c>, <c>2024/1/31</c>, <c>2024.01.31</c>, <c>2024. 1. 31.</c>, <c>2024년 1월 31일</c>, <c>2024年1月31日</c>.</item>
/// <item>A month by its English name: <c>31-Jan-24</c>, <c>31JAN2024</c>, <c>31st January 2024</c>, <c>Jan 31, 2024</c>, after a day of the week that agrees with it.</item>
/// <item>Points and a year of four digits: <c>31.01.2024</c>. Nobody writes the month first with points.</item>
/// <item>In an order that must be known: <c>01/31/2024</c>, <c>24-11-2025</c>, and years of two digits. Those up to 68 are of this century, as in POSIX.</item>
/// </list>
/// A time has a clock of 24 or of 12 hours, seconds and their fraction if any, and <c>Z</c>, <c>UTC</c>, <c>GMT</c> or an offset as <c>+09:00</c>.
/// </summary>
/// <param name="Kind">A date, a date and a time, or none that can be read.</param>
/// <param name="Microseconds">Since 1970-01-01 in UTC; digits beyond are cut off.</param>
/// <param name="Orders">The orders in which it is a date, where its form leaves them open; none of other forms.</param>
/// <param name="ShowsOrder">Whether the other values of its column may show the order that its form leaves open: slashes and a year of four digits.</param>
internal readonly record struct WrittenDate(WrittenDateKind Kind, long Microseconds, DateOrders Orders = DateOrders.None, bool ShowsOrder = false)
{
    public const double MicrosecondsPerDay = 86_400_000_000;

    private const int LongestText = 96;
    private const int ShortestText = 6;
    private const int MostShortYear = 99;
    private const int PivotYear = 69;

    private static readonly long EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    private static readonly long FirstMicrosecond = -EpochDay * (long)MicrosecondsPerDay;
    private static readonly long LastMicrosecond = (DateOnly.MaxValue.DayNumber + 1 - EpochDay) * (long)MicrosecondsPerDay - 1;

    private static readonly byte[][] Months =
        [.. "january february march april may june july august september october november december".Split(' ').Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Weekdays = [.. Enum.GetNames<DayOfWeek>().Select(Encoding.ASCII.GetBytes)];

    /// <summary>As models know a date: days since 1970-01-01 in UTC; null where it is none.</summary>
    public double? Days => Kind == WrittenDateKind.None ? null : Microseconds / MicrosecondsPerDay;

    /// <summary>What a cell is.</summary>
    /// <param name="cell">UTF-8, without blanks around it.</param>
    /// <param name="order">How dates are read that leave it open; null where they are not.</param>
    public static WrittenDate Of(ReadOnlySpan<byte> cell, DateOrder? order)
    {
        // Most cells are no dates: words without a digit, numbers without anything else.
        if (cell.Length is < ShortestText or > LongestText || !char.IsAsciiLetterOrDigit((char)cell[0])
            || !cell.ContainsAnyInRange((byte)'0', (byte)'9') || !cell.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return default;
        }

        var text = new TextCursor(cell);
        var weekday = -1;
        if (!text.NextIsDigit && Name(text, Weekdays) is { Index: >= 0 } day)
        {
            weekday = day.Index;
            text = day.Rest;
            text.Skip((byte)'.');
            text.Skip((byte)',');
            if (!text.SkipBlanks())
                return default;
        }

        // As C and Java write it: Wed Jan 31 12:00:00 UTC 2024.
        var isYearLast = weekday >= 0 && cell[^5] == (byte)' ' && cell[..^5].Contains((byte)':') && !cell[^4..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
        if (isYearLast)
            text = new TextCursor(cell[(cell.Length - text.Length)..^5]);
        if ((isYearLast ? MonthFirst(ref text, int.Parse(cell[^4..], CultureInfo.InvariantCulture)) : ReadDay(ref text, order is not null)) is not { } parts)
            return default;
        // 01.31.2024 may have the month first, but then 01.02.2024 would have it, too.
        if (parts.IsSwapped)
            return default(WrittenDate) with { Orders = DateOrders.Mdy };
        if (!parts.IsOpen && WrittenWeekday.Skip(ref text) is >= 0 and var behind)
            weekday = behind;
        return parts.IsOpen ? OfOrder(parts, text, weekday, order) : Of(parts.Year, parts.Month, parts.Day, text, weekday, parts.Clock);
    }

    private static WrittenDate OfOrder(Parts parts, TextCursor rest, int weekday, DateOrder? order)
    {
        var (first, second, third) = (parts.Day, parts.Month, parts.Year);
        var hasFullYear = third > MostShortYear;
        var read = new WrittenDate[3];
        read[(int)DateOrder.Dmy] = parts.IsYearFirst ? default : Of(Full(third), second, first, rest, weekday, ClockForm.Usual);
        read[(int)DateOrder.Mdy] = parts.IsYearFirst ? default : Of(Full(third), first, second, rest, weekday, ClockForm.Usual);
        read[(int)DateOrder.Ymd] = hasFullYear ? default : Of(Full(first), second, third, rest, weekday, ClockForm.Usual);
        var orders = DateOrders.None;
        for (var i = 0; i < read.Length; i++)
            orders |= read[i].Kind != WrittenDateKind.None ? (DateOrders)(1 << i) : 0;
        return (order is { } known ? read[(int)known] : default) with { Orders = orders, ShowsOrder = hasFullYear && parts.HasSlashes };
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

    private static Parts? ReadDay(ref TextCursor text, bool isOrderKnown)
    {
        if (!text.NextIsDigit)
            return MonthFirst(ref text, yearBehind: null);
        // 20240131T123000Z, and 20240131 12:30; without a time it is a number.
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

    private static Parts? YearFirst(int year, ref TextCursor text)
    {
        if (text.Skip("년"u8) || text.Skip("年"u8))
            return EastAsian(year, ref text);
        var between = text.Take();
        if (between is not ((byte)'-' or (byte)'/' or (byte)'.'))
            return null;
        var hasPoints = between == (byte)'.';
        if (hasPoints)
            text.SkipBlanks();
        if (!text.Digits(1, 2, out var month, out _) && !(between == (byte)'-' && MonthName(ref text, out month)))
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

    private static Parts? EastAsian(int year, ref TextCursor text)
    {
        text.SkipBlanks();
        if (!text.Digits(1, 2, out var month, out _) || !(text.Skip("월"u8) || text.Skip("月"u8)))
            return null;
        text.SkipBlanks();
        return text.Digits(1, 2, out var day, out _) && (text.Skip("일"u8) || text.Skip("日"u8)) ? new(year, month, day) : null;
    }

    private static Parts? DayFirst(int first, bool hasTwoDigits, bool isOrderKnown, ref TextCursor text)
    {
        // As SAS and Stata write it: 31JAN2024.
        if (hasTwoDigits && MonthName(ref text, out var named))
            return text.Digits(2, 4, out var last, out var lastDigits) && lastDigits != 3 ? new(lastDigits == 2 ? Full(last) : last, named, first, ClockForm.Named) : null;
        SkipOrdinal(ref text);
        var between = text.SkipBlanks() ? (byte)' ' : text.Take();
        if (between is not ((byte)'-' or (byte)'/' or (byte)'.' or (byte)' '))
            return null;
        var hasPoints = between == (byte)'.';
        var hasBlanks = hasPoints && text.SkipBlanks();
        if (MonthName(ref text, out var month))
            return Year(ref text, between, out var year) ? new(year, month, first, ClockForm.Named) : null;
        if (between == (byte)' ' || !text.Digits(1, 2, out month, out var monthDigits) || !text.Skip(between))
            return null;
        if (hasPoints)
            text.SkipBlanks();
        // A day of one digit behind a year of two: 24. 1. 5., and 24-1-5 where the order is known.
        var mayBeDay = hasTwoDigits && (hasBlanks || (isOrderKnown && !hasPoints));
        if (!text.Digits(mayBeDay ? 1 : 2, 4, out var third, out var digits) || digits == 3 || (digits == 4 && third <= MostShortYear))
            return null;
        // Fewer digits with points are versions: 1.2.10.
        if (hasPoints && digits <= 2 && !hasBlanks && !isOrderKnown && !(hasTwoDigits && monthDigits == 2))
            return null;
        if (hasBlanks)
            text.Skip(between);
        var isSwapped = hasPoints && digits == 4 && month > 12 && first <= 12;
        return new(
            third, month, first, IsOpen: !hasPoints || digits <= 2, HasSlashes: between == (byte)'/', IsSwapped: isSwapped, IsYearFirst: digits == 1);
    }

    /// <summary>The year behind a day and a month's name.</summary>
    private static bool Year(ref TextCursor text, byte between, out int year)
    {
        year = 0;
        var isNext = between is (byte)'-' or (byte)'/' ? text.Skip(between) : text.Skip((byte)',') | text.SkipBlanks();
        if (!isNext || !text.Digits(2, 4, out year, out var digits) || digits == 3)
            return false;
        year = digits == 2 ? Full(year) : year;
        return true;
    }

    private static Parts? MonthFirst(ref TextCursor text, int? yearBehind)
    {
        if (!MonthName(ref text, out var month))
            return null;
        var hasDash = text.Skip((byte)'-');
        if ((!hasDash && !text.SkipBlanks()) || !text.Digits(1, 2, out var day, out _))
            return null;
        if (yearBehind is { } known)
            return new(known, month, day);
        SkipOrdinal(ref text);
        // Without a comma two digits could be an hour.
        var mayBeShort = text.Skip(hasDash ? (byte)'-' : (byte)',');
        if (!text.SkipBlanks() && !mayBeShort)
            return null;
        if (!text.Digits(2, 4, out var year, out var digits) || digits == 3 || (digits == 2 && !mayBeShort))
            return null;
        return new(digits == 2 ? Full(year) : year, month, day);
    }

    // The day as it is spoken: 31st.
    private static void SkipOrdinal(ref TextCursor text)
    {
        if (!text.SkipIgnoringCase("st"u8) && !text.SkipIgnoringCase("nd"u8) && !text.SkipIgnoringCase("rd"u8))
            text.SkipIgnoringCase("th"u8);
    }

    private static int Full(int year) => year > MostShortYear ? year : year + (year < PivotYear ? 2000 : 1900);

    private static bool MonthName(ref TextCursor text, out int month)
    {
        var name = Name(text, Months);
        month = name.Index + 1;
        if (month == 0)
            return false;
        text = name.Rest;
        text.Skip((byte)'.');
        return true;
    }

    /// <summary>The name that a text begins with, in full or by its first three letters, and what follows it; -1 where it begins with none.</summary>
    private static NameFound Name(TextCursor text, byte[][] names)
    {
        var letters = text.Letters();
        for (var i = 0; i < names.Length && letters.Length >= 3; i++)
        {
            if ((letters.Length == 3 && Ascii.EqualsIgnoreCase(letters, names[i].AsSpan(0, 3))) || Ascii.EqualsIgnoreCase(letters, names[i])
                || (names[i][0] == (byte)'s' && Ascii.EqualsIgnoreCase(letters, "sept"u8)))
            {
                return new(i, text);
            }
        }

        return new(-1, text);
    }

    private readonly ref struct NameFound(int index, TextCursor rest)
    {
        public int Index { get; } = index;

        public TextCursor Rest { get; } = rest;
    }

    /// <param name="Year">The third number, where the order is open.</param>
    /// <param name="Month">The second.</param>
    /// <param name="Day">The first.</param>
    /// <param name="Clock">How a time that follows may be written.</param>
    /// <param name="IsOpen">Whether the order is open.</param>
    /// <param name="HasSlashes">Between them.</param>
    /// <param name="IsYearFirst">Whether it is no date in another order.</param>
    /// <param name="IsSwapped">Whether it is no date but with the month first.</param>
    private readonly record struct Parts(
        int Year, int Month, int Day, ClockForm Clock = ClockForm.Usual, bool IsOpen = false, bool HasSlashes = false, bool IsSwapped = false,
        bool IsYearFirst = false);
}
