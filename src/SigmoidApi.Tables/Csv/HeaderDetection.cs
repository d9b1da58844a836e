using System.Globalization;
using System.Text;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Decides whether the first record of a file is a header, with the names of the columns. It is a header if one of these holds:
/// <list type="number">
/// <item>it has all names that are expected, for example by a model;</item>
/// <item>a text is above a column of values (numbers, dates, true and false);</item>
/// <item>the whole record occurs again, and some column has only its name and values;</item>
/// <item>its first cell is empty and the cells below number the rows, as data frames write their index.</item>
/// </list>
/// Otherwise it is not a header if any of its cells is a value or empty, with two exceptions: years among real names, ascending or consecutive, above cells
/// that are not all years; and an empty cell above an index in any order, or above an empty column.
/// If all cells are texts, it is a header if no name occurs again in its column. It still is one if names do occur again, provided that all names differ and
/// that at least as many columns have a few repeated levels without their name among them. Duplicate names are still names: the upload is then refused with
/// an error instead of getting made-up names silently.
/// </summary>
internal static class HeaderDetection
{
    public static bool HasHeader(IReadOnlyList<IReadOnlyList<string>> records, MissingWords missing, IReadOnlyList<string> expected)
    {
        if (records.Count == 0)
            return true;
        var first = records[0];
        if (expected.Count > 0 && HasAll(records, expected))
            return true;
        if (records.Count == 1)
            return !first.Any(IsValue);

        var columns = first.Select((name, i) => new Column(name, [.. Below(i)], records.Count - 1)).ToList();
        if (columns.Exists(column => IsText(column) && column.Cells.Count > 0 && column.Cells.TrueForAll(IsValue)) || columns[0].CountsRows)
            return true;

        // In concatenated files the header occurs again.
        if (records.Skip(1).Any(record => record.SequenceEqual(first)) && columns.Exists(IsNameAgainOverValues))
            return true;

        var named = columns.Where((column, i) => !column.IsEmpty && !(i == 0 && column.IsIndex)).ToList();
        if (named.Exists(IsText) && AreYears([.. named.Where(column => column.BeginsWithValue)]))
            named.RemoveAll(column => column.BeginsWithValue);
        if (named.Count == 0 || named.Exists(column => column.Name.Length == 0 || column.BeginsWithValue))
            return false;
        var again = named.Count(column => column.Cells.Contains(column.Name));
        return again == 0
            || (named.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Count() == named.Count
                && named.Count(column => column.IsOverLevels) >= again);

        IEnumerable<string> Below(int column) =>
            records.Skip(1).Where(record => column < record.Count).Select(record => record[column]).Where(cell => !IsMissing(Encoding.UTF8.GetBytes(cell)));

        // Marks count here even if the upload names its own nulls: they are not values that a header could be above.
        bool IsMissing(byte[] cell) => missing.IsNull(cell) || MissingWords.Default.IsMark(cell);

        bool IsNameAgainOverValues(Column column) => IsText(column) && column.Cells.Exists(IsValue)
            && column.Cells.TrueForAll(cell => cell == column.Name || IsValue(cell));

        bool IsText(Column column) => !missing.IsNull(Encoding.UTF8.GetBytes(column.Name)) && !column.BeginsWithValue;
    }

    /// <summary>Whether the first record has all of the names.</summary>
    public static bool HasAll(IReadOnlyList<IReadOnlyList<string>> records, IReadOnlyList<string> names) =>
        records.Count > 0 && !names.Except(ColumnNames.Given(records[0]), StringComparer.Ordinal).Any();

    private static bool AreYears(List<Column> columns)
    {
        var steps = columns.Zip(columns.Skip(1), (left, right) => YearOf(right.Name) - YearOf(left.Name)).ToList();
        return steps.Count > 0 && (steps.TrueForAll(step => step > 0) || steps.TrueForAll(step => step == -1))
            && columns.TrueForAll(column => column.Cells.Exists(cell => YearOf(cell) is null));
    }

    // Null for other cells. Differences with null are null, too, and so fail every comparison above.
    private static int? YearOf(string cell) =>
        int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 1900 and <= 2100 ? year : null;

    /// <summary>Whether a cell is a number, a date, true or false.</summary>
    public static bool IsValue(string cell) => KindOf(cell) != CellKind.Word;

    private static CellKind KindOf(string cell)
    {
        var text = Encoding.UTF8.GetBytes(cell);
        if (bool.TryParse(cell, out _))
            return CellKind.Plain;
        if (WrittenDate.Of(text, order: null) is { Kind: not WrittenDateKind.None } or { Orders: not DateOrders.None })
            return CellKind.Date;
        return !WrittenNumber.TryRead(text, out var number) ? CellKind.Word : number.IsSimple ? CellKind.Plain : CellKind.Quantity;
    }

    private enum CellKind
    {
        Word,

        /// <summary>A plain number, true or false.</summary>
        Plain,

        /// <summary>A number with thousands, a currency or the like.</summary>
        Quantity,

        Date,
    }

    /// <param name="Name">The first cell.</param>
    /// <param name="Cells">The cells below that are not missing.</param>
    /// <param name="Rows">The number of records below.</param>
    private sealed record Column(string Name, List<string> Cells, int Rows)
    {
        /// <summary>
        /// Whether the first cell is a value, not a name. A date above other cells is a name, for example above the sales of a month; so is an amount above
        /// cells that are not numbers.
        /// </summary>
        public bool BeginsWithValue => KindOf(Name) switch
        {
            CellKind.Word => false,
            CellKind.Plain => true,
            CellKind.Date => Cells.Count == 0 || Cells.Exists(cell => KindOf(cell) == CellKind.Date),
            _ => Cells.Count == 0 || Cells.Exists(cell => KindOf(cell) is CellKind.Plain or CellKind.Quantity),
        };

        /// <summary>Whether all cells are empty.</summary>
        public bool IsEmpty => Name.Length == 0 && Cells.Count == 0;

        /// <summary>Whether an empty cell is above different whole numbers.</summary>
        public bool IsIndex =>
            Name.Length == 0 && Cells.Count == Rows && Cells.TrueForAll(cell => NumberOf(cell) is not null) && Cells.Distinct().Count() == Rows;

        /// <summary>Whether it is an index that numbers two or more rows in order.</summary>
        public bool CountsRows =>
            IsIndex && Rows > 1 && Cells.Zip(Cells.Skip(1), (cell, next) => NumberOf(next) - NumberOf(cell)).All(step => step == 1);

        /// <summary>Whether the cells are a few levels, each occurring twice or more on average, and the first cell is not one of them.</summary>
        public bool IsOverLevels => !Cells.Contains(Name) && Cells.Count > 0 && 2 * Cells.Distinct().Count() <= Cells.Count;

        private static long? NumberOf(string cell) =>
            long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
