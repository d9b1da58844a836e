using System.Text;

namespace SigmoidApi.Tables;

/// <summary>
/// Decides whether a text means a missing value. There are two kinds of such texts. Nulls mean a missing value in every column. Marks mean a missing number,
/// date, true or false; in a column of texts a mark is a level, such as the level of people who did not answer.
/// </summary>
internal sealed class MissingWords
{
    /// <summary>The marks of many published files, in any case. They apply unless the upload names its own nulls.</summary>
    public static readonly IReadOnlyList<string> Marks =
    [
        "?", "*", "-", "--", "---", "–", "—", ".", "..", "...", "…", ":", "none", "na", "n.a.", "k.a.", "n/d", "s/d", "nan", "-nan(ind)", "nat", "nil",
        @"\N", "undefined", "<na>", "<null>", "[null]", "(null)", "(blank)", "missing", "not available", "unknown",
        "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
    ];

    // pandas' list.
    private static readonly string[] UsualNulls =
    [
        "NA", "N/A", "n/a", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "<NA>", "#N/A", "#NA", "#N/A N/A", "-1.#IND", "1.#IND", "-1.#QNAN", "1.#QNAN",
    ];

    private static readonly byte[][][] MarksByFirst = IndexMarks();
    private static readonly int LongestMark = Marks.Max(Encoding.UTF8.GetByteCount);

    private readonly byte[][]?[] _nullsByFirst = new byte[256][][];
    private readonly bool _hasMarks;

    private MissingWords(IReadOnlyList<string> nulls, bool hasMarks)
    {
        Nulls = nulls;
        _hasMarks = hasMarks;
        foreach (var same in nulls.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes).GroupBy(text => text[0]))
            _nullsByFirst[same.Key] = [.. same];
    }

    /// <summary>The usual nulls and marks.</summary>
    public static MissingWords Default { get; } = new(UsualNulls, hasMarks: true);

    /// <summary>The nulls, besides the empty text.</summary>
    public IReadOnlyList<string> Nulls { get; }

    /// <summary>The nulls that an upload names, without marks; the default if it names none.</summary>
    public static MissingWords Of(CsvOverrides overrides) => overrides.NullValues is { } nulls ? new(nulls, hasMarks: false) : Default;

    /// <summary>Whether a text means a missing number, date, true or false.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsMissing(ReadOnlySpan<byte> text) => IsNull(text) || IsMark(text);

    /// <summary>Whether a text means a missing value in a column of any type.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsNull(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return true;
        foreach (var word in _nullsByFirst[text[0]] ?? [])
        {
            if (text.SequenceEqual(word))
                return true;
        }

        return false;
    }

    /// <summary>Whether a text means a missing value only in columns that are not of texts.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsMark(ReadOnlySpan<byte> text)
    {
        // Most values are numbers, and no mark begins with a digit.
        if (!_hasMarks || text.IsEmpty || text.Length > LongestMark || text is [>= (byte)'0' and <= (byte)'9', ..])
            return false;
        foreach (var mark in MarksByFirst[text[0]])
        {
            if (text.SequenceEqual(mark) || Ascii.EqualsIgnoreCase(text, mark))
                return true;
        }

        return false;
    }

    private static byte[][][] IndexMarks()
    {
        var marks = Marks.Select(Encoding.UTF8.GetBytes).ToLookup(mark => char.ToLowerInvariant((char)mark[0]));
        return [.. Enumerable.Range(0, 256).Select(first => marks[char.ToLowerInvariant((char)first)].ToArray())];
    }
}
