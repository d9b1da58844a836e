using System.Numerics;
using System.Runtime.Intrinsics;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Reads a file of separated values once and splits it into rows and cells. It finds what each column holds, and reports malformed rows and cells by line and
/// column. DuckDB then reads the file with the types found here. DuckDB's own detection would not do: it infers types from a sample, accepts <c>+-1</c>,
/// <c>1_000</c> and an extra comma, and counts records instead of lines; and <c>store_rejects</c> keeps the whole line for each bad cell, so that a small
/// hostile file exhausts the memory. The scan takes one table look-up for each byte, about a tenth of an import.
/// </summary>
internal sealed class CsvScan
{
    private const int BufferBytes = 128 * 1024;

    private readonly byte[] _table;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<DatasetError> _errors = [];
    private readonly CsvLineEnds _lineEnds;
    private readonly CsvDialect _dialect;
    private readonly CsvHeader _header;
    private readonly WrittenColumn[] _columns;
    private readonly CsvCells _cells;
    private readonly byte _delimiter;
    private readonly long _end;
    private long _errorCount;
    private long _rows;
    private long _line;
    private long _rowLine;
    private long _cellLine;
    private int _column;
    private bool _isCut;

    private CsvScan(CsvHeader header, CsvDialect dialect, long end, Func<string, WrittenColumn> column)
    {
        _end = end;
        _header = header;
        _dialect = dialect;
        _table = CsvGrammar.BuildTable(dialect);
        _delimiter = (byte)dialect.Delimiter;
        _columns = [.. header.Columns.Select(column)];
        _cells = new(dialect, Add);
        _line = header.Lines + 1;
        _rowLine = _cellLine = _line;
        _lineEnds = new(header.LineEnd, header.Lines);
    }

    /// <summary>Scans the rows between <paramref name="header"/> and <paramref name="end"/>. Empty lines are skipped.</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="end">The end of the rows, in bytes.</param>
    /// <param name="dialect">How the file is written.</param>
    /// <param name="column">Creates the column for a name.</param>
    /// <param name="maxRows">The most rows.</param>
    /// <param name="cancellationToken">Checked for every buffer of the file.</param>
    /// <returns>Null if <paramref name="end"/> lies within a quoted cell: then the rows go on after it.</returns>
    /// <exception cref="InvalidDatasetException">
    /// A row has more or fewer cells than the header, a quote is not closed, a cell is not UTF-8, or there are no rows.
    /// </exception>
    /// <exception cref="DatasetTooLargeException">There are more rows than <paramref name="maxRows"/>.</exception>
    public static CsvScanResult? Run(
        Stream file, CsvHeader header, long end, CsvDialect dialect, Func<string, WrittenColumn> column, long maxRows, CancellationToken cancellationToken)
    {
        var scan = new CsvScan(header, dialect, end, column);
        file.Position = header.Length;
        scan.Read(file, cancellationToken);
        if (scan._isCut)
            return null;
        if (scan._lineEnds.FirstWrong() is { } line)
            scan.Add(new(line, null, "expected every line to end alike; this one ends differently from those before it (LF, CRLF and CR are mixed)"));
        if (scan._rows == 0)
            scan.Add(new(header.Lines + 1, null, "expected at least one row below the header"));
        if (scan._errorCount > 0)
            throw new InvalidDatasetException(scan._errors, scan._errorCount);
        if (scan._rows > maxRows)
            throw new DatasetTooLargeException($"The file has {scan._rows} rows; at most {maxRows} are taken (Datasets:MaxRows).");
        return new(scan._rows, scan._columns, scan._lineEnds.AreMixed, scan._line);
    }

