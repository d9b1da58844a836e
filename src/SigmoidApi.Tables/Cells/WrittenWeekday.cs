using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>The day of the week after a date, as written in Korea and Japan: <c>(수)</c>, <c>수요일</c>, <c>(水)</c>, <c>水曜日</c>.</summary>
internal static class WrittenWeekday
{
    private static readonly byte[][] Korean = BytesOf("일월화수목금토");
    private static readonly byte[][] Japanese = BytesOf("日月火水木金土");

    /// <summary>Skips the day of the week and returns its number, 0 for Sunday; -1 if there is none.</summary>
    public static int Skip(ref TextCursor text)
    {
        var rest = text;
        rest.SkipBlanks();
        var hasParenthesis = rest.Skip((byte)'(');
        if (rest.NextIsAscii)
            return -1;
        for (var i = 0; i < Korean.Length; i++)
        {
            var found = rest;
            if ((found.Skip(Korean[i]) && (hasParenthesis ? found.Skip((byte)')') : found.Skip("요일"u8)))
                || (found.Skip(Japanese[i]) && (hasParenthesis ? found.Skip((byte)')') : found.Skip("曜日"u8))))
            {
                text = found;
                return i;
            }
        }

        return -1;
    }

    private static byte[][] BytesOf(string days) => [.. days.Select(day => Encoding.UTF8.GetBytes(day.ToString()))];
}
