namespace SigmoidApi.Compute.Data;

/// <summary>
/// A rows × columns matrix of features: a <see cref="DesignMatrix"/> (float64), <see cref="SingleMatrix"/> (float32, half the memory),
/// <see cref="SparseMatrix"/> (compressed rows) or <see cref="StreamedMatrix"/> (rows that are read when needed). All arithmetic is in float64.
/// </summary>
public abstract class FeatureMatrix
{
    private protected FeatureMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Rows = rows;
        Columns = columns;
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Copies a row as float64 to <paramref name="target"/> of length <see cref="Columns"/>.</summary>
    internal abstract void CopyRow(int row, Span<double> target);

    /// <summary>Copies adjacent rows as float64 to <paramref name="target"/>, where they start <paramref name="stride"/> apart.</summary>
    internal virtual void CopyRows(int first, int count, Span<double> target, int stride)
    {
        for (var k = 0; k < count; k++)
            CopyRow(first + k, target.Slice(k * stride, Columns));
    }

    /// <summary>Copies a column to <paramref name="target"/> of length <see cref="Rows"/>.</summary>
    internal virtual void CopyColumn(int column, Span<double> target, CancellationToken cancellationToken)
    {
        var i = 0;
        foreach (var row in RowsFrom(0, Rows))
        {
            if (i % 1024 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            target[i++] = row[column];
        }
    }

    /// <summary>
    /// Copies some columns of adjacent rows as float64 to <paramref name="target"/>, where the columns start <paramref name="stride"/> apart.
    /// </summary>
    internal virtual void CopyCells(int first, int count, ReadOnlySpan<int> columns, Span<double> target, int stride)
    {
        var i = 0;
        foreach (var row in RowsFrom(first, count))
        {
            for (var k = 0; k < columns.Length; k++)
                target[k * stride + i] = row[columns[k]];
            i++;
        }
    }

    /// <summary>Enumerates copies of these rows.</summary>
    internal RowSequence RowsFrom(int first, int count) => new(this, first, count);

    /// <exception cref="UntrainableDataException"><c>non_finite_value</c>: a cell is NaN or infinite. The message names the first.</exception>
    internal abstract void RequireFinite();

    internal static UntrainableDataException NonFinite(int row, object column, double value) => new("non_finite_value",
        $"Row {row}, column {column} is {value}; a fit needs finite numbers.");
}
