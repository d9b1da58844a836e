using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Reads the cells of one table that are not float64 numbers, and stores each different text once. Arrays and objects are stored as texts, in the form that an
/// import of a JSON file gives them.
/// </summary>
internal sealed class CellReader
{
    public const string Expected = "a number, text, true, false or null";

    // The memory of a text besides its characters: the object's header and the entries in the list and dictionary.
    private const int BytesBesideText = 64;

    private static readonly SearchValues<byte> EndOrEscape = SearchValues.Create("\"\\"u8);

    private static readonly SearchValues<byte> NotWhole = SearchValues.Create(".eE"u8);

    private readonly JsonLimits _limits;
    private readonly bool _takesNested;
    private readonly CellTexts _texts = new();
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _indices =
        new Dictionary<string, int>().GetAlternateLookup<ReadOnlySpan<char>>();
    private char[] _buffer = new char[128];
    private long _textBytes;

    /// <param name="limits">The limit of texts.</param>
    /// <param name="takesNested">Whether arrays and objects are cells.</param>
    public CellReader(JsonLimits limits, bool takesNested = true) => (_limits, _takesNested) = (limits, takesNested);

    /// <summary>The texts that boxed cells refer to.</summary>
    public CellTexts Texts => _texts;

    /// <summary>Reads a text, a named number, true, false, null, or a nested value.</summary>
    /// <param name="json">Begins with the cell. The bytes after it are ignored.</param>
    /// <param name="cell">The cell as encoded by <see cref="BoxedCell"/>, or the named number.</param>
    /// <returns>The cell's length in bytes; 0 if it is none of these, or exceeds the memory for texts: see <see cref="Refusal"/>.</returns>
    /// <exception cref="JsonException">The text is malformed.</exception>
    /// <exception cref="InvalidOperationException">The text is not UTF-8. The serializer turns this into a <see cref="JsonException"/>.</exception>
    public int Read(ReadOnlySpan<byte> json, out double cell)
    {
        switch (json.IsEmpty ? (byte)0 : json[0])
        {
            case (byte)'"':
                return ReadText(json, out cell);
            case (byte)'[' or (byte)'{' when _takesNested:
                return ReadNested(json, out cell);
            case (byte)'n':
                cell = BoxedCell.Null;
                return json.StartsWith("null"u8) ? 4 : 0;
            case (byte)'t':
                cell = BoxedCell.True;
                return json.StartsWith("true"u8) ? 4 : 0;
            default:
                cell = BoxedCell.False;
                return json.StartsWith("false"u8) ? 5 : 0;
        }
    }

    /// <summary>The cell of a finite number: an integer beyond 2⁵³ keeps its digits, any other number is a float64.</summary>
    /// <param name="number">The number's text.</param>
    /// <param name="value">The nearest float64.</param>
    public double CellOf(ReadOnlySpan<byte> number, double value) =>
        Math.Abs(value) < BoxedCell.LargestExact || number.IndexOfAny(NotWhole) >= 0 ? value : BoxedCell.Number(_texts.AddNumber(number));

    /// <summary>Why a cell was not read.</summary>
    public JsonInputException Refusal(ReadOnlySpan<byte> json, string index)
    {
        var first = json.IsEmpty ? (byte)0 : json[0];
        return first is (byte)'"' || (_takesNested && first is (byte)'[' or (byte)'{')
            ? new JsonInputException($"expected different texts of at most {_limits.MaxTextBytes} bytes together, got more", index, JsonLimits.TextBytesSetting)
            : new JsonInputException($"expected {Expected}, got {NumberScanner.Describe(first)}", index);
    }

    private int ReadText(ReadOnlySpan<byte> json, out double cell)
    {
        var raw = json[1..];
        var end = raw.IndexOfAny(EndOrEscape);
        if (end >= 0 && raw[end] == '"')
        {
            Reserve(end);
            var status = Utf8.ToUtf16(raw[..end], _buffer, out _, out var written, replaceInvalidSequences: false);
            if (status == OperationStatus.Done && !_buffer.AsSpan(0, written).ContainsAnyInRange('\0', '\x1F'))
                return Box(_buffer.AsSpan(0, written), out cell) ? end + 2 : 0;
        }

        // The serializer's own reader handles escapes, invalid UTF-8 and a missing end.
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Reserve(reader.ValueSpan.Length);
        var characters = reader.CopyString(_buffer);
        return Box(_buffer.AsSpan(0, characters), out cell) ? (int)reader.BytesConsumed : 0;
    }

    private int ReadNested(ReadOnlySpan<byte> json, out double cell)
    {
        cell = BoxedCell.Null;
        return NestedText.Read(json, _limits.MaxTextBytes / 2, out var length) is { } text && Box(text, out cell) ? length : 0;
    }

    /// <summary>Encodes a text as a cell, and stores the text if it is new. Returns false if the texts exceed their memory.</summary>
    private bool Box(ReadOnlySpan<char> text, out double cell)
    {
        if (text is "NaN" or "Infinity" or "-Infinity")
        {
            cell = text is "NaN" ? double.NaN : text is "Infinity" ? double.PositiveInfinity : double.NegativeInfinity;
            return true;
        }

        if (!_indices.TryGetValue(text, out var index))
        {
            _textBytes += BytesBesideText + 2L * text.Length;
            if (_textBytes <= _limits.MaxTextBytes)
            {
                var kept = text.ToString();
                index = _texts.Add(kept);
                _indices.Dictionary.Add(kept, index);
            }
        }

        cell = BoxedCell.Text(index);
        return _textBytes <= _limits.MaxTextBytes;
    }

    private void Reserve(int characters)
    {
        if (characters > _buffer.Length)
            _buffer = new char[Math.Max(characters, 2 * _buffer.Length)];
    }
}
