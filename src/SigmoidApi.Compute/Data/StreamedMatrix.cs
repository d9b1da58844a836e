using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Data;

/// <summary>
/// Reads adjacent rows from row <paramref name="first"/> on, row-major, as many as fit into <paramref name="rows"/>. It must always return the same
/// values. It is called from several threads at once.
/// </summary>
public delegate void ReadRows(int first, Span<double> rows);

/// <summary>
/// A dense rows × columns matrix of float64 that is not in memory. Each pass reads its rows again, a few at a time. A fit has the same bits as with
/// the same numbers in a <see cref="DesignMatrix"/>.
/// </summary>
public sealed class StreamedMatrix : FeatureMatrix
{
    private readonly ReadRows _read;

    /// <param name="rows">At least one.</param>
    /// <param name="columns">At least one.</param>
    /// <param name="read">Reads rows. An exception from it ends the fit.</param>
    public StreamedMatrix(int rows, int columns, ReadRows read)
        : base(rows, columns)
    {
        ArgumentNullException.ThrowIfNull(read);
        _read = read;
    }

    internal override void CopyRow(int row, Span<double> target) => _read(row, target[..Columns]);

    internal override void CopyRows(int first, int count, Span<double> target, int stride)
    {
        _read(first, target[..(count * Columns)]);
        if (stride == Columns)
            return;
        // The rows are moved apart starting with the last, so that no row overwrites one that has not moved yet. The padding between them is cleared.
        for (var k = count - 1; k > 0; k--)
            target.Slice(k * Columns, Columns).CopyTo(target[(k * stride)..]);
        for (var k = 0; k < count - 1; k++)
            target[(k * stride + Columns)..((k + 1) * stride)].Clear();
    }

    internal override void RequireFinite()
    {
        var i = 0;
        foreach (var row in RowsFrom(0, Rows))
        {
            var index = FiniteCheck.IndexOfNonFinite<double>(row);
            if (index >= 0)
                throw NonFinite(i, index, row[index]);
            i++;
        }
    }
}
