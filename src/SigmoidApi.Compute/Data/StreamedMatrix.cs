using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Data;

/// <summary>
/// Reads rows that follow each other, from row <paramref name="first"/> on, row-major, as many as <paramref name="rows"/> has room for. It always gives
/// the same values, and is called from many threads at once.
/// </summary>
public delegate void ReadRows(int first, Span<double> rows);

/// <summary>
/// A dense rows × columns matrix of float64 that is kept elsewhere: each pass over it reads its rows anew, a few at a time. A fit has the same bits as of the
/// same numbers in a <see cref="DesignMatrix"/>.
/// </summary>
public sealed class StreamedMatrix : FeatureMatrix
{
    private readonly ReadRows _read;

    /// <param name="rows">At least one.</param>
    /// <param name="columns">At least one.</param>
    /// <param name="read">Where rows come from. What it throws ends the fit.</param>
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
        // Apart from the last row on, so that none is written over another that has yet to move; what was between them is padding again.
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
