using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Json;

/// <summary>
/// Reads a file of JSON records once. It finds the names and what each column holds, and reports the first error by its line. DuckDB then reads the file with
/// the types found here. DuckDB's own detection would not do: it converts texts that look like dates, times or keys, which changes them; it counts records
/// instead of lines; and it does not say where a number is too large.
/// </summary>
internal sealed class JsonScan
{
    private readonly JsonTokens _tokens;
    private readonly TableFile _table;
    private readonly char _decimalPoint;
    private readonly MissingWords _missing;
    private readonly List<JsonColumn> _columns = [];
    private readonly Dictionary<byte[], JsonColumn>.AlternateLookup<ReadOnlySpan<byte>> _byName =
        new Dictionary<byte[], JsonColumn>(new NameComparer()).GetAlternateLookup<ReadOnlySpan<byte>>();
    private readonly Dictionary<string, byte[]> _anyCase = new(StringComparer.OrdinalIgnoreCase);
    private long _nameBytes;
    private long _rows;

    private JsonScan(JsonTokens tokens, TableFile table, char decimalPoint, MissingWords missing)
    {
        _tokens = tokens;
        _table = table;
        _decimalPoint = decimalPoint;
        _missing = missing;
    }

    /// <summary>Scans an array of records or JSON lines. JSON lines are accepted even if the upload says that the file is an array.</summary>
    /// <param name="table">The file.</param>
    /// <param name="decimalPoint">The decimal sign of numbers in strings.</param>
    /// <param name="missing">The strings that mean a missing value.</param>
    /// <param name="cancellationToken">Checked for every block of the file.</param>
    /// <exception cref="InvalidDatasetException">The file is not valid.</exception>
    /// <exception cref="DatasetTooLargeException">The file has more rows or columns than allowed.</exception>
    public static JsonScanResult Run(TableFile table, char decimalPoint, MissingWords missing, CancellationToken cancellationToken)
    {
        using var file = table.Open();
        var scan = new JsonScan(new(file, table.MaxRecordBytes, cancellationToken), table, decimalPoint, missing);
        scan.Read();
        if (scan._columns.Count == 0)
            throw new InvalidDatasetException(1, null, "expected at least one record with a name in it");
        return new(scan._tokens.Form, scan._rows, scan._columns);
    }

    private void Read()
    {
        var first = _tokens.Peek();
        if (_table.Format == DatasetFormat.Json && first == '[')
        {
            _tokens.Form = DatasetFormat.Json;
            ReadArray();
        }
        else if (_table.Format == DatasetFormat.Json && first != '{')
        {
            throw new InvalidDatasetException(1, null, $"expected a JSON array of records; {(first < 0 ? "the file is empty" : "this is not JSON")}");
        }
        else
        {
            ReadLines();
        }
    }

    private void ReadArray()
    {
        _tokens.Next();
        while (_tokens.Next() is not JsonToken.EndArray and var token)
            ReadRecord(token);
        if (_tokens.Next() != JsonToken.End)
            throw _tokens.Fault("; something follows this one");
    }

    private void ReadLines()
    {
        var lastLine = 0L;
        try
        {
            while (_tokens.Next() is not JsonToken.End and var token)
            {
                var line = _tokens.Line;
                if (line == lastLine)
                    throw _tokens.Fault(", got more than one on this line");
                ReadRecord(token);
                lastLine = _tokens.Line;
                if (lastLine > line && !(_rows == 1 && IsOneObject()))
                    throw new InvalidDatasetException(line, null, $"expected {_tokens.Expected}; this one continues to line {lastLine}");
            }
        }
        catch (InvalidDatasetException) when (_rows <= 1 && _table.Format == DatasetFormat.Json)
        {
            throw OneObject();
        }

        if (_rows == 1 && _table.Format == DatasetFormat.Json)
            throw OneObject();
    }

    private bool IsOneObject() => _table.Format == DatasetFormat.Json && _tokens.Peek() < 0;

    private static InvalidDatasetException OneObject() =>
        new(1, null, "expected an array of records, or JSON lines (application/x-ndjson); this is one object");

    private void ReadRecord(JsonToken token)
    {
        if (token != JsonToken.StartObject)
            throw _tokens.Fault($", got {Describe(token)}");
        if (_rows++ == _table.MaxRows)
            throw new DatasetTooLargeException($"The file has more than {_table.MaxRows} rows; at most {_table.MaxRows} are taken (Datasets:MaxRows).");
        var (start, expected) = (_tokens.Offset, 0);
        while (_tokens.Next() == JsonToken.Name)
        {
            var column = ColumnOf(_tokens.Value, expected);
            if (column.LastRow == _rows)
                throw new InvalidDatasetException(_tokens.Line, column.Name, $"expected every name once; the record has {ShownText.Of(_tokens.Value)} twice");
            column.LastRow = _rows;
            expected = column.Index + 1;
            ReadValue(column, _tokens.Next());
        }

        if (_tokens.Offset - start >= _table.MaxRecordBytes)
            throw _tokens.TooLong();
    }

