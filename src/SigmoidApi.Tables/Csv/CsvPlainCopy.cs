namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Copies a file of separated values into the form that DuckDB expects: all lines end alike, and the header is the first line. Other files need no copy. The
/// scan and this copy read cells with the same automaton.
/// </summary>
internal static class CsvPlainCopy
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>
    /// Copies the bytes from <paramref name="start"/> to <paramref name="end"/> and ends every line with LF. Line ends within quotes stay as they are.
    /// </summary>
    public static void Write(Stream file, long start, long end, CsvDialect dialect, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var copy = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var table = CsvGrammar.BuildTable(dialect);
        var (read, written) = (new byte[BufferBytes], new byte[BufferBytes]);
        var state = CsvGrammar.Start;
        file.Position = start;
        int length;
        while ((length = file.Read(read, 0, (int)Math.Min(read.Length, end - file.Position))) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = 0;
            foreach (var value in read.AsSpan(0, length))
            {
                var next = table[(state << 8) + value];
                if (next != CsvGrammar.End || value == dialect.Delimiter)
                    written[count++] = value;
                else if (value == (byte)'\r' || state != CsvGrammar.AfterCr)
                    written[count++] = (byte)'\n';
                state = next != CsvGrammar.End ? next : value == (byte)'\r' ? CsvGrammar.AfterCr : CsvGrammar.Start;
            }

            copy.Write(written, 0, count);
        }
    }
}
