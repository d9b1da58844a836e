using System.Buffers;
using System.Text;

namespace SigmoidApi.Http.Json;

/// <summary>What the boxed cells of a table lead to: texts, and the digits of whole numbers that float64 can't hold.</summary>
internal sealed class CellTexts
{
    private readonly List<string> _texts = [];
    private readonly ArrayBufferWriter<byte> _numbers = new();

    /// <summary>Keeps a text, and returns its index.</summary>
    public int Add(string text)
    {
        _texts.Add(text);
        return _texts.Count - 1;
    }

    /// <summary>Keeps a whole number as it is written, and returns its place. It takes one byte more than in the request: no limit is needed.</summary>
    public int AddNumber(ReadOnlySpan<byte> number)
    {
        var place = _numbers.WrittenCount;
        _numbers.Write(number);
        _numbers.Write(","u8);
        return place;
    }

    public string Text(int index) => _texts[index];

    /// <summary>The number kept at a place, as it is written.</summary>
    public string Number(int place)
    {
        var rest = _numbers.WrittenSpan[place..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)',')]);
    }
}
