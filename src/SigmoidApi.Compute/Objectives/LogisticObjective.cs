using System.Numerics;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// The penalised mean log loss f(b, w) = (1/n) Σ logloss(yᵢ, b + zᵢᵀw) + ½ · penalty · ‖w‖², which is scikit-learn's
/// c · Σ logloss + ½‖w‖² divided by c·n, with penalty = 1/(c·n). The intercept b is not penalised.
/// <para>
/// It is the one seam between solvers and rows: a solver hands in parameters (the intercept, if there is one, then w) and gets sums
/// over the rows. Every evaluation is one pass that reads each row once. Blocks of <see cref="DesignMatrix.BlockRows"/> rows are summed
/// by themselves and added in a tree that the number of blocks alone determines, so that results don't depend on who sums which block.
/// </para>
/// </summary>
internal sealed class LogisticObjective
{
    private readonly DesignMatrix _features;
    private readonly double[] _labels;
    private readonly RowTile _tile;
    private readonly bool _fitIntercept;
    private readonly double[] _paddedParameters;
    private readonly double[] _margins = new double[RowTile.MaxRows];
    private readonly double[] _residuals = new double[RowTile.MaxRows];
    private readonly double[] _curvatures = new double[RowTile.MaxRows];
    private readonly List<PassSums> _gradientLevels = [];
    private readonly List<PassSums> _curvatureLevels = [];

    /// <param name="features">n rows.</param>
    /// <param name="labels">n labels, 0 or 1.</param>
    /// <param name="scaling">Standardises each row as it is read; null takes the rows as they are.</param>
    /// <param name="fitIntercept">Whether parameter 0 is an intercept.</param>
    /// <param name="penalty">Per unit of mean loss; 0 for none.</param>
    public LogisticObjective(DesignMatrix features, double[] labels, StandardScaling? scaling, bool fitIntercept, double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Length, features.Rows);
        _features = features;
        _labels = labels;
        _tile = new RowTile(features.Columns, fitIntercept, scaling);
        _fitIntercept = fitIntercept;
        _paddedParameters = new double[_tile.Stride];
        Penalty = penalty;
    }

    public int Rows => _features.Rows;

    /// <summary>The number of parameters.</summary>
    public int Dimension => _tile.Dimension;

    public double Penalty { get; }

    /// <summary>The column that a parameter belongs to, or −1 for the intercept.</summary>
    public int ColumnOf(int parameter) => _fitIntercept ? parameter - 1 : parameter;

    /// <summary>One pass: f, and ∇f into <paramref name="gradient"/>.</summary>
    public PassResult Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient, CancellationToken cancellationToken) =>
        Evaluate(parameters, gradient, null, cancellationToken);

    /// <summary>One pass: f, ∇f into <paramref name="gradient"/> and, if it is not null, ∇²f into <paramref name="hessian"/>.</summary>
    public PassResult Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient, SymmetricMatrix? hessian, CancellationToken cancellationToken)
    {
        parameters.CopyTo(_paddedParameters);
        var depth = BitOperations.Log2((uint)_features.BlockCount) + 2;
        var levels = hessian is null ? _gradientLevels : _curvatureLevels;
        while (levels.Count < depth)
            levels.Add(new PassSums(_tile.Stride, hessian is null ? null : new SymmetricMatrix(Dimension)));

        SumBlocks(0, _features.BlockCount, levels, 0, cancellationToken);

        var sums = levels[0];
        var value = sums.Loss / Rows;
        for (var j = 0; j < Dimension; j++)
        {
            gradient[j] = sums.Gradient[j] / Rows;
            if (ColumnOf(j) >= 0)
            {
                gradient[j] += Penalty * parameters[j];
                value += 0.5 * Penalty * parameters[j] * parameters[j];
            }
        }
        if (hessian is not null)
        {
            var values = hessian.Values;
            var curvatures = sums.Curvature!.Values;
            for (var i = 0; i < values.Length; i++)
                values[i] = curvatures[i] / Rows;
            for (var j = 0; j < Dimension; j++)
                hessian[j, j] += ColumnOf(j) >= 0 ? Penalty : 0;
        }
        return new PassResult(value, sums.LargestMargin);
    }

    /// <summary>Sums blocks first … first + count − 1 into the sums of this level; the left half is a power of two.</summary>
    private void SumBlocks(int first, int count, List<PassSums> levels, int level, CancellationToken cancellationToken)
    {
        if (count == 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            levels[level].Clear();
            SumBlock(first, levels[level]);
            return;
        }
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        SumBlocks(first, left, levels, level, cancellationToken);
        SumBlocks(first + left, count - left, levels, level + 1, cancellationToken);
        levels[level].Add(levels[level + 1]);
    }

    private void SumBlock(int block, PassSums sums)
    {
        var rows = _features.Block(block);
        var labels = _labels.AsSpan(block * DesignMatrix.BlockRows, rows.Length / _features.Columns);
        while (!labels.IsEmpty)
        {
            var count = Math.Min(RowTile.MaxRows, labels.Length);
            _tile.Load(rows[..(count * _features.Columns)]);
            for (var i = 0; i < count; i++)
            {
                _margins[i] = DotProduct.Compute(_tile.Row(i), _paddedParameters);
                sums.LargestMargin = Math.Max(sums.LargestMargin, Math.Abs(_margins[i]));
            }
            sums.Loss += LogisticLoss.Sum(_margins.AsSpan(0, count), labels[..count], _residuals, sums.Curvature is null ? [] : _curvatures);
            var padded = _tile.PaddedRows;
            _residuals.AsSpan(count, padded - count).Clear();
            _curvatures.AsSpan(count, padded - count).Clear();
            GramUpdate.AddRows(_tile.Values, _tile.Stride, _residuals.AsSpan(0, padded), sums.Gradient);
            if (sums.Curvature is not null)
                GramUpdate.AddOuterProducts(_tile.Values, _tile.Stride, Dimension, _curvatures.AsSpan(0, padded), sums.Curvature.Values);
            rows = rows[(count * _features.Columns)..];
            labels = labels[count..];
        }
    }
}

/// <summary>The objective at some parameters, and the largest |margin| that they give a row.</summary>
internal readonly record struct PassResult(double Value, double LargestMargin);
