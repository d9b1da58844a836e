using SigmoidApi.Datasets.Formats;

namespace SigmoidApi.Datasets.Import;

/// <summary>On which lines rows of separated values begin: quoted cells may go over several, and empty lines are no rows.</summary>
internal static class CsvLines
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="path">A file that has passed <see cref="CsvScan"/>.</param>
    /// <param name="dialect">How it is written.</param>
    /// <param name="header">Where its rows begin.</param>
    /// <param name="rows">The rows that are looked for, counted from 0.</param>
    /// <param name="lines">Gets the line of each, counted from 1.</param>
    /// <param name="cancellationToken">Looked at every buffer of the file.</param>
    public static void Find(
        string path, CsvDialect dialect, CsvHeader header, HashSet<long> rows, Dictionary<long, long> lines, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        file.Position = header.Length;
        var (delimiter, quote, last) = ((byte)dialect.Delimiter, (byte)(dialect.Quote ?? '\0'), rows.Max());
        var (row, line) = (-1L, header.Lines + 1L);
        var (inRow, atCellStart, isQuoted, hasClosed, afterCr) = (false, true, false, false, header.LineEnd == CsvLineEnd.Cr);
        var buffer = new byte[BufferBytes];
        int read;
        while (row < last && (read = file.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var value in buffer.AsSpan(0, read))
            {
                var isLineEnd = value is (byte)'\n' or (byte)'\r';
                if (value == (byte)'\n' && afterCr)
                {
                    afterCr = false;
                    continue;
                }

                afterCr = value == (byte)'\r';
                if (isLineEnd)
                    line++;
                if (isLineEnd && !isQuoted)
                {
                    (inRow, atCellStart, hasClosed) = (false, true, false);
                    continue;
                }

                if (!inRow)
                {
                    inRow = true;
                    if (rows.Contains(++row))
                        lines[row] = line;
                }

                // A doubled quote closes the cell and opens it again.
                var isQuote = dialect.Quote is not null && value == quote && (isQuoted || atCellStart || hasClosed);
                hasClosed = isQuote && isQuoted;
                isQuoted ^= isQuote;
                atCellStart = !isQuoted && value == delimiter;
            }
        }
    }
}
