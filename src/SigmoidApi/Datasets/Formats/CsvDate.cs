using System.Globalization;
using System.Text;
using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

internal enum CsvDateKind
{
    None,
    Date,
    Time,
}

/// <summary>How dates are written.</summary>
[Flags]
internal enum CsvDateForms
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
internal static class CsvDate
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>What a cell is, and how it is written.</summary>
    public static CsvDateKind KindOf(ReadOnlySpan<byte> cell, out CsvDateForms form)
    {
        form = CsvDateForms.None;
        // Most cells are no dates: these begin with a digit.
        if (cell.Length < 8 || !char.IsAsciiDigit((char)cell[0]))
            return CsvDateKind.None;
        var rest = cell;
        if (!Take(ref rest, 4, 4, out var year) || rest is not [(byte)'-' or (byte)'/', ..])
            return DayFirst(cell, ref form);
        var between = rest[0];
        form = between == '-' ? CsvDateForms.Iso : CsvDateForms.YearFirst;
        rest = rest[1..];
        if (!Take(ref rest, 2, 2, out var month) || rest.IsEmpty || rest[0] != between)
            return CsvDateKind.None;
        rest = rest[1..];
        return Take(ref rest, 2, 2, out var day) ? Kind(year, month, day, rest, ref form) : CsvDateKind.None;
    }

    /// <summary>Whether a cell is a date as <c>1/2/2024</c>, of which nobody can tell the month.</summary>
    public static bool IsAmbiguous(ReadOnlySpan<byte> cell) =>
        Take(ref cell, 1, 2, out var first) && first is >= 1 and <= 31 && cell is [(byte)'/', ..] && TakeAfter(ref cell, 1, 2, out var second) && second is >= 1 and <= 31
        && cell is [(byte)'/', ..] && TakeAfter(ref cell, 4, 4, out _) && cell is [] or [(byte)' ', ..];

    /// <summary>A text that is a date or missing as SQL.</summary>
    /// <param name="text">Of which every value is missing or a date.</param>
    /// <param name="forms">How they are written.</param>
    /// <param name="type">A date or a time.</param>
    public static string Expression(string text, CsvDateForms forms, StoredType type)
    {
        string[] dates = [.. Formats(forms)];
        string[] formats = [.. dates, .. dates.Select(date => $"{date} %H:%M"), .. dates.Select(date => $"{date} %H:%M:%S")];
        var others = $"try_strptime({text}, [{string.Join(", ", formats.Select(DuckDbSession.Literal))}])";
        var expression = dates.Length == 0 ? Iso("cast") : forms.HasFlag(CsvDateForms.Iso) ? $"coalesce({others}, {Iso("try_cast")})" : others;
        return type == StoredType.Date && dates.Length > 0 ? $"cast({expression} as date)" : expression;

        string Iso(string cast)
        {
            if (type == StoredType.Date)
                return $"{cast}(({text}) as date)";
            var full = forms.HasFlag(CsvDateForms.ShortOffset)
                ? $"regexp_replace(regexp_replace({text}, '^(.{"{"}16{"}"})([Z+-])', '\\1:00\\2'), '([+-]\\d\\d)(\\d\\d)$', '\\1:\\2')" : $"({text})";
            // An offset is taken into account by this type alone.
            return $"{cast}({full} as timestamptz) at time zone 'UTC'";
        }
    }

    /// <summary>A date as models know it: days from 1970-01-01 in UTC; null for what is none.</summary>
    public static double? Days(string text)
    {
        if (KindOf(Encoding.UTF8.GetBytes(text), out var form) == CsvDateKind.None)
            return null;
        DateTimeOffset time;
        if (form.HasFlag(CsvDateForms.Iso))
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
                return null;
        }
        else
        {
            string[] dates = form == CsvDateForms.Points ? ["d.M.yyyy"] : form == CsvDateForms.YearFirst ? ["yyyy/MM/dd"] : ["d-MMM-yyyy"];
            if (!DateTimeOffset.TryParseExact(text, [.. dates, .. dates.Select(date => $"{date} HH:mm"), .. dates.Select(date => $"{date} HH:mm:ss")], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
                return null;
        }

        return (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond / 86_400_000_000.0;
    }

    private static IEnumerable<string> Formats(CsvDateForms forms)
    {
        if (forms.HasFlag(CsvDateForms.Points))
            yield return "%d.%m.%Y";
        if (forms.HasFlag(CsvDateForms.YearFirst))
            yield return "%Y/%m/%d";
        if (forms.HasFlag(CsvDateForms.MonthName))
            yield return "%d-%b-%Y";
    }

    private static CsvDateKind DayFirst(ReadOnlySpan<byte> cell, ref CsvDateForms form)
    {
        var rest = cell;
        if (!Take(ref rest, 1, 2, out var day) || rest is not [(byte)'.' or (byte)'-', ..])
            return CsvDateKind.None;
        var between = rest[0];
        rest = rest[1..];
        int month;
        if (between == '.')
        {
            form = CsvDateForms.Points;
            if (!Take(ref rest, 1, 2, out month))
                return CsvDateKind.None;
        }
        else
        {
            form = CsvDateForms.MonthName;
            if (rest.Length < 4)
                return CsvDateKind.None;
            var name = rest[..3];
            month = 0;
            for (var i = 0; i < Months.Length && month == 0; i++)
                month = Ascii.EqualsIgnoreCase(name, Months[i]) ? i + 1 : 0;
            rest = rest[3..];
        }

        return !rest.IsEmpty && rest[0] == between && TakeAfter(ref rest, 4, 4, out var year) ? Kind(year, month, day, rest, ref form) : CsvDateKind.None;
    }

    private static CsvDateKind Kind(int year, int month, int day, ReadOnlySpan<byte> time, ref CsvDateForms form)
    {
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return CsvDateKind.None;
        if (time.IsEmpty)
            return CsvDateKind.Date;
        return IsTime(time, ref form) ? CsvDateKind.Time : CsvDateKind.None;
    }

    private static bool IsTime(ReadOnlySpan<byte> time, ref CsvDateForms form)
    {
        var isIso = form == CsvDateForms.Iso;
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
            form |= CsvDateForms.ShortOffset;
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
