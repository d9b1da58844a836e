using System.Text;

namespace SigmoidApi.Tables.Csv;

/// <summary>What may precede the first record: a byte order mark, empty lines, and the line that sets the delimiter for Excel, <c>sep=;</c>.</summary>
/// <param name="Length">The length in bytes, line ends included.</param>
/// <param name="Lines">The number of lines.</param>
/// <param name="Delimiter">The delimiter of the line for Excel.</param>
/// <param name="Titles">The lines of titles above the table (<see cref="CsvTitle"/>), counted from 1; null if there are none.</param>
internal readonly record struct CsvPreamble(int Length, int Lines, char? Delimiter, IReadOnlyList<long>? Titles = null)
{
    public static CsvPreamble Of(ReadOnlySpan<byte> start)
    {
        var (position, lines, delimiter) = (start.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0, 0, (char?)null);
        while (start[position..].IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var length)
        {
            var line = start.Slice(position, length);
            if (!line.Trim((byte)' ').IsEmpty)
            {
                if (delimiter is not null || DelimiterOf(line) is not { } named)
                    break;
                delimiter = named;
            }

            position += length + (start[(position + length)..].StartsWith("\r\n"u8) ? 2 : 1);
            lines++;
        }

        return new(position, lines, delimiter);
    }

    /// <summary>Extends the preamble by some records, which may be quoted and span several lines, and the empty lines after each.</summary>
    public CsvPreamble Past(ReadOnlySpan<byte> start, int records, CsvDialect dialect)
    {
        var (position, lines, titles) = (Length, Lines, new List<long>());
        for (; titles.Count < records; lines += SkipEmpty(start, ref position))
        {
            titles.Add(lines + 1);
            var (inQuotes, isEmpty) = (false, true);
            for (; position < start.Length && (inQuotes || start[position] is not ((byte)'\r' or (byte)'\n')); position++)
            {
                var value = (char)start[position];
                inQuotes = value == dialect.Quote ? !inQuotes && (isEmpty || start[position - 1] == value) : inQuotes;
                isEmpty = value == dialect.Delimiter || (isEmpty && value is ' ' or '\t');
                if (inQuotes && value is '\n' or '\r' && !start[(position + 1)..].StartsWith("\n"u8))
                    lines++;
            }

            position += start[position..].StartsWith("\r\n"u8) ? 2 : Math.Min(1, start.Length - position);
            lines++;
        }

        return titles.Count == 0 ? this : this with { Length = position, Lines = lines, Titles = titles };
    }

    private static int SkipEmpty(ReadOnlySpan<byte> start, ref int position)
    {
        var lines = 0;
        while (start[position..].IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var length && start.Slice(position, length).Trim((byte)' ').IsEmpty)
        {
            position += length + (start[(position + length)..].StartsWith("\r\n"u8) ? 2 : 1);
            lines++;
        }

        return lines;
    }

    private static char? DelimiterOf(ReadOnlySpan<byte> line)
    {
        if (line is [(byte)'"', .., (byte)'"'])
            line = line[1..^1];
        if (line.Length != 5 || !Ascii.EqualsIgnoreCase(line[..4], "sep="u8))
            return null;
        var named = (char)line[4];
        return char.IsAscii(named) && !char.IsAsciiLetterOrDigit(named) && named != '"' ? named : null;
    }
}
