using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Finds the lines on which rows of separated values begin. Quoted cells may span several lines, and empty lines are not rows. Cells are read with the
/// automaton of the scan.
/// </summary>
internal static class CsvLines
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="received">A file that has passed <see cref="CsvScan"/>.</param>
    /// <param name="dialect">How the file is written.</param>
    /// <param name="header">Where the rows begin.</param>
    /// <param name="rows">The rows to find, counted from 0.</param>
    /// <param name="cancellationToken">Checked for every buffer of the file.</param>
    /// <returns>The line of each row, counted from 1.</returns>
    public static Dictionary<long, long> Find(
        TableFile received, CsvDialect dialect, CsvHeader header, IReadOnlySet<long> rows, CancellationToken cancellationToken)
    {
        var lines = new Dictionary<long, long>();
        using var file = received.Open();
        file.Position = header.Length;
        var (table, last) = (CsvGrammar.BuildTable(dialect), rows.Max());
        var (row, line, inRow) = (-1L, header.Lines + 1L, false);
        var state = header.LineEnd == CsvLineEnd.Cr ? CsvGrammar.AfterCr : CsvGrammar.Start;
        var previous = state == CsvGrammar.AfterCr ? (byte)'\r' : (byte)0;
        var buffer = new byte[BufferBytes];
        int read;
        while (row < last && (read = file.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var value in buffer.AsSpan(0, read))
            {
                var next = table[(state << 8) + value];
                var endsRow = next == CsvGrammar.End && value != dialect.Delimiter;
                if (!endsRow && !inRow && rows.Contains(++row))
                    lines[row] = line;
                inRow = !endsRow;
                // A CRLF ends one line.
                if (value == (byte)'\r' || (value == (byte)'\n' && previous != (byte)'\r'))
                    line++;
                state = next != CsvGrammar.End ? next : value == (byte)'\r' ? CsvGrammar.AfterCr : CsvGrammar.Start;
                previous = value;
            }
        }

        return lines;
    }
}
