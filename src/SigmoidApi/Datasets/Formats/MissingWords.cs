using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace SigmoidApi.Datasets.Formats;

/// <summary>The texts that stand for a missing value.</summary>
internal sealed class MissingWords
{
    private const int LongestNull = 64;

    private static readonly byte[][] MarkBytes = [.. CsvDialect.Marks.Select(Encoding.ASCII.GetBytes)];
    private static readonly int LongestMark = MarkBytes.Max(mark => mark.Length);

    private readonly HashSet<string> _nulls;
    private readonly bool _hasMarks;

    /// <param name="nulls">What an upload says they are, or <see cref="CsvDialect.DefaultNullValues"/>, to which <see cref="CsvDialect.Marks"/> belong.</param>
    public MissingWords(IReadOnlyList<string> nulls)
    {
        _nulls = new(nulls, StringComparer.Ordinal);
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
        if (text.Length > LongestNull || _nulls.Count == 0)
            return false;
        Span<char> characters = stackalloc char[LongestNull];
        return Utf8.ToUtf16(text, characters, out _, out var length) == OperationStatus.Done
            && _nulls.GetAlternateLookup<ReadOnlySpan<char>>().Contains(characters[..length]);
    }

    /// <summary>Whether a text stands for a missing value in a column of anything but texts, where it is a level.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsMark(ReadOnlySpan<byte> text)
    {
        if (!_hasMarks || text.Length > LongestMark)
            return false;
        foreach (var mark in MarkBytes)
        {
            if (Ascii.EqualsIgnoreCase(text, mark))
                return true;
        }

        return false;
    }

    /// <summary>Whether a text stands for a missing number, date, true or false.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public bool IsMissing(ReadOnlySpan<byte> text) => IsNull(text) || IsMark(text);
}
