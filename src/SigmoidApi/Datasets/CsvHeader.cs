using System.Text;

namespace SigmoidApi.Datasets;

/// <summary>The first record of a CSV file: the names of its columns, and where the rows begin.</summary>
/// <param name="Columns">The names as written, without their quotes.</param>
/// <param name="Length">Bytes up to the first row, a byte order mark and the line end included.</param>
/// <param name="Lines">Lines that the header takes; more than one where a quoted name holds a line break.</param>
/// <param name="LineEnd">How the header's line ends; <see cref="CsvLineEnd.None"/> where the file ends with it.</param>
public sealed record CsvHeader(IReadOnlyList<string> Columns, int Length, long Lines, CsvLineEnd LineEnd)
{
    /// <summary>A header of more bytes than this is refused.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the header from the start of <paramref name="file"/>.</summary>
    /// <exception cref="InvalidDatasetException">No header, a name that is empty, repeated or not UTF-8, or quotes that do not match.</exception>
    /// <exception cref="DatasetTooLargeException">More columns than <paramref name="maxColumns"/>.</exception>
    public static CsvHeader Read(Stream file, int maxColumns)
    {
        var buffer = new byte[Math.Min(MaxBytes, file.Length)];
        file.Position = 0;
        file.ReadExactly(buffer);
        var header = Parse(buffer, wholeFile: buffer.Length == file.Length);
        if (header.Columns.Count > maxColumns)
            throw new DatasetTooLargeException($"The file has {header.Columns.Count} columns; at most {maxColumns} are taken (Datasets:MaxColumns).");
        CheckNames(header.Columns);
        return header;
    }

    private static CsvHeader Parse(ReadOnlySpan<byte> text, bool wholeFile)
    {
        if (text.StartsWith([(byte)0xFF, (byte)0xFE]) || text.StartsWith([(byte)0xFE, (byte)0xFF]))
            throw new InvalidDatasetException(1, null, "expected UTF-8; the file starts as UTF-16 does");
        var position = text.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        if (position == text.Length)
            throw new InvalidDatasetException(1, null, "expected a header with the names of the columns; the file is empty");

        var columns = new List<string>();
        var lines = 1L;
        while (true)
        {
            columns.Add(text[position..] is [(byte)'"', ..]
                ? Quoted(text, ref position, ref lines, columns.Count + 1)
                : Unquoted(text, ref position, lines, columns.Count + 1));
            if (position == text.Length && !wholeFile)
                throw new InvalidDatasetException(1, null, $"expected a header of at most {MaxBytes} bytes");
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
                return new CsvHeader(columns, position, lines, lineEnd);
        }
    }

    private static string Unquoted(ReadOnlySpan<byte> text, ref int position, long line, int number)
    {
        var rest = text[position..];
        var length = rest.IndexOfAny((byte)',', (byte)'\r', (byte)'\n');
        var name = Decode(length < 0 ? rest : rest[..length], line, number);
        if (name.Contains('"', StringComparison.Ordinal))
            throw new InvalidDatasetException(line, name, $"expected the name of column {number} in quotes, with its own quotes doubled, as it holds a quote");
        position += length < 0 ? rest.Length : length;
        return name;
    }

    private static string Quoted(ReadOnlySpan<byte> text, ref int position, ref long lines, int number)
    {
        var line = lines;
        var start = position + 1;
        var end = start;
        while (true)
        {
            var length = text[end..].IndexOf((byte)'"');
            if (length < 0)
                throw new InvalidDatasetException(line, null, $"the quote that opens the name of column {number} is never closed");
            end += length;
            if (text[(end + 1)..] is not [(byte)'"', ..])
                break;
            end += 2;
        }

        var name = Decode(text[start..end], line, number).Replace("\"\"", "\"", StringComparison.Ordinal);
        position = end + 1;
        if (text[position..] is not ([] or [(byte)',' or (byte)'\r' or (byte)'\n', ..]))
            throw new InvalidDatasetException(line, name, $"expected a comma or the end of the line after the quoted name of column {number}");
        lines += name.ReplaceLineEndings("\n").Count(character => character == '\n');
        return name;
    }

    private static string Decode(ReadOnlySpan<byte> name, long line, int number)
    {
        try
        {
            return StrictUtf8.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDatasetException(line, null, $"expected UTF-8; the name of column {number} is not");
        }
    }

    private static void CheckNames(IReadOnlyList<string> columns)
    {
        var errors = new List<DatasetError>();
        var seen = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < columns.Count; i++)
        {
            var name = columns[i];
            if (string.IsNullOrWhiteSpace(name))
                errors.Add(new(1, null, $"column {i + 1} has no name"));
            else if (name.Contains('\0', StringComparison.Ordinal))
                errors.Add(new(1, name, $"the name of column {i + 1} holds a NUL character"));
            else if (!seen.TryAdd(name, i))
                // DuckDB, and SQL with it, takes names that differ only in case for the same.
                errors.Add(new(1, name, $"column {i + 1} has the name of column {seen[name] + 1} (upper and lower case are not told apart)"));
        }

        if (errors.Count > 0)
            throw new InvalidDatasetException([.. errors.Take(InvalidDatasetException.MaxErrors)], errors.Count);
    }
}

/// <summary>How the lines of a file end.</summary>
public enum CsvLineEnd
{
    None,
    Lf,
    CrLf,
    Cr,
}
