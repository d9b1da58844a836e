using System.Globalization;
using System.Text;

namespace SigmoidApi.Datasets.Formats;

internal enum CsvDateKind
{
    None,
    Date,
    Time,
}

/// <summary>
/// The dates that are read as such (ISO 8601 as RFC 3339 has it): <c>2024-01-31</c>, and with a time <c>2024-01-31T12:00:00</c> or with a blank, fractions of a
/// second, <c>Z</c> or an offset. Others could be read in more than one way, and stay text.
/// </summary>
internal static class CsvDate
{
    public static CsvDateKind KindOf(ReadOnlySpan<byte> cell)
    {
        if (cell.Length < 10 || cell[4] != '-' || cell[7] != '-'
            || !Number(cell[..4], out var year) || !Number(cell[5..7], out var month) || !Number(cell[8..10], out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return CsvDateKind.None;
        }

        if (cell.Length == 10)
            return CsvDateKind.Date;
        return IsTime(cell[10..]) ? CsvDateKind.Time : CsvDateKind.None;
    }

    private static bool IsTime(ReadOnlySpan<byte> time)
    {
        if (time.Length < 9 || time[0] is not ((byte)'T' or (byte)' ') || time[3] != ':' || time[6] != ':'
            || !Number(time[1..3], out var hour) || !Number(time[4..6], out var minute) || !Number(time[7..9], out var second)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var rest = time[9..];
        if (rest is [(byte)'.', ..])
        {
            var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            digits = digits < 0 ? rest.Length - 1 : digits;
            if (digits is < 1 or > 9)
                return false;
            rest = rest[(1 + digits)..];
        }

        return rest switch
        {
            [] or [(byte)'Z'] => true,
            [(byte)'+' or (byte)'-', _, _, (byte)':', _, _] => Number(rest[1..3], out hour) && Number(rest[4..6], out minute) && hour <= 14 && minute <= 59,
            _ => false,
        };
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = 10 * value + digit - '0';
        }

        return true;
    }

    /// <summary>A date as models know it: days from 1970-01-01 in UTC; null for what is none.</summary>
    public static double? Days(string text) =>
        KindOf(Encoding.UTF8.GetBytes(text)) != CsvDateKind.None
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond / 86_400_000_000.0
            : null;
}
