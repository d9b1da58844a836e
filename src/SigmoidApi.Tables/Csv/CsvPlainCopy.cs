namespace SigmoidApi.Tables.Csv;

/// <summary>
/// A copy of a file of separated values as DuckDB reads it: it takes the first line end for all, and the first line for the header. Made only of files that
/// are otherwise; the scan and this copy cut cells by the same automaton.
/// </summary>
internal static class CsvPlainCopy
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>
    /// Writes what is from <paramref name="start"/> to <paramref name="end"/> in <paramref name="file"/>, every line ended by LF. Line ends within quotes stay.
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
