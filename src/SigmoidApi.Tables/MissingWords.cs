using System.Text;

namespace SigmoidApi.Tables;

/// <summary>The texts that stand for a missing value.</summary>
internal sealed class MissingWords
{
    private static readonly byte[][][] Marks = MarksByFirst();
    private static readonly int LongestMark = CsvDialect.Marks.Max(Encoding.UTF8.GetByteCount);

    private readonly byte[][]?[] _nulls = new byte[256][][]; // by their first byte
    private readonly bool _hasMarks;

    /// <param name="nulls">What an upload says they are, or <see cref="CsvDialect.DefaultNullValues"/>, to which <see cref="CsvDialect.Marks"/> belong.</param>
    public MissingWords(IReadOnlyList<string> nulls)
    {
        foreach (var same in nulls.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes).GroupBy(text => text[0]))
            _nulls[same.Key] = [.. same];
        _hasMarks = nulls == CsvDialect.DefaultNullValues;
    }

    public static MissingWords Default { get; } = new(CsvDialect.DefaultNullValues);

    /// <summary>What an upload says they are, or the usual ones.</summary>
    public static MissingWords Of(CsvOverrides said) => said.NullValues is { } nulls ? new(nulls) : Default;

    /// <summary>Whether a text stands for a missing value in a column of any type.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsNull(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return true;
        foreach (var word in _nulls[text[0]] ?? [])
        {
            if (text.SequenceEqual(word))
                return true;
        }

        return false;
    }

    /// <summary>Whether a text stands for a missing value in a column of anything but texts, where it is a level.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsMark(ReadOnlySpan<byte> text)
    {
        // Most values are numbers, which no mark begins as.
        if (!_hasMarks || text.IsEmpty || text.Length > LongestMark || text is [>= (byte)'0' and <= (byte)'9', ..])
            return false;
        foreach (var mark in Marks[text[0]])
        {
            if (text.SequenceEqual(mark) || Ascii.EqualsIgnoreCase(text, mark))
                return true;
        }

        return false;
    }

    private static byte[][][] MarksByFirst()
    {
        var marks = CsvDialect.Marks.Select(Encoding.UTF8.GetBytes).ToLookup(mark => char.ToLowerInvariant((char)mark[0]));
        return [.. Enumerable.Range(0, 256).Select(first => marks[char.ToLowerInvariant((char)first)].ToArray())];
    }

    /// <summary>Whether a text stands for a missing number, date, true or false.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsMissing(ReadOnlySpan<byte> text) => IsNull(text) || IsMark(text);
}
