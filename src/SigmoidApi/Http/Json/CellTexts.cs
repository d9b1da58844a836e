using System.Buffers;
using System.Text;

namespace SigmoidApi.Http.Json;

/// <summary>The texts that the boxed cells of a table refer to, and the digits of integers that float64 can't hold.</summary>
internal sealed class CellTexts
{
    private readonly List<string> _texts = [];
    private readonly ArrayBufferWriter<byte> _numbers = new();

    /// <summary>Stores a text and returns its index.</summary>
    public int Add(string text)
    {
        _texts.Add(text);
        return _texts.Count - 1;
    }

    /// <summary>Stores the digits of an integer and returns their place. They take one byte more than in the request: no limit is needed.</summary>
    public int AddNumber(ReadOnlySpan<byte> number)
    {
        var place = _numbers.WrittenCount;
        _numbers.Write(number);
        _numbers.Write(","u8);
        return place;
    }

    public string Text(int index) => _texts[index];

    /// <summary>All texts, in the order in which they were stored.</summary>
    public IReadOnlyList<string> All => _texts;

    /// <summary>The digits at a place.</summary>
    public string Number(int place)
    {
        var rest = _numbers.WrittenSpan[place..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)',')]);
    }
}
