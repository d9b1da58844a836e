using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Json;

/// <summary>
/// Reads the tokens of a JSON file of any size (RFC 8259), one after the other, in memory for one token. It takes what DuckDB takes of a file: several values
/// at the top, a comma behind the last value of an object or a nested array, <c>NaN</c>. Nothing else than it takes reaches DuckDB.
/// </summary>
/// <param name="file">The file, in UTF-8 without a byte order mark.</param>
/// <param name="maxRecordBytes">The longest record, and so the longest token.</param>
/// <param name="cancellationToken">Looked at every block of the file.</param>
internal sealed class JsonTokens(Stream file, int maxRecordBytes, CancellationToken cancellationToken)
{
    /// <summary>More is not nested; one bit of <see cref="_objects"/> for each.</summary>
    public const int MaxDepth = 64;

    private const int BlockBytes = 128 * 1024;
    private const int EndOfFile = -1;

    // Control characters must be escaped, so that a text has no line end in it.
    private static readonly SearchValues<byte> EndEscapeOrControl =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

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

    /// <summary>What the file is to be, for its refusal.</summary>
    public DatasetFormat Form { get; set; } = DatasetFormat.NdJson;

    /// <summary>The line of the current token, counted from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Objects and arrays that are open; the current token's own is counted, from its start to before its end.</summary>
    public int Depth { get; private set; }

    /// <summary>The place behind the current token in the file.</summary>
    public long Offset => _offset + _position;

    /// <summary>The name or text without its quotes and escapes, or the number as written. Valid up to the next token.</summary>
    public ReadOnlySpan<byte> Value => _isDecoded ? _decoded.AsSpan(0, _end) : _buffer.AsSpan(_start.._end);

    /// <summary>Whether the current number is whole: digits, and a minus before them.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The next byte that is no blank, which is not taken; less than 0 at the end of the file.</summary>
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

    /// <exception cref="InvalidDatasetException">What comes is no JSON, or is nested too deep.</exception>
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

    /// <summary>Why the file can't be read, from its line on.</summary>
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

    private void ReadText()
    {
        _start = _position++;
        var hasEscapes = false;
        while (true)
        {
            var length = _buffer.AsSpan(_position.._filled).IndexOfAny(EndEscapeOrControl);
            _position = length < 0 ? _filled : _position + length;
            if (length < 0 ? !Fill() : _buffer[_position] < (byte)' ')
                throw Malformed();
            if (length < 0)
                continue;
            if (_buffer[_position] == (byte)'"')
                break;
            hasEscapes = true;
            // What is escaped may be a quote.
            if (++_position == _filled && !Fill())
                throw Malformed();
            _position++;
        }

        _end = _position++;
        if (hasEscapes)
            Decode();
        else if (!Utf8.IsValid(_buffer.AsSpan(++_start.._end)))
            throw Fault("; a text of this one is not UTF-8, or has half of a surrogate pair");
        else
            _isDecoded = false;
    }

    /// <summary>A text with escapes is left to the framework.</summary>
    private void Decode()
    {
        var text = _buffer.AsSpan(_start.._position);
        if (_decoded.Length < text.Length)
            _decoded = new byte[Math.Max(text.Length, 2 * _decoded.Length)];
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            (_end, _isDecoded) = (reader.CopyString(_decoded), true);
        }
        catch (JsonException wrong)
        {
            _position = _start + (int)(wrong.BytePositionInLine ?? 0);
            throw Malformed();
        }
        catch (InvalidOperationException)
        {
            throw Fault("; a text of this one is not UTF-8, or has half of a surrogate pair");
        }
    }

    private JsonToken ReadNumber()
    {
        // Until the first byte that no number has: all of them must be in memory.
        for (_start = _position++; _position < _filled || Fill(); _position++)
        {
            if (_buffer[_position] is not ((>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E'))
                break;
        }

        (_end, _isDecoded) = (_position, false);
        if (Value is [(byte)'-'] && _position < _filled && char.IsAsciiLetter((char)_buffer[_position]))
            return ReadWord(isSigned: true);
        var fault = JsonNumber.FaultOf(Value, out var isWhole);
        IsWhole = isWhole;
        return fault < 0 ? JsonToken.Number : throw MalformedAt(fault);
    }

    /// <summary>Reads a word, of which a sign may have been read.</summary>
    private JsonToken ReadWord(bool isSigned)
    {
        while ((_position < _filled || Fill()) && char.IsAsciiLetter((char)_buffer[_position]))
            _position++;
        var word = _buffer.AsSpan((isSigned ? _start + 1 : _start).._position);
        if (Ascii.EqualsIgnoreCase(word, "nan"u8))
            return JsonToken.NotANumber;

        (_end, _isDecoded) = (_position, false);
        if (Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8))
            return JsonToken.Infinity;
        return Value switch
        {
            var value when value.SequenceEqual("true"u8) => JsonToken.True,
            var value when value.SequenceEqual("false"u8) => JsonToken.False,
            var value when value.SequenceEqual("null"u8) => JsonToken.Null,
            // A word may be cut off with the file.
            _ => throw (IsCutOff ? Malformed() : MalformedAt(0)),
        };
    }

    private InvalidDatasetException MalformedAt(int place)
    {
        _position = _start + place;
        return Malformed();
    }

    private InvalidDatasetException Malformed() => IsCutOff
        ? new(1, null, $"expected {Expected}; this one never ends")
        : Fault(string.Create(CultureInfo.InvariantCulture, $"; this one is malformed at byte {Offset - _lineStart + 1} of the line"));

    /// <summary>Reads on behind what is there, which stays in memory from the start of the current token on. Returns whether there is more.</summary>
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
