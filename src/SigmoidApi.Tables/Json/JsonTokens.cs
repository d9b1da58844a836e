using System.Globalization;

namespace SigmoidApi.Tables.Json;

/// <summary>
/// Reads the tokens of a JSON file of any size (RFC 8259), with memory for one token. It accepts what DuckDB accepts beyond the standard: several values at
/// the top level, a comma after the last value of an object or a nested array, and <c>NaN</c>. DuckDB reads only files that have passed this reader.
/// </summary>
/// <param name="file">The file, in UTF-8 without a byte order mark.</param>
/// <param name="maxRecordBytes">The longest record, and so the longest token.</param>
/// <param name="cancellationToken">Checked for every block of the file.</param>
internal sealed partial class JsonTokens(Stream file, int maxRecordBytes, CancellationToken cancellationToken)
{
    /// <summary>The deepest nesting; each level takes a bit of <see cref="_objects"/>.</summary>
    public const int MaxDepth = 64;

    private const int BlockBytes = 128 * 1024;
    private const int EndOfFile = -1;

    private byte[] _buffer = new byte[BlockBytes];
    private byte[] _decoded = [];
    private int _position;
    private int _filled;
    private int _start; // of the current token in the buffer
    private int _end;
    private bool _isDecoded;
    private long _offset; // of the buffer in the file
    private long _lineStart;
    private ulong _objects; // a bit for each level, 1 for an object
    private JsonPlace _place = JsonPlace.Value;

    /// <summary>The expected form of the file, for error messages.</summary>
    public DatasetFormat Form { get; set; } = DatasetFormat.NdJson;

    /// <summary>The line of the current token, counted from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The number of open objects and arrays. The start token of one counts it already, the end token no longer.</summary>
    public int Depth { get; private set; }

    /// <summary>The position after the current token in the file.</summary>
    public long Offset => _offset + _position;

    /// <summary>The name or text without quotes and escapes, or the number as written. Valid until the next token.</summary>
    public ReadOnlySpan<byte> Value => _isDecoded ? _decoded.AsSpan(0, _end) : _buffer.AsSpan(_start.._end);

    /// <summary>Whether the current number is whole: only digits, with or without a minus.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Skips blanks and returns the next byte without taking it; less than 0 at the end of the file.</summary>
    public int Peek()
    {
        while (true)
        {
            for (; _position < _filled; _position++)
            {
                var value = _buffer[_position];
                if (value > (byte)' ')
                    return value;
                if (value == (byte)'\n')
                    (Line, _lineStart) = (Line + 1, Offset + 1);
                else if (value is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
                    return value;
            }

            _start = _position;
            if (!Fill())
                return EndOfFile;
        }
    }

    /// <exception cref="InvalidDatasetException">The file is not JSON, or is nested too deeply.</exception>
    public JsonToken Next()
    {
        var next = Peek();
        if (_place == JsonPlace.Colon)
        {
            Take(next, ':');
            _place = JsonPlace.Value;
            next = Peek();
        }
        else if (_place == JsonPlace.CommaOrEnd && next == ',')
        {
            _position++;
            _place = IsInObject ? JsonPlace.NameOrEnd : Depth == 1 ? JsonPlace.Value : JsonPlace.ValueOrEnd;
            next = Peek();
        }
        else if (Depth == 0 && next == EndOfFile)
        {
            return JsonToken.End;
        }

        return _place switch
        {
            JsonPlace.Value => ReadValue(next),
            JsonPlace.ValueOrEnd when next != ']' => ReadValue(next),
            JsonPlace.NameOrEnd when next == '"' => ReadName(),
            _ => Close(next),
        };
    }

    /// <summary>The error that the file is invalid at the current line.</summary>
    public InvalidDatasetException Fault(string fault) => new(Line, null, $"expected {Expected}{fault}");

    public InvalidDatasetException TooLong() => Fault($"; this one takes more than {maxRecordBytes} bytes (Datasets:MaxRecordBytes)");

    public string Expected => Form == DatasetFormat.Json ? "a JSON array of records" : "a JSON record on each line";

    private bool IsCutOff => Form == DatasetFormat.Json && Depth > 0 && Offset == file.Length;

    private bool IsInObject => (_objects >> (Depth - 1) & 1) != 0;

    private JsonToken ReadValue(int next)
    {
        switch (next)
        {
            case '"':
                ReadText();
                return Ended(JsonToken.String);
            case '{':
                return Open(JsonToken.StartObject, JsonPlace.NameOrEnd);
            case '[':
                return Open(JsonToken.StartArray, JsonPlace.ValueOrEnd);
            case '-' or (>= '0' and <= '9'):
                return Ended(ReadNumber());
            default:
                _start = _position;
                return Ended(ReadWord(isSigned: false));
        }
    }

    private JsonToken ReadName()
    {
        ReadText();
        _place = JsonPlace.Colon;
        return JsonToken.Name;
    }

    private JsonToken Open(JsonToken token, JsonPlace place)
    {
        if (Depth == MaxDepth)
            throw Fault($"; this one nests values more than {MaxDepth} deep");
        _position++;
        _objects = _objects & ~(1UL << Depth) | (token == JsonToken.StartObject ? 1UL : 0) << Depth;
        Depth++;
        _place = place;
        return token;
    }

    private JsonToken Close(int next)
    {
        var isObject = IsInObject;
        Take(next, isObject ? '}' : ']');
        Depth--;
        return Ended(isObject ? JsonToken.EndObject : JsonToken.EndArray);
    }

    private JsonToken Ended(JsonToken token)
    {
        _place = Depth == 0 ? JsonPlace.Value : JsonPlace.CommaOrEnd;
        return token;
    }

    private void Take(int next, char wanted)
    {
        if (next != wanted)
            throw Malformed();
        _position++;
    }

    private InvalidDatasetException MalformedAt(int place)
    {
        _position = _start + place;
        return Malformed();
    }

    private InvalidDatasetException Malformed() => IsCutOff
        ? new(1, null, $"expected {Expected}; this one never ends")
        : Fault(string.Create(CultureInfo.InvariantCulture, $"; this one is malformed at byte {Offset - _lineStart + 1} of the line"));

    /// <summary>Reads more of the file, and keeps the bytes from the start of the current token on. False at the end of the file.</summary>
    private bool Fill()
    {
        cancellationToken.ThrowIfCancellationRequested();
        var kept = _filled - _start;
        if (kept > maxRecordBytes)
            throw TooLong();
        if (kept == _buffer.Length)
            Array.Resize(ref _buffer, 2 * kept);
        _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        _offset += _start;
        _position -= _start;
        _start = 0;
        var read = file.Read(_buffer, kept, _buffer.Length - kept);
        _filled = kept + read;
        return read > 0;
    }
}
