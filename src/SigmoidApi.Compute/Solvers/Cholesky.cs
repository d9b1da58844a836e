using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// A = L·Lᵀ of a symmetric positive semi-definite matrix, scaled to unit diagonal first, so that neither the columns' units nor their
/// overflow matter. A column that depends on those before it, to within rounding, is left out: its part of a solution is 0, as R's
/// <c>lm</c> and <c>glm</c> do with aliased terms.
/// </summary>
internal sealed class Cholesky(int order)
{
    private readonly double[] _lower = new double[order * order];
    private readonly double[] _scale = new double[order];

    /// <summary>
    /// After scaling a pivot is 1 − R² of its column on the kept ones before it; rounding leaves a dependent column some
    /// units of 2⁻⁵² per row of the triangle.
    /// </summary>
    private readonly double _smallestPivot = 100 * Math.ScaleB(1, -52) * order;

    /// <summary>Which columns the last factorisation kept.</summary>
    public bool[] Kept { get; } = new bool[order];

    /// <summary>Factorises; considers the columns of <paramref name="candidates"/>, or all. Returns whether it kept every one of them.</summary>
    public bool Factorize(SymmetricMatrix matrix, ReadOnlySpan<bool> candidates = default)
    {
        var complete = true;
        for (var i = 0; i < order; i++)
        {
            _scale[i] = 1 / Math.Sqrt(matrix[i, i]);
            var row = _lower.AsSpan(i * order, i + 1);
            row.Clear();
            Kept[i] = false;
            if (!candidates.IsEmpty && !candidates[i])
                continue;

            if (matrix[i, i] > 0 && double.IsFinite(_scale[i]))
            {
                for (var j = 0; j < i; j++)
                {
                    if (Kept[j])
                    {
                        var scaled = matrix[j, i] * _scale[j] * _scale[i];
                        row[j] = (scaled - DotProduct.Compute(row[..j], _lower.AsSpan(j * order, j))) / _lower[j * order + j];
                    }
                }
                var pivot = 1 - DotProduct.Compute(row[..i], row[..i]);
                Kept[i] = pivot > _smallestPivot;
                if (Kept[i])
                    row[i] = Math.Sqrt(pivot);
                else
                    row.Clear();
            }
            complete &= Kept[i];
        }
        return complete;
    }

    /// <summary>Solves A·x = b in place over the kept columns; x is 0 on the others.</summary>
    public void Solve(Span<double> b)
    {
        for (var i = 0; i < order; i++)
        {
            b[i] = Kept[i]
                ? (b[i] * _scale[i] - DotProduct.Compute(_lower.AsSpan(i * order, i), b[..i])) / _lower[i * order + i]
                : 0;
        }
        for (var i = order - 1; i >= 0; i--)
        {
            if (!Kept[i])
                continue;
            b[i] /= _lower[i * order + i];
            for (var j = 0; j < i; j++)
                b[j] -= _lower[i * order + j] * b[i];
        }
        for (var i = 0; i < order; i++)
        {
            if (Kept[i])
                b[i] *= _scale[i];
        }
    }
}
