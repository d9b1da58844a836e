using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Json;

/// <content>Texts, numbers and words.</content>
internal sealed partial class JsonTokens
{
    // Control characters must be escaped, so a text has no line end in it.
    private static readonly SearchValues<byte> EndEscapeOrControl =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

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
            // The escaped character may be a quote.
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

    /// <summary>Decodes a text with escapes, with the framework's reader.</summary>
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
        // Up to the first byte that can't be part of a number: the whole number must be in memory.
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

    /// <summary>Reads a word; a sign before it may have been read already.</summary>
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
            // The word may be cut off because the file is.
            _ => throw (IsCutOff ? Malformed() : MalformedAt(0)),
        };
    }
}
