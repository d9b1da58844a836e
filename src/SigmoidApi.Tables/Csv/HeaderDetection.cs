using System.Globalization;
using System.Text;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Csv;

/// <summary>
/// Whether the first record of a file has the names of its columns. It has, where
/// <list type="number">
/// <item>all the names are in it that somebody expects, as a model does;</item>
/// <item>a text stands over a column of values, which are numbers, dates, true and false;</item>
/// <item>it comes again as a whole, and a column has nothing but its name and values;</item>
/// <item>its first cell is empty over numbers that count the rows, as data frames write their index.</item>
/// </list>
/// Otherwise it has not, if a value or an empty cell is among it. Two exceptions: years beside real names, ascending or consecutive, over cells that are not all years; and an empty
/// cell over an index in any order, or over nothing at all.
/// Where all is text, names do not come again in their columns. If some do, they are names all the same where at least as many columns have a few levels again and again, and
/// the first cell is none of them. Names that come twice are names: a data set is told of it, and not given other ones in silence.
/// </summary>
internal static class HeaderDetection
{
    public static bool HasHeader(IReadOnlyList<IReadOnlyList<string>> records, IReadOnlyList<string> nulls, IReadOnlyList<string> expected)
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

        // Of files put one behind the other the header comes again.
        if (records.Skip(1).Any(record => record.SequenceEqual(first)) && columns.Exists(IsNameAgainOverValues))
            return true;

        var named = columns.Where((column, i) => !column.IsEmpty && !(i == 0 && column.IsIndex)).ToList();
        if (named.Exists(IsText) && AreYears([.. named.Where(column => column.BeginsWithValue)]))
            named.RemoveAll(column => column.BeginsWithValue);
        if (named.Count == 0 || named.Exists(column => column.Name.Length == 0 || column.BeginsWithValue))
            return false;
        var again = named.Count(column => column.Cells.Contains(column.Name));
        return again == 0
            || (named.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Count() == named.Count && named.Count(column => column.IsOverLevels) >= again);

        IEnumerable<string> Below(int column) => records.Skip(1).Where(record => column < record.Count).Select(record => record[column]).Where(cell => !IsMissing(cell));

        bool IsMissing(string cell) => cell.Length == 0 || CsvDialect.Marks.Contains(cell, StringComparer.OrdinalIgnoreCase) || nulls.Contains(cell);

        bool IsNameAgainOverValues(Column column) => IsText(column) && column.Cells.Exists(IsValue)
            && column.Cells.TrueForAll(cell => cell == column.Name || IsValue(cell));

        bool IsText(Column column) => column.Name.Length > 0 && !nulls.Contains(column.Name) && !column.BeginsWithValue;
    }

    /// <summary>Whether the first record has all of some names.</summary>
    public static bool HasAll(IReadOnlyList<IReadOnlyList<string>> records, IReadOnlyList<string> names) =>
        records.Count > 0 && !names.Except(ColumnNames.Given(records[0]), StringComparer.Ordinal).Any();

    private static bool AreYears(List<Column> columns)
    {
        var steps = columns.Zip(columns.Skip(1), (left, right) => YearOf(right.Name) - YearOf(left.Name)).ToList();
        return steps.Count > 0 && (steps.TrueForAll(step => step > 0) || steps.TrueForAll(step => step == -1))
            && columns.TrueForAll(column => column.Cells.Exists(cell => YearOf(cell) is null));
    }

    // Null for what is none; so are then the steps to it and from it.
    private static int? YearOf(string cell) => int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 1900 and <= 2100 ? year : null;

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

        /// <summary>An amount and the like.</summary>
        Quantity,

        Date,
    }

    /// <param name="Name">The first cell, if it is a name.</param>
    /// <param name="Cells">Those below it that are not missing.</param>
    /// <param name="Rows">How many there could be.</param>
    private sealed record Column(string Name, List<string> Cells, int Rows)
    {
        /// <summary>
        /// The first cell is a value and no name. A date over anything else is a name, as over the sales of a month; so is an amount over what is no number.
        /// </summary>
        public bool BeginsWithValue => KindOf(Name) switch
        {
            CellKind.Word => false,
            CellKind.Plain => true,
            CellKind.Date => Cells.Count == 0 || Cells.Exists(cell => KindOf(cell) == CellKind.Date),
            _ => Cells.Count == 0 || Cells.Exists(cell => KindOf(cell) is CellKind.Plain or CellKind.Quantity),
        };

        /// <summary>Nothing stands in it.</summary>
        public bool IsEmpty => Name.Length == 0 && Cells.Count == 0;

        /// <summary>An empty cell over whole numbers, each there once.</summary>
        public bool IsIndex => Name.Length == 0 && Cells.Count == Rows && Cells.TrueForAll(cell => NumberOf(cell) is not null) && Cells.Distinct().Count() == Rows;

        /// <summary>The same, in the order of two rows or more.</summary>
        public bool CountsRows => IsIndex && Rows > 1 && Cells.Zip(Cells.Skip(1), (cell, next) => NumberOf(next) - NumberOf(cell)).All(step => step == 1);

        /// <summary>The cells are texts of a few levels, each there twice or more on average, and the first cell is none of them.</summary>
        public bool IsOverLevels => !Cells.Contains(Name) && Cells.Count > 0 && 2 * Cells.Distinct().Count() <= Cells.Count;

        private static long? NumberOf(string cell) => long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
