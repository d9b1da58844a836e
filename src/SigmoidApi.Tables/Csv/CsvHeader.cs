using System.Globalization;
using System.Text;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Csv;

/// <summary>The names of a file's columns, and where its rows begin.</summary>
/// <param name="Columns">The names without quotes and surrounding blanks; <c>x1</c>, <c>x2</c>, … if there is no header.</param>
/// <param name="Preamble">What precedes the header, or the first row if there is no header.</param>
/// <param name="Length">The position of the first row, in bytes: after the preamble and the header's line end.</param>
/// <param name="Lines">The number of lines before the first row; a quoted name may hold line breaks.</param>
/// <param name="LineEnd">How the header's line ends; <see cref="CsvLineEnd.None"/> at the end of the file.</param>
internal sealed record CsvHeader(IReadOnlyList<string> Columns, CsvPreamble Preamble, int Length, long Lines, CsvLineEnd LineEnd)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the header from the start of <paramref name="file"/>, or counts the cells of the first record if there is no header.</summary>
    /// <exception cref="InvalidDatasetException">The file is empty, a name is repeated or not UTF-8, or quotes do not match.</exception>
    /// <exception cref="DatasetTooLargeException">There are more columns than <paramref name="maxColumns"/>.</exception>
    public static CsvHeader Read(Stream file, CsvPreamble preamble, CsvDialect dialect, int maxColumns, int maxNameLength, int maxBytes)
    {
        var buffer = new byte[Math.Min(maxBytes, file.Length)];
        file.Position = 0;
        file.ReadExactly(buffer);
        var header = Parse(buffer, preamble, dialect, maxBytes, wholeFile: buffer.Length == file.Length);
        if (header.Columns.Count > maxColumns)
            throw new DatasetTooLargeException($"The file has {header.Columns.Count} columns; at most {maxColumns} are taken (Datasets:MaxColumns).");
        if (!dialect.Header)
        {
            var names = header.Columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"x{i + 1}"));
            return new([.. names], header.Preamble, header.Preamble.Length, header.Preamble.Lines, CsvLineEnd.None);
        }

        header = header with { Columns = ColumnNames.Given(header.Columns) };
        ColumnNames.Check(header.Columns, maxNameLength, header.Preamble.Lines + 1);
        return header;
    }

    private static CsvHeader Parse(ReadOnlySpan<byte> text, CsvPreamble preamble, CsvDialect dialect, int maxBytes, bool wholeFile)
    {
        var position = preamble.Length;
        if (position == text.Length)
            throw new InvalidDatasetException(1, null, "expected a header with the names of the columns; the file is empty");

        var columns = new List<string>();
        var lines = preamble.Lines + 1L;
        while (true)
        {
            columns.Add(text[position..] is [var first, ..] && first == dialect.Quote
                ? Quoted(text, dialect, ref position, ref lines, columns.Count + 1, maxBytes, wholeFile)
                : Unquoted(text, dialect, ref position, lines, columns.Count + 1, maxBytes, wholeFile));
            var (lineEnd, length) = text[position..] switch
            {
                [] => (CsvLineEnd.None, 0),
                [(byte)'\r', (byte)'\n', ..] => (CsvLineEnd.CrLf, 2),
                [(byte)'\r', ..] => (CsvLineEnd.Cr, 1),
                [(byte)'\n', ..] => (CsvLineEnd.Lf, 1),
                _ => (CsvLineEnd.None, 1),
            };
            var ended = lineEnd != CsvLineEnd.None || length == 0;
            position += length;
            if (ended)
                return new CsvHeader(columns, preamble, position, lines, lineEnd);
        }
    }

    private static string Unquoted(ReadOnlySpan<byte> text, CsvDialect dialect, ref int position, long line, int number, int maxBytes, bool wholeFile)
    {
        var rest = text[position..];
        var length = rest.IndexOfAny((byte)dialect.Delimiter, (byte)'\r', (byte)'\n');
        if (length < 0 && !wholeFile)
            throw TooLong(line, maxBytes);
        var name = Decode(length < 0 ? rest : rest[..length], dialect, line, number);
        if (dialect is { Header: true, Quote: { } quote } && name.Contains(quote, StringComparison.Ordinal))
        {
            throw new InvalidDatasetException(
                line, ShownText.Short(name), $"expected the name of column {number} in quotes, with its own quotes doubled, as it holds a quote");
        }

        position += length < 0 ? rest.Length : length;
        return name;
    }

    private static string Quoted(ReadOnlySpan<byte> text, CsvDialect dialect, ref int position, ref long lines, int number, int maxBytes, bool wholeFile)
    {
        var quote = (byte)dialect.Quote!.Value;
        var line = lines;
        var start = position + 1;
        var end = start;
        while (true)
        {
            var length = text[end..].IndexOf(quote);
            if (length < 0 && !wholeFile)
                throw TooLong(line, maxBytes);
            if (length < 0)
                throw new InvalidDatasetException(line, null, $"the quote that opens the name of column {number} is never closed");
            end += length;
            if (end == text.Length - 1 && !wholeFile)
                throw TooLong(line, maxBytes);
            if (text[(end + 1)..] is not [var next, ..] || next != quote)
                break;
            end += 2;
        }

        var name = Decode(text[start..end], dialect, line, number)
            .Replace(new string(dialect.Quote.Value, 2), dialect.Quote.ToString(), StringComparison.Ordinal);
        position = end + 1;
        if (text[position..] is [var after, ..] && after != dialect.Delimiter && after is not ((byte)'\r' or (byte)'\n'))
        {
            throw new InvalidDatasetException(
                line, ShownText.Short(name), $"expected a delimiter or the end of the line after the quoted name of column {number}");
        }

        lines += name.ReplaceLineEndings("\n").Count(character => character == '\n');
        return name;
    }

    private static InvalidDatasetException TooLong(long line, int maxBytes) =>
        new(line, null, $"expected a header of at most {maxBytes} bytes (Datasets:MaxHeaderBytes)");

    private static string Decode(ReadOnlySpan<byte> name, CsvDialect dialect, long line, int number)
    {
        try
        {
            // Without a header this is a cell of the first row, which the scan checks.
            return dialect.Header ? StrictUtf8.GetString(name) : Encoding.UTF8.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDatasetException(
                line,
                null,
                $"expected the name of column {number} in UTF-8, or the file's own encoding in the Content-Type (charset=windows-1252); "
                    + $"got other bytes: {ShownText.Of(name)}");
        }
    }
}
