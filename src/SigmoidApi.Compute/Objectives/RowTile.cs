using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// A few rows as a solver sees them: standardised on the way from the matrix (which is neither changed nor copied as a whole), led by the
/// intercept's 1, and padded with zeros to whole vectors. Standardising each value, rather than correcting the sums for the means
/// afterwards, keeps columns accurate whose mean dwarfs their deviation.
/// </summary>
internal sealed class RowTile
{
    /// <summary>Rows of a full tile: 57 columns make 16 KB, half of a first-level cache.</summary>
    public const int MaxRows = 32;

    private readonly int _columns;
    private readonly int _lead;
    private readonly double[]? _means;
    private readonly double[]? _reciprocals;
    private readonly AlignedBuffer _values;

    public RowTile(int columns, bool intercept, StandardScaling? scaling)
    {
        _columns = columns;
        _lead = intercept ? 1 : 0;
        Dimension = columns + _lead;
        Stride = (Dimension + GramUpdate.Lanes - 1) / GramUpdate.Lanes * GramUpdate.Lanes;
        _values = new AlignedBuffer(MaxRows * Stride);
        if (scaling is not null)
        {
            _means = scaling.Means;
            _reciprocals = Array.ConvertAll(scaling.Deviations, deviation => deviation == 0 ? 0 : 1 / deviation);
        }
    }

    /// <summary>Columns, and one more if there is an intercept.</summary>
    public int Dimension { get; }

    /// <summary>The distance between rows: the dimension rounded up to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Rows loaded, rounded up to a multiple of <see cref="GramUpdate.RowStep"/>; those past the end are zero.</summary>
    public int PaddedRows { get; private set; }

    public ReadOnlySpan<double> Values => _values.Span[..(PaddedRows * Stride)];

    public ReadOnlySpan<double> Row(int row) => _values.Span.Slice(row * Stride, Stride);

    /// <summary>Takes at most <see cref="MaxRows"/> row-major rows.</summary>
    public void Load(ReadOnlySpan<double> rows)
    {
        var count = rows.Length / _columns;
        PaddedRows = (count + GramUpdate.RowStep - 1) / GramUpdate.RowStep * GramUpdate.RowStep;
        _values.Span.Slice(count * Stride, (PaddedRows - count) * Stride).Clear();
        for (var i = 0; i < count; i++)
        {
            var target = _values.Span.Slice(i * Stride, Stride);
            if (_lead == 1)
                target[0] = 1;
            Standardize(rows.Slice(i * _columns, _columns), target.Slice(_lead, _columns));
        }
    }

    private void Standardize(ReadOnlySpan<double> row, Span<double> target)
    {
        if (_means is null || _reciprocals is null)
        {
            row.CopyTo(target);
            return;
        }
        ref var x = ref MemoryMarshal.GetReference(row);
        ref var mean = ref MemoryMarshal.GetArrayDataReference(_means);
        ref var reciprocal = ref MemoryMarshal.GetArrayDataReference(_reciprocals);
        ref var z = ref MemoryMarshal.GetReference(target);
        var j = 0;
        for (; j <= row.Length - Vector512<double>.Count; j += Vector512<double>.Count)
        {
            var centred = Vector512.LoadUnsafe(ref x, (nuint)j) - Vector512.LoadUnsafe(ref mean, (nuint)j);
            (centred * Vector512.LoadUnsafe(ref reciprocal, (nuint)j)).StoreUnsafe(ref z, (nuint)j);
        }
        for (; j < row.Length; j++)
            target[j] = (row[j] - _means[j]) * _reciprocals[j];
    }
}
