using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>
/// A whole JSON text in one array. The serializer, reading it as a sequence, tells a converter where it stands (<see cref="Utf8JsonReader.Position"/>
/// leads to this object), so that a converter of numbers can read the bytes itself and let the reader go on behind them. An empty second segment
/// keeps the serializer from reading it as a span, whose reader has no position.
/// </summary>
internal sealed class JsonText : ReadOnlySequenceSegment<byte>, IDisposable
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private readonly List<PooledNumbers> _owned = [];

    public JsonText(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.StartsWith(ByteOrderMark))
            utf8 = utf8[ByteOrderMark.Length..];
        Memory = utf8;
        Next = new JsonText(utf8.Length);
    }

    private JsonText(int offset)
    {
        RunningIndex = offset;
    }

    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>Makes the text that is being read, if it is one of these, the owner of what was read from it.</summary>
    public static T Own<T>(ref Utf8JsonReader reader, T numbers)
        where T : PooledNumbers
    {
        if (reader.Position.GetObject() is JsonText text)
            text._owned.Add(numbers);
        return numbers;
    }

    /// <summary>Gives back all numbers read from this text, also those of a body that failed half-way.</summary>
    public void Dispose()
    {
        foreach (var numbers in _owned)
            numbers.Dispose();
    }

    public ReadOnlySequence<byte> From(int offset)
    {
        return new ReadOnlySequence<byte>(this, offset, Next!, 0);
    }
}

/// <summary>The bytes behind an array's opening bracket, taken from a reader and given back to it.</summary>
internal readonly ref struct JsonArrayText
{
    private readonly JsonText? _text;
    private readonly int _start;
    private readonly JsonDocument? _copy;

    /// <param name="reader">On <see cref="JsonTokenType.StartArray"/>.</param>
    public JsonArrayText(scoped ref Utf8JsonReader reader)
    {
        var position = reader.Position;
        if (position.GetObject() is JsonText text)
        {
            _text = text;
            _start = position.GetInteger();
            Span = text.Span[_start..];
        }
        else
        {
            // Read from a string or a stream, outside of a request: the array is copied, then read in the same way.
            _copy = JsonDocument.ParseValue(ref reader);
            Span = JsonMarshal.GetRawUtf8Value(_copy.RootElement)[1..];
        }
    }

    public ReadOnlySpan<byte> Span { get; }

    /// <summary>Leaves the reader on the array's end, as if it had read an empty array there.</summary>
    /// <param name="reader">The reader that this was taken from.</param>
    /// <param name="end">Where in <see cref="Span"/> the closing bracket is.</param>
    public void Close(scoped ref Utf8JsonReader reader, int end)
    {
        _copy?.Dispose();
        if (_text is not null)
        {
            reader = new Utf8JsonReader(_text.From(_start + end), isFinalBlock: true, reader.CurrentState);
            reader.Read();
        }
    }
}
