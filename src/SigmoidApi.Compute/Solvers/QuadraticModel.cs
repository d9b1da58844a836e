namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises gᵀd + ½dᵀHd + Σ r(wⱼ + dⱼ) over the steps d, for r(w) = l1·|w| + ½·l2·w², in two ways in turn. Coordinate descent (Friedman, Hastie and
/// Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010) finds which coefficients are 0, and the signs of the
/// others. Where these hold the model is quadratic, and conjugate gradients find its minimum in far fewer sweeps; they end where a sign would change
/// (Moré and Toraldo, "On the solution of large quadratic programming problems with bound constraints", 1991).
/// </summary>
internal abstract class QuadraticModel
{
    private const int MaxSweeps = 10_000;

    /// <summary>Conjugate gradients end when a step lowers the model by less than this share of what their first step did.</summary>
    private const double FaceShare = 1e-4;

    private double[] _l1 = [];
    private double[] _l2 = [];

    /// <summary>w</summary>
    private double[] _start = [];

    /// <summary>w + d</summary>
    private double[] _values = [];

    private int[] _face = [];

    /// <summary>The diagonal of H.</summary>
    protected abstract double[] Diagonal { get; }

    /// <param name="weights">w</param>
    /// <param name="l1">For each coordinate; 0 for the intercept.</param>
    /// <param name="l2">For each coordinate; 0 for the intercept.</param>
    /// <param name="tolerance">A sweep over all coordinates that lowers the model by no more than this is the last.</param>
    /// <param name="share">The same as a share of what all sweeps together have lowered it.</param>
    /// <returns>w + d</returns>
    public virtual double[] Minimize(double[] weights, double[] l1, double[] l2, double tolerance, double share)
    {
        (_start, _l1, _l2, _values) = (weights, l1, l2, (double[])weights.Clone());
        var total = 0.0;
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var decrease = Sweep(nonZeroOnly: false, out _);
            total += decrease;
            var enough = Math.Max(tolerance, share * total);
            if (decrease <= enough)
                break;
            for (; sweep < MaxSweeps; sweep++)
            {
                decrease = Sweep(nonZeroOnly: true, out var kept);
                total += decrease;
                if (decrease <= 0.1 * enough)
                    break;
                if (kept)
                {
                    var (further, whole) = DescendOnFace(0.01 * enough);
                    total += further;
                    if (whole)
                        break;
                }
            }
        }
        return _values;
    }

    /// <summary>The slope of the model in a coordinate, without the penalty's part.</summary>
    protected abstract double Slope(int coordinate);

    /// <summary>The slopes in these coordinates.</summary>
    protected abstract void Slopes(int[] face, double[] slopes);

    /// <summary>Adds to d in one coordinate.</summary>
    protected abstract void Move(int coordinate, double change);

    /// <summary>H·s for a step s in the coordinates of a face, without the penalty's part; the result too has these coordinates alone.</summary>
    protected abstract void Multiply(int[] face, double[] step, double[] product);

    /// <summary>Adds a multiple of the step of the last <see cref="Multiply"/> to d.</summary>
    protected abstract void MoveAlong(double length);

    /// <summary>Moves each coordinate to its minimum. Returns an upper bound of the decrease of the model.</summary>
    /// <param name="nonZeroOnly">Whether to leave out coordinates whose w + d is 0.</param>
    /// <param name="kept">Whether no coordinate became 0 or changed its sign.</param>
    private double Sweep(bool nonZeroOnly, out bool kept)
    {
        var (decrease, diagonal, values) = (0.0, Diagonal, _values);
        kept = true;
        for (var j = 0; j < values.Length; j++)
        {
            var value = values[j];
            if (nonZeroOnly && value == 0 && _l1[j] > 0)
                continue;
            var curvature = diagonal[j] + _l2[j];
            if (!(curvature > 0))
                continue;
            var target = curvature * value - (Slope(j) + _l2[j] * value);
            var next = Math.Abs(target) <= _l1[j] ? 0 : (target - Math.CopySign(_l1[j], target)) / curvature;
            var change = next - value;
            if (change == 0)
                continue;
            kept &= _l1[j] == 0 || next * value > 0;
            values[j] = next;
            Move(j, change);
            decrease += curvature * change * change;
        }
        return decrease;
    }

    /// <summary>Conjugate gradients, scaled by the diagonal, over the coordinates that are not 0.</summary>
    /// <returns>The decrease of the model, and whether no sign ended them.</returns>
    private (double Decrease, bool Whole) DescendOnFace(double tolerance)
    {
        var (diagonal, values) = (Diagonal, _values);
        var size = 0;
        if (_face.Length < values.Length)
            _face = new int[values.Length];
        for (var j = 0; j < values.Length; j++)
        {
            if ((values[j] != 0 || _l1[j] == 0) && diagonal[j] + _l2[j] > 0)
                _face[size++] = j;
        }
        var face = _face[..size];
        var (residual, step, product) = (new double[size], new double[size], new double[size]);
        Slopes(face, product);
        var square = 0.0;
        for (var k = 0; k < size; k++)
        {
            var j = face[k];
            residual[k] = -(product[k] + _l2[j] * values[j] + (_l1[j] == 0 ? 0 : Math.CopySign(_l1[j], values[j])));
            step[k] = residual[k] / (diagonal[j] + _l2[j]);
            square += residual[k] * step[k];
        }
        var (total, first) = (0.0, 0.0);
        for (var iteration = 0; iteration < 2 * size && square > 0; iteration++)
        {
            Multiply(face, step, product);
            var curvature = 0.0;
            for (var k = 0; k < size; k++)
            {
                product[k] += _l2[face[k]] * step[k];
                curvature += product[k] * step[k];
            }
            if (!(curvature > 0))
                return (total, true);
            var (length, limit, hit) = (square / curvature, double.PositiveInfinity, -1);
            for (var k = 0; k < size; k++)
            {
                var j = face[k];
                if (_l1[j] > 0 && values[j] * step[k] < 0 && -values[j] / step[k] < limit)
                    (limit, hit) = (-values[j] / step[k], k);
            }
            if (limit <= length)
                length = limit;
            MoveAlong(length);
            for (var k = 0; k < size; k++)
                values[face[k]] += length * step[k];
            var decrease = length * (square - 0.5 * length * curvature);
            total += decrease;
            first = iteration == 0 ? decrease : first;
            if (limit == length)
            {
                // Exactly 0; the rest is rounding.
                Move(face[hit], -values[face[hit]]);
                values[face[hit]] = 0;
                return (total, false);
            }
            if (decrease <= Math.Max(tolerance, FaceShare * first))
                return (total, true);
            var before = square;
            square = 0;
            for (var k = 0; k < size; k++)
            {
                residual[k] -= length * product[k];
                product[k] = residual[k] / (diagonal[face[k]] + _l2[face[k]]);
                square += residual[k] * product[k];
            }
            for (var k = 0; k < size; k++)
                step[k] = product[k] + square / before * step[k];
        }
        return (total, true);
    }
}
