using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>A few rows in memory: row k starts at k · <c>stride</c> and has <c>width</c> values.</summary>
/// <param name="lead">1 if the rows leave out the intercept's leading 1, otherwise 0.</param>
/// <param name="inPlace">Whether they are the matrix's own memory, where the next rows follow.</param>
internal readonly ref struct TileOfRows(ReadOnlySpan<double> values, int stride, int width, int count, int lead, bool inPlace = false)
{
    private readonly bool _inPlace = inPlace;

    public readonly ReadOnlySpan<double> Values = values;
    public readonly int Stride = stride;
    public readonly int Width = width;
    public readonly int Count = count;
    public readonly int Lead = lead;

    /// <summary>A tile of one of the rows, without its padding.</summary>
    public TileOfRows Row(int row, int width) => new(Values.Slice(row * Stride, width), width, width, 1, Lead);

    /// <summary>A copy with the intercept's 1 among the values, in rows <paramref name="stride"/> apart that are padded with 0.</summary>
    public TileOfRows Padded(int stride, Span<double> target)
    {
        for (var k = 0; k < Count; k++)
        {
            var row = target.Slice(k * stride, stride);
            if (Lead == 1)
                row[0] = 1;
            Values.Slice(k * Stride, Width).CopyTo(row[Lead..]);
            row[(Lead + Width)..].Clear();
        }
        return new TileOfRows(target[..(Count * stride)], stride, stride, Count, 0);
    }

    /// <summary><paramref name="margins"/>[k] = zₖᵀp, where p is padded to the width of a row.</summary>
    public void Multiply(ReadOnlySpan<double> parameters, Span<double> margins) =>
        RowKernels.Multiply(Values, Stride, Width, parameters[Lead..], Lead == 0 ? 0 : parameters[0], margins[..Count]);

    /// <summary><paramref name="sums"/> += Σ <paramref name="weights"/>[k] · zₖ</summary>
    public void AddTo(Span<double> sums, ReadOnlySpan<double> weights)
    {
        RowKernels.AddRows(Values, Stride, Width, weights, sums[Lead..], _inPlace);
        if (Lead == 1)
        {
            foreach (var weight in weights)
                sums[0] += weight;
        }
    }

    /// <summary><paramref name="sums"/>[j] += weight · zₖ[j]² for row k = <paramref name="row"/>.</summary>
    public void AddSquaresTo(Span<double> sums, int row, double weight)
    {
        RowKernels.AddSquares(Values.Slice(row * Stride, Width), weight, sums[Lead..]);
        if (Lead == 1)
            sums[0] += weight;
    }
}
