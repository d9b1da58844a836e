using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises Σ w·(ln(1 + eᵐ) − y·m) − Σ c·b over one to three parameters b, with margins m = offset + Σ b·x, by Newton's method: the step is halved until the
/// value falls. It ends when Newton's decrement gᵀH⁻¹g, twice the distance to the minimum, is rounding error. Calibration fits such models to scores.
/// </summary>
internal sealed class FewParameters
{
    private const int MaxIterations = 200;
    private const int MaxHalvings = 60;
    private const int BlockRows = 512;

    /// <summary>Blocks that a thread takes at a time. The sums of the chunks are added in their order, so the bits do not depend on the threads.</summary>
    private const int ChunkBlocks = 16;

    private readonly double[][] _columns;
    private readonly double[]? _offset;
    private readonly double[] _labels;
    private readonly double[]? _weights;
    private readonly double[] _linear;
    private readonly ThreadCrew _crew;
    private readonly RowLosses?[] _workspaces;
    private readonly double[] _chunks;
    private readonly int _stride;

    /// <param name="columns">x: one to three columns. Null is a column of ones.</param>
    /// <param name="offset">Added to each margin; null for none.</param>
    /// <param name="labels">y: 0 or 1.</param>
    /// <param name="weights">w, at least 0; null if each is 1.</param>
    /// <param name="linear">c; null for zeros. A smoothed target t in place of y has c = Σ w·(t − y)·x.</param>
    /// <param name="crew">The threads.</param>
    public FewParameters(IReadOnlyList<double[]?> columns, double[]? offset, double[] labels, double[]? weights, double[]? linear, ThreadCrew crew)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length, nameof(labels));
        _columns = [.. columns.Select(column => column ?? [])];
        (_offset, _labels, _weights, _crew) = (offset, labels, weights, crew);
        _linear = linear ?? new double[columns.Count];
        _workspaces = new RowLosses?[crew.Size];
        _stride = 1 + columns.Count + columns.Count * columns.Count;
        _chunks = new double[((labels.Length - 1) / (BlockRows * ChunkBlocks) + 1) * _stride];
    }

    /// <summary>The parameters at the minimum. It must exist: the labels must overlap in the columns.</summary>
    /// <param name="start">Where to start; zeros if null.</param>
    /// <param name="cancellationToken">Checked before each pass over the rows.</param>
    public double[] Minimize(double[]? start = null, CancellationToken cancellationToken = default)
    {
        var k = _columns.Length;
        var point = start is null ? new double[k] : [.. start];
        var at = Evaluate(point, cancellationToken);
        for (var (iteration, stale, smallest) = (0, 0, double.PositiveInfinity); iteration < MaxIterations; iteration++)
        {
            var step = Solve(at.AsSpan(1, k), at.AsSpan(1 + k));
            var decrement = 0.0;
            for (var i = 0; i < k; i++)
                decrement += step[i] * at[1 + i];
            // A step below the rounding of the value is still taken: the gradient's rounding is smaller.
            stale = decrement < smallest ? 0 : stale + 1;
            smallest = Math.Min(smallest, decrement);
            if (!(decrement > 0) || stale > 2)
                break;
            var (scale, next, after) = (1.0, point, at);
            for (var halving = 0; halving < MaxHalvings; halving++, scale /= 2)
            {
                next = [.. point.Select((value, i) => value - scale * step[i])];
                after = Evaluate(next, cancellationToken);
                if (after[0] <= at[0] + 1e-12 * Math.Abs(at[0]))
                    break;
            }
            (point, at) = (next, after);
            if (decrement <= 1e-28 * Math.Max(1, Math.Abs(at[0])))
                break;
        }
        return point;
    }

    /// <summary>The value, the gradient, and the Hessian row by row.</summary>
    private double[] Evaluate(double[] point, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Array.Clear(_chunks);
        _crew.Run(_chunks.Length / _stride, (chunk, worker) =>
        {
            var rows = _workspaces[worker] ??= new RowLosses(BlockRows);
            var sums = _chunks.AsSpan(chunk * _stride, _stride);
            var last = Math.Min(_labels.Length, (chunk + 1) * ChunkBlocks * BlockRows);
            for (var first = chunk * ChunkBlocks * BlockRows; first < last; first += BlockRows)
                Add(rows, point, first, Math.Min(BlockRows, last - first), sums);
        });
        var total = new double[_stride];
        for (var i = 0; i < _chunks.Length; i++)
            total[i % _stride] += _chunks[i];
        for (var i = 0; i < point.Length; i++)
        {
            total[0] -= _linear[i] * point[i];
            total[1 + i] -= _linear[i];
        }
        return total;
    }

    private void Add(RowLosses rows, double[] point, int first, int count, Span<double> sums)
    {
        var margins = rows.Margins.AsSpan(0, count);
        if (_offset is null)
            margins.Clear();
        else
            _offset.AsSpan(first, count).CopyTo(margins);
        for (var j = 0; j < _columns.Length; j++)
        {
            var (column, factor) = (_columns[j], point[j]);
            for (var i = 0; i < margins.Length; i++)
                margins[i] += column.Length == 0 ? factor : factor * column[first + i];
        }
        LogisticLoss.Evaluate(rows, count, _labels.AsSpan(first, count), _weights is null ? [] : _weights.AsSpan(first, count));
        sums[0] += rows.Loss.Take();
        var k = _columns.Length;
        for (var a = 0; a < k; a++)
        {
            var left = _columns[a];
            var gradient = 0.0;
            for (var i = 0; i < count; i++)
                gradient += left.Length == 0 ? rows.Residuals[i] : rows.Residuals[i] * left[first + i];
            sums[1 + a] += gradient;
            for (var b = 0; b <= a; b++)
            {
                var right = _columns[b];
                var curvature = 0.0;
                for (var i = 0; i < count; i++)
                    curvature += rows.Curvatures[i] * (left.Length == 0 ? 1 : left[first + i]) * (right.Length == 0 ? 1 : right[first + i]);
                sums[1 + k + a * k + b] += curvature;
                if (a != b)
                    sums[1 + k + b * k + a] += curvature;
            }
        }
    }

    /// <summary>H⁻¹g by elimination in the order of the columns; a parameter whose pivot is rounding error stays where it is.</summary>
    private static double[] Solve(ReadOnlySpan<double> gradient, ReadOnlySpan<double> hessian)
    {
        var k = gradient.Length;
        var (matrix, right) = (hessian.ToArray(), gradient.ToArray());
        var taken = new bool[k];
        for (var p = 0; p < k; p++)
        {
            var pivot = matrix[p * k + p];
            taken[p] = pivot > 1e-14 * hessian[p * k + p];
            for (var i = p + 1; i < k && taken[p]; i++)
            {
                var factor = matrix[i * k + p] / pivot;
                for (var j = p; j < k; j++)
                    matrix[i * k + j] -= factor * matrix[p * k + j];
                right[i] -= factor * right[p];
            }
        }
        var step = new double[k];
        for (var p = k - 1; p >= 0; p--)
        {
            if (!taken[p])
                continue;
            var value = right[p];
            for (var j = p + 1; j < k; j++)
                value -= matrix[p * k + j] * step[j];
            step[p] = value / matrix[p * k + p];
        }
        return step;
    }
}
