using System.Text.Json;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Reads an array of records from its bytes. Records mostly have the same names in the same order, so a name is first compared with the one at this
/// position in the record before, and only looked up if it differs.
/// </summary>
internal ref struct RecordScanner
{
    private const int FirstCells = 256;

    private readonly ReadOnlySpan<byte> _text;
    private readonly JsonLimits _limits;
    private readonly CellReader _cells;
    private readonly OrderedDictionary<string, int> _columns = [];
    private readonly List<byte[]> _rawNames = [];
    private double[] _values;
    private int _stride;
    private int _records;
    private int _position;

    public static Records Scan(ReadOnlySpan<byte> text, JsonLimits limits, out int end)
    {
        var scanner = new RecordScanner(text, limits);
        try
        {
            scanner.ScanRecords();
            end = scanner._position;
            return new Records(scanner._values, scanner._records, scanner._columns, scanner._stride, scanner._cells.Texts);
        }
        catch
        {
            RequestArrays<double>.Pool.Return(scanner._values);
            throw;
        }
    }

    private RecordScanner(ReadOnlySpan<byte> text, JsonLimits limits)
    {
        _text = text;
        _limits = limits;
        _cells = new CellReader(limits);
        _stride = 8;
        _values = RequestArrays<double>.Pool.Rent(FirstCells);
    }

    private void ScanRecords()
    {
        if (Peek() == ']')
            return;
        while (true)
        {
            var next = Peek();
            if (next != '{')
                throw new JsonInputException($"expected an object, got {NumberScanner.Describe(next)}", $"[{_records}]");
            _position++;
            CheckSize(_columns.Count);
            if ((_records + 1L) * _stride > _values.Length)
                Resize(_records + 1L, _stride);
            _values.AsSpan(_records * _stride, _stride).Fill(BoxedCell.Absent);
            ScanRecord();
            _records++;
            next = Peek();
            if (next == ']')
                return;
            if (next != ',')
                throw Malformed();
            _position++;
        }
    }

    /// <summary>Reads one record, including its closing brace.</summary>
    private void ScanRecord()
    {
        if (Peek() == '}')
        {
            _position++;
            return;
        }

        var expected = 0;
        while (true)
        {
            var column = ScanName(expected);
            expected = column + 1;
            if (Peek() != ':')
                throw Malformed();
            _position++;
            Peek();
            var rest = _text[_position..];
            var length = DoubleParser.Parse(rest, out var value);
            // Also taken for infinities and NaN. An integer beyond this limit may be a key, whose digits float64 would lose.
            if (length == 0 || !(Math.Abs(value) < BoxedCell.LargestExact))
                length = ReadOther(rest, length, column, ref value);
            _position += length;
            ref var cell = ref _values[_records * _stride + column];
            if (!BoxedCell.IsAbsent(cell))
                throw new JsonInputException("expected every name once, got it twice", Path(column));
            cell = value;

            var next = Peek();
            if (next is not ((byte)',' or (byte)'}'))
                throw Malformed();
            _position++;
            if (next == '}')
                return;
        }
    }

    /// <summary>Reads a cell that is not a number, or is a large one; throws if it is not a cell.</summary>
    private readonly int ReadOther(ReadOnlySpan<byte> text, int length, int column, ref double value)
    {
        if (length != 0)
        {
            value = double.IsFinite(value) ? _cells.CellOf(text[..length], value) : throw NumberScanner.OutOfRange(text[..length], Path(column));
            return length;
        }

        length = _cells.Read(text, out value);
        return length != 0 ? length : throw _cells.Refusal(text, Path(column));
    }

    /// <summary>Reads a name and returns its column, which is added if the name is new.</summary>
    private int ScanName(int expected)
    {
        if (Peek() != '"')
            throw Malformed();
        var text = _text[(_position + 1)..];
        if (expected < _rawNames.Count)
        {
            var name = _rawNames[expected];
            if (text.StartsWith(name) && name.Length < text.Length && text[name.Length] == '"')
            {
                _position += name.Length + 2;
                return expected;
            }
        }

        var length = 0;
        while (length < text.Length && text[length] != '"')
            length += text[length] == '\\' ? 2 : 1;
        if (length >= text.Length)
            throw Malformed();
        // The serializer's own reader handles escapes and invalid UTF-8. A name comes here about once.
        var reader = new Utf8JsonReader(_text.Slice(_position, length + 2));
        reader.Read();
        var key = reader.GetString()!;
        _position += length + 2;
        if (_columns.TryGetValue(key, out var column))
            return column;
        column = _columns.Count;
        CheckSize(column + 1);
        if (column == _stride)
            Resize(_records + 1L, 2 * _stride);
        _columns.Add(key, column);
        _rawNames.Add(text[..length].ToArray());
        return column;
    }

    /// <summary>Counts missing values too, since they take memory like others. A record without names counts as one value.</summary>
    private readonly void CheckSize(int columns)
    {
        if ((_records + 1L) * Math.Max(columns, 1) > _limits.MaxValues)
            throw new JsonInputException($"expected at most {_limits.MaxValues} values, got more", $"[{_records}]", limit: JsonLimits.ValuesSetting);
    }

    /// <summary>Makes room for <paramref name="records"/> records, and moves the rows if the stride has grown.</summary>
    private void Resize(long records, int stride)
    {
        // The lower bound is small, so that a few wide records don't allocate for many.
        var larger = RequestArrays<double>.Pool.Rent((int)Math.Min(Math.Max(2 * records * stride, FirstCells), Array.MaxLength));
        for (var i = 0; i < records && i * _stride < _values.Length; i++)
        {
            var row = larger.AsSpan(i * stride, stride);
            row.Fill(BoxedCell.Absent);
            _values.AsSpan(i * _stride, Math.Min(_stride, _values.Length - i * _stride)).CopyTo(row);
        }

        RequestArrays<double>.Pool.Return(_values);
        _values = larger;
        _stride = stride;
    }

    private byte Peek()
    {
        _position = NumberScanner.SkipSpace(_text, _position);
        return (uint)_position < (uint)_text.Length ? _text[_position] : (byte)0;
    }

    private readonly string Path(int column)
    {
        return $"[{_records}]" + JsonPath.Member(_columns.GetAt(column).Key);
    }

    private readonly JsonInputException Malformed()
    {
        return new JsonInputException("expected records of names and cells", $"[{_records}]");
    }
}
