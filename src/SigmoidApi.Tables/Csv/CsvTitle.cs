namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Lines above the header that are not records: the title of a report, its date, remarks. They are skipped only in clear cases: each has one text, in its
/// first cell, and below them is a header without empty names, over rows with the same number of cells. In doubt nothing is skipped: otherwise the header
/// could become a row, or a row the header.
/// </summary>
internal static class CsvTitle
{
    private const int MostLines = 20;

    // Texts without quotes may hold a delimiter or two. So rows of fewer columns do not show that the file is a table.
    private const int ClearColumns = 3;

    /// <summary>How many of the first records are titles.</summary>
    /// <param name="records">The first records of the file.</param>
    /// <param name="columns">The number of cells that most of them have.</param>
    /// <param name="hasHeader">Decides whether the first of some records is a header.</param>
    public static int Count(List<List<string>> records, int columns, Func<List<List<string>>, bool> hasHeader)
    {
        var most = records.FindIndex(record => !IsEmpty(record) && !IsRemark(record, columns) && !IsComment(record));
        if (most is < 1 or > MostLines || columns < 2)
            return 0;
        // A comment with as many cells as the rows may be the header itself: then only the lines above it can be titles.
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

    /// <summary>Whether a record has only delimiters, as spreadsheets write an empty line.</summary>
    public static bool IsEmpty(List<string> record) => record.TrueForAll(cell => cell.Length == 0);

    /// <summary>Whether a record has only one text, in the first cell.</summary>
    public static bool IsRemark(List<string> record, int columns) =>
        record.Count <= columns && record[0].Length > 0 && record.Skip(1).All(cell => cell.Length == 0) && !HeaderDetection.IsValue(record[0]);
}
