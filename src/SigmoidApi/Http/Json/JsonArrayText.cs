using System.Runtime.InteropServices;
using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>The bytes after an array's opening bracket. A converter reads them itself and then moves the reader to the end of the array.</summary>
internal readonly ref struct JsonArrayText
{
    private readonly JsonText? _text;
    private readonly int _start;
    private readonly JsonDocument? _copy;

    /// <param name="reader">A reader on <see cref="JsonTokenType.StartArray"/>.</param>
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
            // The serializer reads a string or a stream, outside of a request: copy the array, and read it in the same way.
            _copy = JsonDocument.ParseValue(ref reader);
            Span = JsonMarshal.GetRawUtf8Value(_copy.RootElement)[1..];
        }
    }

    public ReadOnlySpan<byte> Span { get; }

    /// <summary>Moves the reader to the array's end, as if it had read an empty array.</summary>
    /// <param name="reader">The reader that the constructor got.</param>
    /// <param name="end">The position of the closing bracket in <see cref="Span"/>.</param>
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
