using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Json;

/// <summary>A column of a JSON file: a name and the values that records have for it.</summary>
/// <param name="cells">Counts the values like the cells of separated values.</param>
/// <param name="key">The name in UTF-8, without escapes.</param>
/// <param name="index">The position of the name among all names.</param>
internal sealed class JsonColumn(WrittenColumn cells, byte[] key, int index)
{
    public WrittenColumn Cells => cells;

    public string Name => cells.Name;

    public byte[] Key => key;

    public int Index => index;

    public JsonValues Values { get; set; }

    /// <summary>Whether any text means a missing value.</summary>
    public bool HasMissingTexts { get; set; }

    /// <summary>The last record with the name, counted from 1.</summary>
    public long LastRow { get; set; }
}

/// <summary>The kinds of values in a column, except null.</summary>
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
