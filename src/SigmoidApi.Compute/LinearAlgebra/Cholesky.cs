using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.LinearAlgebra;

/// <summary>
/// The factorisation A = L·Lᵀ of a symmetric positive semi-definite matrix. The matrix is scaled to unit diagonal first, so that the columns'
/// units do not matter and nothing overflows. A column that depends on others, up to rounding, is left out: its entry of a solution is 0, as R's
/// <c>lm</c> and <c>glm</c> treat aliased terms.
/// <para>
/// After scaling, a pivot is 1 − R² of its column on the columns taken before. Columns are taken in order as long as their pivots are large
/// enough, otherwise by the largest pivot (threshold pivoting): division by small pivots would spoil the later ones with rounding errors
/// (Higham, "Accuracy and Stability of Numerical Algorithms" (2002), 10.3).
/// </para>
/// </summary>
internal sealed class Cholesky(int order)
{
    /// <summary>
    /// A column is taken in its turn if its pivot is at least this share of the largest. Over 40,000 random matrices of deficient rank, the largest
    /// pivot that was only rounding error was, in units of 2⁻⁵² · order, 3.2 with a share of 0.5, 229 with 0.1, and 1.5 with 1.
    /// </summary>
    private const double PivotThreshold = 0.5;

    /// <summary>An upper bound for the rounding error that remains as the pivot of a dependent column, with a margin.</summary>
    private readonly double _smallestPivot = 16 * Math.ScaleB(1, -52) * order;

    private double _limit;

    /// <summary>
    /// L, row-major: row i belongs to column i of A, entry k to the k-th column taken. Empty before the first factorisation: many wide fits need none.
    /// </summary>
    private double[] _lower = [];
    private readonly double[] _scale = new double[order];
    private readonly double[] _pivots = new double[order];
    private readonly double[] _solution = new double[order];
    private readonly List<int> _taken = new(order);

    /// <summary>Which columns the last factorisation took.</summary>
    public bool[] Kept { get; } = new bool[order];

    /// <summary>Whether the last factorisation took every column.</summary>
    public bool IsFull => _taken.Count == order;

    /// <summary>How many columns the last factorisation took.</summary>
    public int Rank => _taken.Count;

    /// <summary>The k-th column taken, its scale, and its row of L with k + 1 entries.</summary>
    public (int Column, double Scale, ReadOnlyMemory<double> Lower) Taken(int k) =>
        (_taken[k], _scale[_taken[k]], _lower.AsMemory(_taken[k] * order, k + 1));

    /// <summary>Factorises over the candidate columns. Returns whether it took every one of them.</summary>
    /// <param name="matrix">A</param>
    /// <param name="candidates">Empty for all columns.</param>
    /// <param name="smallestPivot">Columns with a smaller pivot are left out. Null is the bound for rounding errors of float64.</param>
    public bool Factorize(SymmetricMatrix matrix, ReadOnlySpan<bool> candidates = default, double? smallestPivot = null)
    {
        _limit = smallestPivot ?? _smallestPivot;
        if (_lower.Length == 0)
            _lower = new double[order * order];
        var wanted = 0;
        for (var i = 0; i < order; i++)
        {
            var candidate = candidates.IsEmpty || candidates[i];
            wanted += candidate ? 1 : 0;
            _scale[i] = 1 / Math.Sqrt(matrix[i, i]);
            _pivots[i] = candidate && matrix[i, i] > 0 && double.IsFinite(_scale[i]) ? 1 : 0;
        }
        _taken.Clear();
        Array.Clear(Kept);
        while (NextColumn() is { } column)
            Take(column, matrix);
        return _taken.Count == wanted;
    }

    /// <summary>Solves A·x = b in place over the columns taken. x is 0 on the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Solve(double[] b)
    {
        for (var k = 0; k < _taken.Count; k++)
        {
            var row = Row(_taken[k]);
            _solution[k] = (b[_taken[k]] * _scale[_taken[k]] - DotProduct.Compute(row[..k], _solution.AsSpan(0, k))) / row[k];
        }
        Array.Clear(b);
        for (var k = _taken.Count - 1; k >= 0; k--)
        {
            var row = Row(_taken[k]);
            var x = _solution[k] / row[k];
            for (var j = 0; j < k; j++)
                _solution[j] -= row[j] * x;
            b[_taken[k]] = x * _scale[_taken[k]];
        }
    }

    private Span<double> Row(int column) => _lower.AsSpan(column * order, order);

    private int? NextColumn()
    {
        var largest = 0.0;
        foreach (var pivot in _pivots)
            largest = Math.Max(largest, pivot);
        if (!(largest > _limit))
            return null;
        return Array.FindIndex(_pivots, pivot => pivot >= PivotThreshold * largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(int column, SymmetricMatrix matrix)
    {
        var k = _taken.Count;
        var taken = Row(column);
        taken[k] = Math.Sqrt(_pivots[column]);
        _pivots[column] = 0;
        Kept[column] = true;
        _taken.Add(column);
        for (var i = 0; i < order; i++)
        {
            if (_pivots[i] > 0)
            {
                var row = Row(i);
                var scaled = matrix[column, i] * _scale[column] * _scale[i];
                row[k] = (scaled - DotProduct.Compute(row[..k], taken[..k])) / taken[k];
                _pivots[i] -= row[k] * row[k];
            }
        }
    }
}
