using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Json;

/// <summary>A name and the values that records have under it.</summary>
/// <param name="cells">The values as the cells that separated values would have.</param>
/// <param name="key">The name in UTF-8, as it was written, without escapes.</param>
/// <param name="index">Its place among the names.</param>
internal sealed class JsonColumn(WrittenColumn cells, byte[] key, int index)
{
    public WrittenColumn Cells => cells;

    public string Name => cells.Name;

    public byte[] Key => key;

    public int Index => index;

    public JsonValues Values { get; set; }

    /// <summary>Whether there are texts that stand for a missing value.</summary>
    public bool HasMissingTexts { get; set; }

    /// <summary>The last record that has the name, counted from 1.</summary>
    public long LastRow { get; set; }
}

/// <summary>The kinds of values in a column, but for null.</summary>
[Flags]
internal enum JsonValues
{
    None = 0,
    Texts = 1,
    Numbers = 2,
    NotANumber = 4,
    Booleans = 8,
    Nested = 16,
}
