using System.Buffers;
using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Preprocessing;

/// <summary>Writes the design rows that a preparation makes of a table, dense or sparse.</summary>
internal sealed class DesignEncoder
{
    private const int ChunkRows = 1024;

    private readonly FeatureTable _table;
    private readonly EncodedColumn[] _columns;
    private readonly int _designColumns;

    /// <summary>The most entries that a row can have: one for each raw column and one for each indicator.</summary>
    private readonly int _maxEntries;

    public DesignEncoder(Preparation preparation, FeatureTable table)
    {
        (_table, _columns, _designColumns) = (table, new EncodedColumn[table.Columns.Count], preparation.Terms.Count);
        var (number, target) = (0, 0);
        for (var j = 0; j < _columns.Length; j++)
        {
            var fitted = preparation.Columns[j];
            var after = target + fitted.Terms().Count();
            var indicator = fitted.MissingIndicator ? after - 1 : -1;
            _columns[j] = fitted is FittedCategory category
                ? EncodedColumn.OfCategory(table.Columns[j].Codes!, category, target, indicator)
                : EncodedColumn.OfNumber(number++, target, ((FittedNumber)fitted).Fill, indicator);
            target = after;
            _maxEntries += fitted.MissingIndicator ? 2 : 1;
        }
    }

    public FeatureMatrix Encode(ThreadCrew crew, CancellationToken cancellationToken) =>
        SuitsSparse(_designColumns, _maxEntries) ? ToSparse(cancellationToken)
        : _table.IsStreamed ? new StreamedMatrix(_table.Rows, _designColumns, Fill)
        : ToDense(crew, cancellationToken);

    /// <summary>
    /// Measured seconds to encode and fit on two busy cores, sparse and dense: 75 columns with 19 entries a row (5,000 rows) 0.033 and 0.015,
    /// 62 with 14 (200,000) 0.13 and 0.17, 80 with 16 (50,000) 0.09 and 0.21, 105 with 15 (50,000) 0.07 and 0.10, 205 with 15 (20,000) 0.04 and 0.17,
    /// 1,994 with 10 (100,000) 0.47 and 14. The fit alone takes as long either way at 5 to 7 columns per entry; with fewer columns per entry the
    /// vector instructions on dense rows win.
    /// </summary>
    public static bool SuitsSparse(long columns, long entriesInARow) => columns >= 6 * entriesInARow;

    public DesignMatrix ToDense(ThreadCrew crew, CancellationToken cancellationToken)
    {
        var matrix = DesignMatrix.ToFill(_table.Rows, _designColumns);
        crew.Run((_table.Rows - 1) / ChunkRows + 1, (chunk, _) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var first = chunk * ChunkRows;
            Fill(first, matrix.RowsToFill(first, Math.Min(ChunkRows, _table.Rows - first)));
        });
        return matrix;
    }

    /// <summary>Writes the rows from <paramref name="first"/> on, as many as <paramref name="rows"/> has room for.</summary>
    private void Fill(int first, Span<double> rows)
    {
        rows.Clear();
        var (columns, values) = (ArrayPool<int>.Shared.Rent(_maxEntries), ArrayPool<double>.Shared.Rent(_maxEntries));
        var count = rows.Length / _designColumns;
        using var numbers = NumbersFrom(first, count);
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice(i * _designColumns, _designColumns);
            var entries = Entries(first + i, numbers.MoveNext() ? numbers.Current : [], columns, values);
            for (var e = 0; e < entries; e++)
                row[columns[e]] = values[e];
        }
        ArrayPool<int>.Shared.Return(columns);
        ArrayPool<double>.Shared.Return(values);
    }

    /// <summary>The numbers of these rows; empty if the table has no number columns.</summary>
    private RowSequence NumbersFrom(int first, int count) => _table.Numbers is null ? default : _table.Numbers.RowsFrom(first, count);

    public SparseMatrix ToSparse(CancellationToken cancellationToken)
    {
        var starts = new long[_table.Rows + 1];
        var (columns, values) = (new int[_maxEntries], new double[_maxEntries]);
        ForRows((row, count) => starts[row + 1] = starts[row] + count);
        var (allColumns, allValues) = (new int[starts[^1]], new double[starts[^1]]);
        ForRows((row, count) =>
        {
            columns.AsSpan(0, count).CopyTo(allColumns.AsSpan((int)starts[row]));
            values.AsSpan(0, count).CopyTo(allValues.AsSpan((int)starts[row]));
        });
        return new SparseMatrix(starts, allColumns, allValues, _designColumns);

        void ForRows(Action<int, int> action)
        {
            using var numbers = NumbersFrom(0, _table.Rows);
            for (var i = 0; i < _table.Rows; i++)
            {
                if (i % ChunkRows == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                action(i, Entries(i, numbers.MoveNext() ? numbers.Current : [], columns, values));
            }
        }
    }

    /// <summary>Writes the entries of a row with these numbers, in the order of their columns and without zeros. Returns how many there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Entries(int row, ReadOnlySpan<double> numbers, Span<int> columns, Span<double> values)
    {
        var count = 0;
        foreach (ref readonly var column in _columns.AsSpan())
        {
            var isMissing = false;
            var (target, value) = (column.Target, 1.0);
            if (column.Codes is null)
            {
                value = numbers[column.Number];
                isMissing = double.IsNaN(value);
                value = isMissing ? column.Fill : value;
            }
            else
            {
                var code = column.Codes[row];
                isMissing = code < 0;
                target = column.Targets[code + 1];
            }
            if (target >= 0 && value != 0)
            {
                columns[count] = target;
                values[count++] = value;
            }
            if (isMissing && column.Indicator >= 0)
            {
                columns[count] = column.Indicator;
                values[count++] = 1;
            }
        }
        return count;
    }

    /// <summary>Where the values of a raw column go in the design.</summary>
    /// <param name="Number">The index among the number columns.</param>
    /// <param name="Target">The design column of a number.</param>
    /// <param name="Fill">Replaces a missing number.</param>
    /// <param name="Codes">The rows' codes of a category; null for a number.</param>
    /// <param name="Targets">The design column of a missing value, then of each code; −1 for none.</param>
    /// <param name="Indicator">The design column of the indicator; −1 for none.</param>
    private readonly record struct EncodedColumn(int Number, int Target, double Fill, int[]? Codes, int[] Targets, int Indicator)
    {
        public static EncodedColumn OfNumber(int number, int target, double fill, int indicator) => new(number, target, fill, null, [], indicator);

        public static EncodedColumn OfCategory(CategoryCodes codes, FittedCategory category, int target, int indicator)
        {
            var targets = new int[codes.Levels.Count + 1];
            for (var code = -1; code < codes.Levels.Count; code++)
            {
                var column = category.ColumnOf(code < 0 ? FittedCategory.MissingCode : category.CodeOf(codes.Levels[code]));
                targets[code + 1] = column < 0 ? -1 : target + column;
            }
            return new EncodedColumn(0, 0, 0, codes.Codes, targets, indicator);
        }
    }
}
