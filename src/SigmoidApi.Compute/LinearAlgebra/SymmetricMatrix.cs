using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.LinearAlgebra;

/// <summary>A symmetric matrix that stores its upper triangle. Rows are padded to whole vectors.</summary>
internal sealed class SymmetricMatrix
{
    private readonly AlignedBuffer _values;

    public SymmetricMatrix(int order)
    {
        Order = order;
        Stride = GramKernel.Stride<double>(order);
        _values = new AlignedBuffer(GramKernel.Length<double>(order));
    }

    public int Order { get; }

    public int Stride { get; }

    /// <summary>Entry (i, j) for j ≥ i is at i · <see cref="Stride"/> + j. The other numbers have no meaning.</summary>
    public Span<double> Values => _values.Span;

    /// <summary>Both triangles, row-major, with rows <paramref name="stride"/> apart.</summary>
    public double[] ToFull(int stride)
    {
        var full = new double[Order * stride];
        for (var i = 0; i < Order; i++)
        {
            for (var j = 0; j < Order; j++)
                full[i * stride + j] = this[i, j];
        }
        return full;
    }

    public double this[int i, int j]
    {
        get => Values[Math.Min(i, j) * Stride + Math.Max(i, j)];
        set => Values[Math.Min(i, j) * Stride + Math.Max(i, j)] = value;
    }
}
