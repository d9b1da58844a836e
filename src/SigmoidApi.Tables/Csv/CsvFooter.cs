using System.Text;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Lines below the last row that are not rows: <c>Total: 3 rows</c>, <c>(3 rows)</c>, <c>Source: …</c>. They are skipped only in clear cases: each has one
/// text, in its first cell, and there is an empty line above them, or the first column has no texts, or they look like remarks. Anything else may be a row
/// that was cut off.
/// </summary>
/// <param name="End">The end of the rows, in bytes.</param>
/// <param name="Lines">The numbers of the skipped lines; the first line after <paramref name="End"/> is 0.</param>
internal readonly record struct CsvFooter(long End, IReadOnlyList<int> Lines)
{
    private const int MostBytes = 64 * 1024;
    private const int MostLines = 20;

    /// <summary>The empty footer of a file whose last line is a row.</summary>
    public static CsvFooter None(Stream file) => new(file.Length, []);

    /// <param name="file">Separated values in UTF-8.</param>
    /// <param name="start">The position of the first row.</param>
    /// <param name="dialect">How the file is written.</param>
    /// <param name="columns">The number of cells in a row.</param>
    /// <param name="isOverValues">Whether the first column has only numbers, dates, true and false.</param>
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
        // Line 0 may be cut off; if it is not, it is a row.
        for (var i = lines.Count - 1; i > 0 && footer.Count + empty.Count <= MostLines; i--)
        {
            var text = TextOf(i);
            if (IsBlank(text))
                continue;
            // A quote is open: the line is the end of a quoted cell.
            if (text.Count(character => character == dialect.Quote) % 2 > 0)
                break;
            if (IsEmpty(text))
                empty.Insert(0, i);
            else if (IsFooter(text, i))
                (footer, empty) = ([i, .. empty, .. footer], []);
            else if (CsvTitle.IsRemark(RecordOf(text), columns))
                // A footer only if a line above is one.
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

        // Lines of only blanks are not rows, but readers skip only lines that are entirely empty.
        CsvFooter WithoutBlanks()
        {
            var last = lines.Count;
            while (last > 1 && dialect.Delimiter != ' ' && IsBlank(TextOf(last - 1)))
                last--;
            return last == lines.Count ? none : new(file.Length - tail.Length + lines[last].Start, []);
        }

        List<string> RecordOf(string text) => CsvSample.Records(text, dialect.Delimiter, dialect.Quote, isWholeFile: true)[0];

        // Counts as empty only next to a footer; otherwise it may be a row without values.
        bool IsEmpty(string text) => CsvTitle.IsEmpty(RecordOf(text));

        bool IsFooter(string text, int line)
        {
            var record = RecordOf(text);
            return CsvTitle.IsRemark(record, columns) && (isOverValues || IsGap(TextOf(line - 1)) || (record.Count == 1 && ReadsAsRemark(record[0])));
        }

        bool IsGap(string text) => IsBlank(text) || IsEmpty(text);

        string TextOf(int line) => Encoding.UTF8.GetString(tail.AsSpan()[lines[line].Start..lines[line].End]);
    }

    // Tabs don't count as blank: a tab may be the delimiter.
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
