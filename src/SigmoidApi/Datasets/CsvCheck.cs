using System.Buffers;
using System.Globalization;
using System.Text;

namespace SigmoidApi.Datasets;

/// <summary>
/// Reads a numeric CSV file once and tells every cell and row in it that is wrong: line, column, and what came instead of a number.
/// DuckDB reads what passes. Its own checks are not enough for that: it takes <c>+-1</c>, <c>1_000</c>, <c>nan</c> and a comma too many, counts records and not
/// lines, and <c>store_rejects</c> keeps the whole line for each bad cell of it, so that a small hostile file exhausts the memory.
/// The check is one table look-up a byte, about a tenth of an import.
/// </summary>
internal sealed class CsvCheck
{
    private const int BufferBytes = 128 * 1024;
    private const int ShownCharacters = 40;
    private const int ShownBytes = 4 * ShownCharacters;

    private readonly byte[] _table = CsvGrammar.BuildTable();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<DatasetError> _errors = [];
    private readonly long[] _firstLineEndingIn = new long[4];
    private readonly CsvHeader _header;
    private long _errorCount;
    private long _rows;
    private long _line;
    private long _rowLine;
    private long _cellLine;
    private int _column;

    private CsvCheck(CsvHeader header)
    {
        _header = header;
        _line = header.Lines + 1;
        _rowLine = _cellLine = _line;
        _firstLineEndingIn[(int)header.LineEnd] = header.Lines;
    }

    /// <summary>Checks what follows <paramref name="header"/> in <paramref name="file"/>; lines without any character are passed over.</summary>
    /// <returns>The number of rows.</returns>
    /// <exception cref="InvalidDatasetException">A cell is no finite number, a row has more or fewer cells than the header, or there is no row.</exception>
    /// <exception cref="DatasetTooLargeException">More rows than <paramref name="maxRows"/>.</exception>
    public static long CountRows(Stream file, CsvHeader header, long maxRows, CancellationToken cancellationToken)
    {
        var check = new CsvCheck(header);
        file.Position = header.Length;
        check.Read(file, cancellationToken);
        check.CheckLineEnds();
        if (check._rows == 0)
            check.Add(new(header.Lines + 1, null, "expected at least one row below the header"));
        if (check._errorCount > 0)
            throw new InvalidDatasetException(check._errors, check._errorCount);
        if (check._rows > maxRows)
            throw new DatasetTooLargeException($"The file has {check._rows} rows; at most {maxRows} are taken (Datasets:MaxRows).");
        return check._rows;
    }

    private void Read(Stream file, CancellationToken cancellationToken)
    {
        var state = CsvGrammar.Start;
        var carried = 0; // bytes at the start of the buffer that belong to an unfinished cell
        int read;
        while ((read = file.ReadAtLeast(_buffer.AsSpan(carried), BufferBytes - carried, throwOnEndOfStream: false)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var filled = carried + read;
            var cellStart = Scan(filled, carried, ref state);
            if (cellStart == 0 && filled == BufferBytes)
            {
                // A cell that fills the buffer is no number that anyone wrote: its beginning is enough to show.
                state = state >= CsvGrammar.Quoted && state < CsvGrammar.ClosedNumber ? (byte)(CsvGrammar.Quoted + CsvGrammar.Wrong) : CsvGrammar.Wrong;
                carried = ShownBytes;
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
            Add(new(_cellLine, ColumnName, "the quote that opens this cell is never closed"));
            _rows++;
        }
        else if (carried > 0 || _column > 0)
        {
            EndCell(_buffer.AsSpan(0, carried), state);
            EndRow();
        }
    }

    /// <summary>Goes on from <paramref name="position"/> to <paramref name="end"/> of the buffer; returns where the unfinished cell starts.</summary>
    private int Scan(int end, int position, ref byte state)
    {
        var table = _table;
        var buffer = _buffer;
        var current = state;
        var cellStart = 0;
        for (var i = position; i < end; i++)
        {
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
            if (value == (byte)',')
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

    private string? ColumnName => _column < _header.Columns.Count ? _header.Columns[_column] : null;

    private void EndCell(ReadOnlySpan<byte> cell, byte state)
    {
        if (_column < _header.Columns.Count)
        {
            if (!CsvGrammar.IsNumber(state))
                AddCell(cell, state);
            else if (MayOverflow(cell) && !IsFinite(cell))
                Add(new(_cellLine, ColumnName, $"expected a number of at most 1.8e308; got {Shown(cell)}"));
        }

        _column++;
        _cellLine = _line;
    }

    private void AddCell(ReadOnlySpan<byte> cell, byte state)
    {
        if (_errorCount >= InvalidDatasetException.MaxErrors)
            _errorCount++;
        else if (cell.Trim(" \t\""u8).IsEmpty && state != CsvGrammar.Wrong)
            Add(new(_cellLine, ColumnName, "expected a number; the cell is empty"));
        else if (!StartsAsUtf8(cell))
            Add(new(_cellLine, ColumnName, $"expected a number; got bytes that are not UTF-8: {Shown(cell)}"));
        else
            Add(new(_cellLine, ColumnName, $"expected a number; got {Shown(cell)}"));
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

    // DuckDB takes the first line end for all: a file of two kinds it does not read.
    private void CheckLineEnds()
    {
        var used = _firstLineEndingIn.Skip(1).Count(line => line > 0);
        if (used < 2)
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

    // Below 300 characters only a positive exponent of three digits reaches infinity; these few are parsed.
    private static bool MayOverflow(ReadOnlySpan<byte> cell) =>
        cell.Length > 300 || (cell.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var mark && cell.Length - mark > 3 && cell[mark + 1] != (byte)'-');

    private static bool IsFinite(ReadOnlySpan<byte> cell) =>
        double.TryParse(cell.Trim(" \t\""u8), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);

    private static bool StartsAsUtf8(ReadOnlySpan<byte> cell)
    {
        var rest = cell[..Math.Min(cell.Length, ShownBytes)];
        while (!rest.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(rest, out _, out var length);
            if (status == OperationStatus.NeedMoreData)
                return cell.Length > ShownBytes;
            if (status != OperationStatus.Done)
                return false;
            rest = rest[length..];
        }

        return true;
    }

    private static string Shown(ReadOnlySpan<byte> cell)
    {
        var text = Encoding.UTF8.GetString(cell[..Math.Min(cell.Length, ShownBytes)]);
        if (text.Length > ShownCharacters)
            text = text[..(char.IsHighSurrogate(text[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters)] + "…";
        return $"'{text}'";
    }
}
