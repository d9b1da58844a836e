namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Lines above the header that are no records: the title of a report, its date, remarks. They are skipped where it is plain that they are: each has one text,
/// in its first cell, and below them is a header whose names are all there, over rows of as many cells. In doubt none is skipped, or the header would be taken
/// for a row, or a row for the header.
/// </summary>
internal static class CsvTitle
{
    private const int MostLines = 20;

    // A text without quotes may hold two or three delimiters; rows of fewer columns are no proof that a file is a table.
    private const int ClearColumns = 3;

    /// <summary>How many of the first records are titles.</summary>
    /// <param name="records">The first of the file, as its delimiter cuts them.</param>
    /// <param name="columns">How many cells most of them have.</param>
    /// <param name="hasHeader">Whether the first of some records is a header.</param>
    public static int Count(List<List<string>> records, int columns, Func<List<List<string>>, bool> hasHeader)
    {
        var most = records.FindIndex(record => !IsEmpty(record) && !IsRemark(record, columns) && !IsComment(record));
        if (most is < 1 or > MostLines || columns < 2)
            return 0;
        // A comment of as many cells as the rows have may be the header itself: then no more than what is above it is a title.
        for (var count = most; count > 0; count--)
        {
            var isClear = columns >= ClearColumns && !records[..count].Exists(record => IsComment(record) && record.Count == columns);
            if (IsTable(records[count..], columns, isClear) && hasHeader(records[count..]))
                return count;
        }

        return 0;
    }

    private static bool IsTable(List<List<string>> records, int columns, bool isClear)
    {
        var (header, below) = (records[0], records[1..]);
        return header.Count == columns && !header.Exists(name => name.Length == 0 || HeaderDetection.IsValue(name))
            && below.Count(record => record.Count == columns) * 2 >= below.Count
            && (isClear || below.Exists(record => record.Exists(HeaderDetection.IsValue)));
    }

    private static bool IsComment(List<string> record) => record[0].StartsWith('#');

    /// <summary>Whether a record is nothing but delimiters, as spreadsheets write an empty line.</summary>
    public static bool IsEmpty(List<string> record) => record.TrueForAll(cell => cell.Length == 0);

    /// <summary>Whether one text is all that a record has, and not in a column behind the first.</summary>
    public static bool IsRemark(List<string> record, int columns) =>
        record.Count <= columns && record[0].Length > 0 && record.Skip(1).All(cell => cell.Length == 0) && !HeaderDetection.IsValue(record[0]);
}
