namespace SigmoidApi.Compute.Data;

/// <summary>
/// A sparse rows × columns matrix of float64 in compressed rows (CSR), for example for one-hot encodings or word counts. The arrays are not copied.
/// </summary>
public sealed class SparseMatrix : FeatureMatrix
{
    private readonly long[] _rowStarts;
    private readonly int[] _columnIndices;
    private readonly double[]? _values;

    /// <param name="rowStarts">rows + 1 numbers: where each row's entries start, beginning with 0, then the number of entries.</param>
    /// <param name="columnIndices">The column of each entry, ascending within a row.</param>
    /// <param name="values">The value of each entry. If all are 1, the array is not kept.</param>
    /// <param name="columns">The number of columns.</param>
    /// <exception cref="ArgumentException">The arrays do not match, or an index is out of range, repeated or out of order.</exception>
    public SparseMatrix(long[] rowStarts, int[] columnIndices, double[] values, int columns)
        : base(RowsOf(rowStarts), columns)
    {
        ArgumentNullException.ThrowIfNull(columnIndices);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != columnIndices.Length)
            throw new ArgumentException($"There are {columnIndices.Length} column indices and {values.Length} values.", nameof(values));
        if (rowStarts[0] != 0 || rowStarts[^1] != columnIndices.Length)
            throw new ArgumentException($"Row starts must run from 0 to the number of entries, {columnIndices.Length}.", nameof(rowStarts));
        for (var i = 0; i < Rows; i++)
        {
            if (rowStarts[i + 1] < rowStarts[i])
                throw new ArgumentException($"Row {i} ends before it starts.", nameof(rowStarts));
            var before = -1;
            foreach (var column in columnIndices.AsSpan((int)rowStarts[i], (int)(rowStarts[i + 1] - rowStarts[i])))
            {
                if (column <= before || column >= columns)
                    throw new ArgumentException($"Row {i}: column index {column} must be above {before} and below {columns}.", nameof(columnIndices));
                before = column;
            }
        }
        _rowStarts = rowStarts;
        _columnIndices = columnIndices;
        _values = values.AsSpan().ContainsAnyExcept(1.0) ? values : null;
    }

    /// <summary>The number of stored entries.</summary>
    public int NonZeros => _columnIndices.Length;

    /// <summary>Whether a value other than 1 is stored.</summary>
    internal bool HasValues => _values is not null;

    /// <summary>A copy of the rows at these indices, in this order.</summary>
    public SparseMatrix Select(ReadOnlySpan<int> rows)
    {
        var starts = new long[rows.Length + 1];
        for (var i = 0; i < rows.Length; i++)
            starts[i + 1] = starts[i] + Row(rows[i], out _).Length;
        var indices = new int[starts[^1]];
        var values = new double[starts[^1]];
        for (var i = 0; i < rows.Length; i++)
        {
            var columns = Row(rows[i], out var entries);
            columns.CopyTo(indices.AsSpan((int)starts[i]));
            var target = values.AsSpan((int)starts[i], columns.Length);
            if (_values is null)
                target.Fill(1);
            else
                entries.CopyTo(target);
        }
        return new SparseMatrix(starts, indices, values, Columns);
    }

    /// <summary>The columns and values of a row's entries. <paramref name="values"/> is empty if all values of the matrix are 1.</summary>
    internal ReadOnlySpan<int> Row(int row, out ReadOnlySpan<double> values)
    {
        var start = (int)_rowStarts[row];
        var count = (int)(_rowStarts[row + 1] - start);
        values = _values is null ? [] : _values.AsSpan(start, count);
        return _columnIndices.AsSpan(start, count);
    }

    internal override void CopyRow(int row, Span<double> target)
    {
        target.Clear();
        var columns = Row(row, out var values);
        for (var k = 0; k < columns.Length; k++)
            target[columns[k]] = values.IsEmpty ? 1 : values[k];
    }

    internal override void RequireFinite()
    {
        for (var k = 0; k < _values?.Length; k++)
        {
            if (!double.IsFinite(_values[k]))
            {
                var row = Array.FindLastIndex(_rowStarts, start => start <= k);
                throw NonFinite(row, _columnIndices[k], _values[k]);
            }
        }
    }

    private static int RowsOf(long[] rowStarts)
    {
        ArgumentNullException.ThrowIfNull(rowStarts);
        return rowStarts.Length - 1;
    }
}
