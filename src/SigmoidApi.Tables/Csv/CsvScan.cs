using System.Numerics;
using System.Runtime.Intrinsics;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Reads a file of separated values once: tells what each column holds, and every row and cell that is malformed, by line and column. DuckDB reads what passes, with
/// the types that were found here: it infers types from a sample, takes <c>+-1</c>, <c>1_000</c> and a comma too many, counts records and not lines, and
/// <c>store_rejects</c> keeps the whole line for each bad cell of it, so that a small hostile file exhausts the memory.
/// The scan is one table look-up a byte, about a tenth of an import.
/// </summary>
internal sealed class CsvScan
{
    private const int BufferBytes = 128 * 1024;

    private readonly byte[] _table;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<DatasetError> _errors = [];
    private readonly long[] _firstLineEndingIn = new long[4];
    private readonly CsvDialect _dialect;
    private readonly CsvHeader _header;
    private readonly WrittenColumn[] _columns;
    private readonly CsvCells _cells;
    private readonly byte _delimiter;
    private long _errorCount;
    private long _rows;
    private long _line;
    private long _rowLine;
    private long _cellLine;
    private int _column;
    private bool _isCut;

    private readonly long _end;

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
        _firstLineEndingIn[(int)header.LineEnd] = header.Lines;
    }

    /// <summary>
    /// Scans what follows <paramref name="header"/> in <paramref name="file"/> up to <paramref name="end"/>; empty lines are passed over.
    /// </summary>
    /// <param name="file">To be read from its header on.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="end">Where the rows end, in bytes.</param>
    /// <param name="dialect">How the file is written.</param>
    /// <param name="column">Makes the column of a name.</param>
    /// <param name="maxRows">How many rows are taken.</param>
    /// <param name="cancellationToken">Looked at every buffer of the file.</param>
    /// <returns>Null where <paramref name="end"/> is within a cell in quotes: rows go on behind it.</returns>
    /// <exception cref="InvalidDatasetException">A row has more or fewer cells than the header, a quote is not closed, a cell is not UTF-8, or there is no row.</exception>
    /// <exception cref="DatasetTooLargeException">More rows than <paramref name="maxRows"/>.</exception>
    public static CsvScanResult? Run(
        Stream file, CsvHeader header, long end, CsvDialect dialect, Func<string, WrittenColumn> column, long maxRows, CancellationToken cancellationToken)
    {
        var scan = new CsvScan(header, dialect, end, column);
        file.Position = header.Length;
        scan.Read(file, cancellationToken);
        if (scan._isCut)
            return null;
        scan.CheckLineEnds();
        if (scan._rows == 0)
            scan.Add(new(header.Lines + 1, null, "expected at least one row below the header"));
        if (scan._errorCount > 0)
            throw new InvalidDatasetException(scan._errors, scan._errorCount);
        if (scan._rows > maxRows)
            throw new DatasetTooLargeException($"The file has {scan._rows} rows; at most {maxRows} are taken (Datasets:MaxRows).");
        return new(scan._rows, scan._columns, HasMixedLineEnds: scan._firstLineEndingIn.Skip(1).Count(line => line > 0) > 1, scan._line);
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
                // A cell that fills the buffer is no number that anyone wrote: its beginning is enough to show.
                state = state >= CsvGrammar.Quoted && state < CsvGrammar.ClosedNumber ? (byte)(CsvGrammar.Quoted + CsvGrammar.Wrong) : CsvGrammar.Wrong;
                carried = ShownText.MostBytes;
                _buffer[carried - 1] = _buffer[^1]; // for a CRLF that the cut goes through
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

    /// <summary>Goes on from <paramref name="position"/> to <paramref name="end"/> of the buffer; returns where the unfinished cell starts.</summary>
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
                MergeIntoCrLf();
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
    /// Takes plain numbers of less than a vector, each followed by a delimiter, from <paramref name="position"/> on: a few instructions a cell, where the table takes as
    /// many for each byte of it. Returns where a cell begins that is none, or is the last of its line.
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
        ref var first = ref _firstLineEndingIn[(int)lineEnd];
        if (first == 0)
            first = _line;
        _rowLine = _cellLine = ++_line;
    }

    // The CR was counted as an end of its own; the line is the one before.
    private void MergeIntoCrLf()
    {
        var line = _line - 1;
        ref var cr = ref _firstLineEndingIn[(int)CsvLineEnd.Cr];
        if (cr == line)
            cr = 0;
        ref var crLf = ref _firstLineEndingIn[(int)CsvLineEnd.CrLf];
        if (crLf == 0)
            crLf = line;
    }

    private void CountQuotedLine(ReadOnlySpan<byte> buffer, int i)
    {
        // A CRLF is one line; the cell's own quote precedes its first byte, so that i - 1 is in the cell.
        if (buffer[i] == (byte)'\r' || buffer[i - 1] != (byte)'\r')
            _line++;
    }

    // LF and CRLF are the same to everybody; a CR alone beside them is damage, or part of a text.
    private void CheckLineEnds()
    {
        if (_firstLineEndingIn[(int)CsvLineEnd.Cr] == 0 || _firstLineEndingIn.Skip(1).Count(line => line > 0) < 2)
            return;
        var second = _firstLineEndingIn.Skip(1).Where(line => line > 0).Order().ElementAt(1);
        Add(new(second, null, "expected every line to end alike; this one ends differently from those before it (LF, CRLF and CR are mixed)"));
    }

    private void Add(DatasetError error)
    {
        if (_errors.Count < InvalidDatasetException.MaxErrors)
            _errors.Add(error);
        _errorCount++;
    }
}

/// <summary>What a scan has found: rows, what each column holds, whether lines end in LF and in CRLF, and the line on which it ended.</summary>
internal sealed record CsvScanResult(long Rows, IReadOnlyList<WrittenColumn> Columns, bool HasMixedLineEnds, long LastLine);
