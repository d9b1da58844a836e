using System.Text;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Lines below the last row that are no rows: <c>Total: 3 rows</c>, <c>(3 rows)</c>, <c>Source: …</c>. They are passed over where it is plain that they are:
/// each has one text, in its first cell, and either an empty line is above them, or the first column has no texts, or they read as a remark does.
/// Anything else may be a row that was cut off.
/// </summary>
/// <param name="End">Where the rows end, in bytes.</param>
/// <param name="Lines">The places of the lines that are passed over, counted from the first behind <paramref name="End"/>, which is 0.</param>
internal readonly record struct CsvFooter(long End, IReadOnlyList<int> Lines)
{
    private const int MostBytes = 64 * 1024;
    private const int MostLines = 20;

    /// <summary>That of a file whose last line is a row.</summary>
    public static CsvFooter None(Stream file) => new(file.Length, []);

    /// <param name="file">Separated values in UTF-8.</param>
    /// <param name="start">Where the first row begins.</param>
    /// <param name="dialect">How it is written.</param>
    /// <param name="columns">How many cells a row has.</param>
    /// <param name="isOverValues">Whether the first column has numbers, dates, true and false alone.</param>
    public static CsvFooter Find(Stream file, long start, CsvDialect dialect, int columns, bool isOverValues)
    {
        var none = None(file);
        if (columns < 2 || file.Length <= start)
            return none;
        var tail = new byte[Math.Min(MostBytes, file.Length - start)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var lines = LinesOf(tail);
        var (footer, empty) = (new List<int>(), new List<int>());
        // The first of them may be cut off, and is a row otherwise.
        for (var i = lines.Count - 1; i > 0 && footer.Count + empty.Count <= MostLines; i--)
        {
            var text = TextOf(i);
            if (IsBlank(text))
                continue;
            // A quote that is closed here and opened above: the line is the end of a cell.
            if (text.Count(character => character == dialect.Quote) % 2 > 0)
                break;
            if (IsEmpty(text))
                empty.Insert(0, i);
            else if (IsFooter(text, i))
                (footer, empty) = ([i, .. empty, .. footer], []);
            else if (CsvTitle.IsRemark(RecordOf(text), columns))
                // One of several, if that above them is.
                empty.Insert(0, i);
            else
                break;
        }

        if (footer.Count > MostLines)
            return none;
        if (footer.Count == 0)
            return WithoutBlanks();
        footer.InsertRange(0, empty.Skip(1 + empty.FindLastIndex(line => !IsEmpty(TextOf(line)))));
        return new(file.Length - tail.Length + lines[footer[0]].Start, [.. footer.Select(line => line - footer[0])]);

        // Lines of blanks alone are no rows, though empty ones alone are passed over by every reader.
        CsvFooter WithoutBlanks()
        {
            var last = lines.Count;
            while (last > 1 && dialect.Delimiter != ' ' && IsBlank(TextOf(last - 1)))
                last--;
            return last == lines.Count ? none : new(file.Length - tail.Length + lines[last].Start, []);
        }

        List<string> RecordOf(string text) => CsvSample.Records(text, dialect.Delimiter, dialect.Quote, isWholeFile: true)[0];

        // Beside a footer; by itself it may be a row without values.
        bool IsEmpty(string text) => CsvTitle.IsEmpty(RecordOf(text));

        bool IsFooter(string text, int line)
        {
            var record = RecordOf(text);
            return CsvTitle.IsRemark(record, columns) && (isOverValues || IsGap(TextOf(line - 1)) || (record.Count == 1 && ReadsAsRemark(record[0])));
        }

        bool IsGap(string text) => IsBlank(text) || IsEmpty(text);

        string TextOf(int line) => Encoding.UTF8.GetString(tail.AsSpan()[lines[line].Start..lines[line].End]);
    }

    // A tab may be the delimiter.
    private static bool IsBlank(string text) => text.AsSpan().Trim(' ').IsEmpty;

    private static bool ReadsAsRemark(string text) => text is ['(', .., ')'] or ['#' or '*' or '©', ..] || text.Contains(": ", StringComparison.Ordinal);

    private static List<(int Start, int End)> LinesOf(ReadOnlySpan<byte> text)
    {
        var lines = new List<(int, int)>();
        var start = 0;
        while (start < text.Length)
        {
            var length = text[start..].IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var found ? found : text.Length - start;
            lines.Add((start, start + length));
            start += length + (text[(start + length)..].StartsWith("\r\n"u8) ? 2 : 1);
        }

        return lines;
    }
}
