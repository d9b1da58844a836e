using System.Text;

namespace SigmoidApi.Tables.DuckDb;

/// <summary>Numbers the levels of a category in the order of their first occurrence.</summary>
internal sealed class LevelCodes
{
    private const int MostOnStack = 256;
    private const int RecentBits = 8;

    /// <summary>Recent short levels, by a few bits of their text: a lookup in the dictionary takes five times as long.</summary>
    private readonly (ulong Low, ulong High, int Code)[] _recent = new (ulong, ulong, int)[1 << RecentBits];
    private readonly Dictionary<(ulong, ulong), int> _short = [];
    private readonly Dictionary<string, int> _long = new(StringComparer.Ordinal);
    private readonly List<string> _levels = [];

    // No text has this length.
    public LevelCodes() => _recent.AsSpan().Fill((ulong.MaxValue, 0, 0));

    /// <summary>The levels by their codes.</summary>
    public IReadOnlyList<string> Levels => _levels;

    public int CodeOf(in ChunkText text)
    {
        if (text.Inlined is { } key)
        {
            ref var recent = ref _recent[((key.Low ^ (key.High * 3)) * 0x9E37_79B9_7F4A_7C15) >> (64 - RecentBits)];
            if (recent.Low == key.Low && recent.High == key.High)
                return recent.Code;
            if (!_short.TryGetValue(key, out var code))
                _short[key] = code = Add(Encoding.UTF8.GetString(ChunkText.Bytes(in text)));
            recent = (key.Low, key.High, code);
            return code;
        }

        var bytes = ChunkText.Bytes(in text);
        Span<char> room = stackalloc char[MostOnStack];
        ReadOnlySpan<char> level = bytes.Length <= MostOnStack ? room[..Encoding.UTF8.GetChars(bytes, room)] : Encoding.UTF8.GetString(bytes);
        var known = _long.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(level, out var number))
            known[level] = number = Add(level.ToString());
        return number;
    }

    private int Add(string level)
    {
        _levels.Add(level);
        return _levels.Count - 1;
    }
}
