using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>What may stand before the first record: a byte order mark, empty lines, and the line by which Excel is told a delimiter, <c>sep=;</c>.</summary>
/// <param name="Length">In bytes, line ends included.</param>
/// <param name="Lines">How many lines of the file it takes.</param>
/// <param name="Delimiter">What the line of Excel's says.</param>
public readonly record struct CsvPreamble(int Length, int Lines, char? Delimiter)
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

    private static char? DelimiterOf(ReadOnlySpan<byte> line)
    {
        if (line is [(byte)'"', .., (byte)'"'])
            line = line[1..^1];
        return line.Length == 5 && Ascii.EqualsIgnoreCase(line[..4], "sep="u8) && (char)line[4] is var named && char.IsAscii(named) && !char.IsAsciiLetterOrDigit(named) && named != '"'
            ? named
            : null;
    }
}