    private void ReadValue(JsonColumn column, JsonToken token)
    {
        switch (token)
        {
            case JsonToken.Number:
                AddNumber(column, _tokens.Value);
                break;
            case JsonToken.String:
                AddText(column, _tokens.Value);
                break;
            case JsonToken.True or JsonToken.False:
                column.Values |= JsonValues.Booleans;
                column.Cells.AddBoolean(token == JsonToken.True, _tokens.Line);
                break;
            case JsonToken.NotANumber:
                column.Values |= JsonValues.NotANumber;
                break;
            case JsonToken.Infinity:
                throw TooLarge(column);
            case JsonToken.StartArray or JsonToken.StartObject:
                column.Values |= JsonValues.Nested;
                column.Cells.AddText(token == JsonToken.StartArray ? "[…]"u8 : "{…}"u8, _tokens.Line);
                SkipNested();
                break;
        }
    }

    /// <summary>Skips the rest of a nested value. It must be well-formed, but its numbers may be too large.</summary>
    private void SkipNested()
    {
        for (var depth = _tokens.Depth; _tokens.Depth >= depth;)
            _tokens.Next();
    }

    private void AddNumber(JsonColumn column, ReadOnlySpan<byte> number)
    {
        column.Values |= JsonValues.Numbers;
        column.Cells.AddNumber(number, _tokens.IsWhole, _tokens.Line);
        // Only such numbers can be beyond 1.8e308; the others need no parsing.
        if ((number.Length > 300 || (!_tokens.IsWhole && number.IndexOfAny((byte)'e', (byte)'E') >= 0))
            && !double.IsFinite(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture)))
        {
            throw TooLarge(column);
        }
    }

    private void AddText(JsonColumn column, ReadOnlySpan<byte> text)
    {
        column.Values |= JsonValues.Texts;
        column.HasMissingTexts |= column.Cells.AddCell(text, _missing, _tokens.Line);
    }

    private InvalidDatasetException TooLarge(JsonColumn column) =>
        new(_tokens.Line, column.Name, $"expected a number of at most 1.8e308; got {ShownText.Of(_tokens.Value)}");

    /// <summary>The column with a name. Records mostly have their names in the same order, so the expected column is tried first.</summary>
    private JsonColumn ColumnOf(ReadOnlySpan<byte> name, int expected)
    {
        if (expected < _columns.Count && name.SequenceEqual(_columns[expected].Key))
            return _columns[expected];
        return _byName.TryGetValue(name, out var column) ? column : Add(name);
    }

    private JsonColumn Add(ReadOnlySpan<byte> key)
    {
        var name = Encoding.UTF8.GetString(key);
        _nameBytes += key.Length;
        if (key.IsEmpty)
            throw new InvalidDatasetException(_tokens.Line, null, "expected names of at least one character; a record has an empty one");
        if (key.Contains((byte)0))
            throw new InvalidDatasetException(_tokens.Line, name, "expected names without a NUL character; a name in a record has one");
        if (_nameBytes > _table.MaxHeaderBytes)
        {
            throw new InvalidDatasetException(
                _tokens.Line, null, $"expected names of at most {_table.MaxHeaderBytes} bytes together (Datasets:MaxHeaderBytes)");
        }

        // SQL, and so DuckDB, treats names that differ only in case as the same.
        if (!_anyCase.TryAdd(name, key.ToArray()))
        {
            throw new InvalidDatasetException(
                _tokens.Line,
                name,
                $"expected names that differ by more than upper and lower case; the file has {ShownText.Of(_anyCase[name])} and {ShownText.Of(key)}");
        }

        if (_columns.Count == _table.MaxColumns)
        {
            throw new DatasetTooLargeException(
                $"The file has more than {_table.MaxColumns} columns; at most {_table.MaxColumns} are taken (Datasets:MaxColumns).");
        }

        var column = new JsonColumn(_table.NewColumn(name, _decimalPoint), _anyCase[name], _columns.Count);
        _columns.Add(column);
        _byName[key] = column;
        return column;
    }

    private static string Describe(JsonToken token) => token switch
    {
        JsonToken.StartArray => "an array",
        JsonToken.String => "a string",
        JsonToken.Null => "null",
        JsonToken.True or JsonToken.False => "true or false",
        _ => "a number",
    };

    private sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        // HashCode has a random seed for each process, so a client can't choose names with equal hashes.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}

/// <summary>The result of a scan.</summary>
/// <param name="Form">A JSON array or JSON lines.</param>
/// <param name="Rows">The number of records.</param>
/// <param name="Columns">The columns in the order in which their names first occur.</param>
internal sealed record JsonScanResult(DatasetFormat Form, long Rows, IReadOnlyList<JsonColumn> Columns);
