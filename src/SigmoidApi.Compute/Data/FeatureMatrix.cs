namespace SigmoidApi.Compute.Data;

/// <summary>
/// A rows × columns matrix of features, however it is stored: <see cref="DesignMatrix"/> (float64), <see cref="SingleMatrix"/> (float32, half
/// the memory) or <see cref="SparseMatrix"/> (compressed rows). All arithmetic is in float64.
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

    /// <summary>A row as float64, into <paramref name="target"/> of length <see cref="Columns"/>.</summary>
    internal abstract void CopyRow(int row, Span<double> target);

    /// <summary>Rows that follow each other, as float64, to <paramref name="target"/>: each <paramref name="stride"/> after the one before.</summary>
    internal virtual void CopyRows(int first, int count, Span<double> target, int stride)
    {
        for (var k = 0; k < count; k++)
            CopyRow(first + k, target.Slice(k * stride, Columns));
    }

    /// <exception cref="UntrainableDataException"><c>non_finite_value</c>: names the first cell that is NaN or infinite.</exception>
    internal abstract void RequireFinite();

    private protected static UntrainableDataException NonFinite(int row, int column, double value) => new("non_finite_value",
        $"Row {row}, column {column} is {value}; a fit needs finite numbers.");
}
