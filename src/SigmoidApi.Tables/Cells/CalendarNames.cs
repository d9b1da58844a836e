using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>The English names of months and days of the week, in full or by their first three letters.</summary>
internal static class CalendarNames
{
    private static readonly byte[][] Months =
        [.. "january february march april may june july august september october november december".Split(' ').Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Weekdays = [.. Enum.GetNames<DayOfWeek>().Select(Encoding.ASCII.GetBytes)];

    /// <summary>Skips the name of a month and a point after it; false if there is none.</summary>
    public static bool SkipMonth(ref TextCursor text, out int month)
    {
        month = Skip(ref text, Months) + 1;
        if (month > 0)
            text.Skip((byte)'.');
        return month > 0;
    }

    /// <summary>Skips the name of a day of the week and returns its number, 0 for Sunday; -1 if there is none.</summary>
    public static int SkipWeekday(ref TextCursor text) => Skip(ref text, Weekdays);

    private static int Skip(ref TextCursor text, byte[][] names)
    {
        var rest = text;
        var letters = rest.Letters();
        for (var i = 0; i < names.Length && letters.Length >= 3; i++)
        {
            if ((letters.Length == 3 && Ascii.EqualsIgnoreCase(letters, names[i].AsSpan(0, 3))) || Ascii.EqualsIgnoreCase(letters, names[i])
                || (names[i][0] == (byte)'s' && Ascii.EqualsIgnoreCase(letters, "sept"u8)))
            {
                text = rest;
                return i;
            }
        }

        return -1;
    }
}
