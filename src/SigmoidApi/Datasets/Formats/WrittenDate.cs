using System.Globalization;
using System.Text;

namespace SigmoidApi.Datasets.Formats;

internal enum WrittenDateKind
{
    None,
    Date,
    Time,
}

/// <summary>How dates are written.</summary>
[Flags]
internal enum WrittenDateForms
{
    None = 0,

    /// <summary><c>2024-01-31</c>, with a time that may have an offset: ISO 8601 as RFC 3339 has it, and without seconds.</summary>
    Iso = 1,

    /// <summary><c>31.01.2024</c>: nobody writes the month first with points.</summary>
    Points = 2,

    /// <summary><c>2024/01/31</c></summary>
    YearFirst = 4,

    /// <summary><c>31-Jan-2024</c></summary>
    MonthName = 8,

    /// <summary>Beside <see cref="Iso"/>: an offset without a colon, or one that follows minutes: <c>12:00:00+0200</c>, <c>12:00Z</c>.</summary>
    ShortOffset = 16,
}

/// <summary>The dates that are read as such: those that can be read in one way only. Others, as <c>01/02/2024</c>, stay text.</summary>
/// <param name="Kind">A date, a date and a time, or none.</param>
/// <param name="Microseconds">Since 1970-01-01 in UTC.</param>
internal readonly record struct WrittenDate(WrittenDateKind Kind, long Microseconds)
{
    public const double MicrosecondsPerDay = 86_400_000_000;

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>What a cell is, and how it is written.</summary>
    public static WrittenDateKind KindOf(ReadOnlySpan<byte> cell, out WrittenDateForms form)
    {
        form = WrittenDateForms.None;
        // Most cells are no dates: these begin with a digit.
        if (cell.Length < 8 || !char.IsAsciiDigit((char)cell[0]))
            return WrittenDateKind.None;
        var rest = cell;
        if (!Take(ref rest, 4, 4, out var year) || rest is not [(byte)'-' or (byte)'/', ..])
            return DayFirst(cell, ref form);
        var between = rest[0];
        form = between == '-' ? WrittenDateForms.Iso : WrittenDateForms.YearFirst;
        rest = rest[1..];
        if (!Take(ref rest, 2, 2, out var month) || rest.IsEmpty || rest[0] != between)
            return WrittenDateKind.None;
        rest = rest[1..];
        return Take(ref rest, 2, 2, out var day) ? KindWith(year, month, day, rest, ref form) : WrittenDateKind.None;
    }

    /// <summary>Whether a cell is a date as <c>1/2/2024</c>, of which nobody can tell the month.</summary>
    public static bool IsAmbiguous(ReadOnlySpan<byte> cell) =>
        Take(ref cell, 1, 2, out var first) && first is >= 1 and <= 31 && cell is [(byte)'/', ..] && TakeAfter(ref cell, 1, 2, out var second) && second is >= 1 and <= 31
        && cell is [(byte)'/', ..] && TakeAfter(ref cell, 4, 4, out _) && cell is [] or [(byte)' ', ..];

    /// <summary>What a cell is.</summary>
    /// <param name="cell">UTF-8, without blanks around it.</param>
    /// <param name="order">How dates as 01/02/2024 are read; null where they are not.</param>
    public static WrittenDate Of(ReadOnlySpan<byte> cell, DateOrder? order)
    {
        if (KindOf(cell, out var form) is not WrittenDateKind.None and var kind)
        {
            var text = Encoding.UTF8.GetString(cell);
            string[] dates = form == WrittenDateForms.Points ? ["d.M.yyyy"] : form == WrittenDateForms.YearFirst ? ["yyyy/MM/dd"] : ["d-MMM-yyyy"];
            if (form.HasFlag(WrittenDateForms.Iso)
                ? DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                : DateTimeOffset.TryParseExact(
                    text, [.. dates, .. dates.Select(date => $"{date} HH:mm"), .. dates.Select(date => $"{date} HH:mm:ss")], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            {
                return new(kind, (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            }
        }

        return default;
    }

    private static WrittenDateKind DayFirst(ReadOnlySpan<byte> cell, ref WrittenDateForms form)
    {
        var rest = cell;
        if (!Take(ref rest, 1, 2, out var day) || rest is not [(byte)'.' or (byte)'-', ..])
            return WrittenDateKind.None;
        var between = rest[0];
        rest = rest[1..];
        int month;
        if (between == '.')
        {
            form = WrittenDateForms.Points;
            if (!Take(ref rest, 1, 2, out month))
                return WrittenDateKind.None;
        }
        else
        {
            form = WrittenDateForms.MonthName;
            if (rest.Length < 4)
                return WrittenDateKind.None;
            var name = rest[..3];
            month = 0;
            for (var i = 0; i < Months.Length && month == 0; i++)
                month = Ascii.EqualsIgnoreCase(name, Months[i]) ? i + 1 : 0;
            rest = rest[3..];
        }

        return !rest.IsEmpty && rest[0] == between && TakeAfter(ref rest, 4, 4, out var year) ? KindWith(year, month, day, rest, ref form) : WrittenDateKind.None;
    }

    private static WrittenDateKind KindWith(int year, int month, int day, ReadOnlySpan<byte> time, ref WrittenDateForms form)
    {
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return WrittenDateKind.None;
        if (time.IsEmpty)
            return WrittenDateKind.Date;
        return IsTime(time, ref form) ? WrittenDateKind.Time : WrittenDateKind.None;
    }

    private static bool IsTime(ReadOnlySpan<byte> time, ref WrittenDateForms form)
    {
        var isIso = form == WrittenDateForms.Iso;
        if (time[0] != ' ' && !(isIso && time[0] == 'T'))
            return false;
        if (!TakeAfter(ref time, 2, 2, out var hour) || hour > 23 || time is not [(byte)':', ..] || !TakeAfter(ref time, 2, 2, out var minute) || minute > 59)
            return false;
        var hasSeconds = time is [(byte)':', ..];
        if (hasSeconds && (!TakeAfter(ref time, 2, 2, out var second) || second > 59))
            return false;
        if (!isIso)
            return time.IsEmpty;
        if (hasSeconds && time is [(byte)'.', ..])
        {
            var digits = time[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : time.Length - 1;
            if (digits is < 1 or > 9)
                return false;
            time = time[(1 + digits)..];
        }

        if (time is [(byte)'+' or (byte)'-', _, _, _, _] || (!hasSeconds && !time.IsEmpty))
            form |= WrittenDateForms.ShortOffset;
        return time is [] or [(byte)'Z'] || (time is [(byte)'+' or (byte)'-', ..] && IsOffset(time[1..]));
    }

    // 02:00 or 0200.
    private static bool IsOffset(ReadOnlySpan<byte> offset)
    {
        if (offset.Length == 4)
            return Take(ref offset, 4, 4, out var both) && both / 100 <= 14 && both % 100 <= 59;
        return Take(ref offset, 2, 2, out var hour) && hour <= 14 && offset is [(byte)':', ..] && TakeAfter(ref offset, 2, 2, out var minute) && minute <= 59 && offset.IsEmpty;
    }

    private static bool TakeAfter(ref ReadOnlySpan<byte> text, int least, int most, out int value)
    {
        text = text[1..];
        return Take(ref text, least, most, out value);
    }

    /// <summary>Takes a number of so many digits, and no more, from the start.</summary>
    private static bool Take(ref ReadOnlySpan<byte> text, int least, int most, out int value)
    {
        value = 0;
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit((char)text[digits]))
        {
            if (digits == most)
                return false;
            value = 10 * value + text[digits++] - '0';
        }

        if (digits < least)
            return false;
        text = text[digits..];
        return true;
    }
}