    private void Read(Stream file, CancellationToken cancellationToken)
    {
        var state = CsvGrammar.Start;
        var carried = 0; // bytes at the start of the buffer that belong to an unfinished cell
        int read;
        while ((read = file.ReadAtLeast(_buffer.AsSpan(carried, Free(file, carried)), Free(file, carried), throwOnEndOfStream: false)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var filled = carried + read;
            var cellStart = Scan(filled, carried, ref state);
            if (cellStart == 0 && filled == BufferBytes)
            {
                // A cell that fills the buffer is not a number. Its beginning is enough for an error message.
                state = state >= CsvGrammar.Quoted && state < CsvGrammar.ClosedNumber ? (byte)(CsvGrammar.Quoted + CsvGrammar.Wrong) : CsvGrammar.Wrong;
                carried = ShownText.MostBytes;
                _buffer[carried - 1] = _buffer[^1]; // keeps the CR of a CRLF that the buffer's end splits
            }
            else
            {
                carried = filled - cellStart;
                _buffer.AsSpan(cellStart, carried).CopyTo(_buffer);
            }
        }

        if (state >= CsvGrammar.Quoted && state < CsvGrammar.ClosedNumber)
        {
            _isCut = _end < file.Length;
            Add(new(_cellLine, ColumnName, "the quote that opens this cell is never closed"));
            _rows++;
        }
        else if (carried > 0 || _column > 0)
        {
            EndCell(_buffer.AsSpan(0, carried), state);
            EndRow();
        }
    }

    private int Free(Stream file, int carried) => (int)Math.Min(BufferBytes - carried, _end - file.Position);

    /// <summary>Scans the buffer from <paramref name="position"/> to <paramref name="end"/>; returns the start of the unfinished cell.</summary>
    private int Scan(int end, int position, ref byte state)
    {
        var table = _table;
        var buffer = _buffer;
        var delimiter = _delimiter;
        var current = state;
        var cellStart = 0;
        for (var i = position; i < end; i++)
        {
            if (current == CsvGrammar.Start && i == cellStart)
            {
                i = SkipNumbers(buffer.AsSpan(0, end), i);
                cellStart = i;
                if (i == end)
                    break;
            }

            var value = buffer[i];
            var next = table[(current << 8) + value];
            if (next != CsvGrammar.End)
            {
                if (value is (byte)'\n' or (byte)'\r')
                    CountQuotedLine(buffer, i);
                current = next;
                continue;
            }

            var afterCr = current == CsvGrammar.AfterCr;
            var cell = buffer.AsSpan(cellStart, i - cellStart);
            cellStart = i + 1;
            if (value == delimiter)
            {
                EndCell(cell, current);
                current = CsvGrammar.Start;
            }
            else if (value == (byte)'\n' && afterCr)
            {
                // The CR was counted as a line end of its own.
                _lineEnds.MergeIntoCrLf(_line - 1);
                current = CsvGrammar.Start;
            }
            else
            {
                if (_column > 0 || !cell.IsEmpty)
                {
                    EndCell(cell, current);
                    EndRow();
                }

                EndLine(value == (byte)'\n' ? CsvLineEnd.Lf : CsvLineEnd.Cr);
                current = value == (byte)'\r' ? CsvGrammar.AfterCr : CsvGrammar.Start;
            }
        }

        state = current;
        return cellStart;
    }

    /// <summary>
    /// Reads plain numbers that are shorter than a vector and followed by a delimiter. This takes a few instructions for each cell; the table takes as many for
    /// each byte. Returns the start of the first cell that is not such a number.
    /// </summary>
    private int SkipNumbers(ReadOnlySpan<byte> text, int position)
    {
        var delimiters = Vector256.Create(_delimiter);
        var points = Vector256.Create((byte)_dialect.DecimalPoint);
        var zeros = Vector256.Create((byte)'0');
        var nines = Vector256.Create((byte)9);
        while (position + Vector256<byte>.Count <= text.Length && _column < _columns.Length)
        {
            var bytes = Vector256.LoadUnsafe(in text[position]);
            var ends = Vector256.Equals(bytes, delimiters).ExtractMostSignificantBits();
            if (ends == 0)
                break;
            var length = BitOperations.TrailingZeroCount(ends);
            var cell = (1u << length) - 1;
            var digits = Vector256.LessThanOrEqual(bytes - zeros, nines).ExtractMostSignificantBits() & cell;
            var others = cell & ~digits;
            if (text[position] == (byte)'-')
                others &= ~1u;
            var isWhole = others == 0;
            if (digits == 0 || !(isWhole || (BitOperations.IsPow2(others) && (Vector256.Equals(bytes, points).ExtractMostSignificantBits() & others) != 0)))
                break;
            _cells.AddShort(_columns[_column], text.Slice(position, length), isWhole ? CsvGrammar.Integer : CsvGrammar.Fraction, _cellLine);
            _column++;
            position += length + 1;
        }

        return position;
    }

    private string? ColumnName => _column < _header.Columns.Count ? _header.Columns[_column] : null;

    private void EndCell(ReadOnlySpan<byte> cell, byte state)
    {
        if (_column < _columns.Length)
        {
            var column = _columns[_column];
            if (CsvGrammar.IsNumber(state))
                _cells.AddNumber(column, cell, state, _cellLine);
            else
                _cells.AddOther(column, cell, state, _cellLine);
        }

        _column++;
        _cellLine = _line;
    }

    private void EndRow()
    {
        _rows++;
        var expected = _header.Columns.Count;
        if (_column < expected)
            Add(new(_rowLine, _header.Columns[_column], $"expected {expected} cells; the row has {_column}"));
        else if (_column > expected)
            Add(new(_rowLine, null, $"expected {expected} cells; the row has {_column}"));
        _column = 0;
    }

    private void EndLine(CsvLineEnd lineEnd)
    {
        _lineEnds.Add(lineEnd, _line);
        _rowLine = _cellLine = ++_line;
    }

    private void CountQuotedLine(ReadOnlySpan<byte> buffer, int i)
    {
        // A CRLF ends one line. Within quotes, i - 1 is never before the cell, because the opening quote comes first.
        if (buffer[i] == (byte)'\r' || buffer[i - 1] != (byte)'\r')
            _line++;
    }


    private void Add(DatasetError error)
    {
        if (_errors.Count < InvalidDatasetException.MaxErrors)
            _errors.Add(error);
        _errorCount++;
    }
}

/// <summary>The result of a scan.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">What each column holds.</param>
/// <param name="HasMixedLineEnds">Whether some lines end in LF and others in CRLF.</param>
/// <param name="LastLine">The line on which the scan ended.</param>
internal sealed record CsvScanResult(long Rows, IReadOnlyList<WrittenColumn> Columns, bool HasMixedLineEnds, long LastLine);
