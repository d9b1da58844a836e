using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Looks for a direction δ with sᵢ·zᵢᵀδ ≥ 0 for every row and &gt; 0 for some, s = ±1 by the label: along it the likelihood rises for ever, so that
/// it has no maximum (A. Albert and J. A. Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
/// Biometrika 71, 1984). What is found is checked row by row: it is a certificate.
/// <para>
/// The loss of the margins sᵢ·zᵢᵀδ is minimised under a ridge μ/2·δᵀBδ, B the curvature at 0, which makes it scale-free and its minimum finite. As μ falls
/// to a hundredth, the margins of rows that can be separated grow by about log 100, those of the others come to rest. If all rest, no direction exists. If
/// some do, every direction is 0 on those, and the search goes on within the directions that are, on the other rows: each round loses a
/// dimension at least. With no row at rest it ends with every margin positive.
/// </para>
/// </summary>
internal sealed class SeparatingDirection
{
    /// <summary>A margin is positive or 0 if it is so beyond this share of the largest: what rounding leaves, with room to spare.</summary>
    private const double MarginRounding = 1e-8;

    /// <summary>A row whose margin grows by less while the ridge falls to a hundredth is at rest.</summary>
    private const double Growth = 1;

    /// <summary>Above the last ridge but one.</summary>
    private const double SmallestRidge = 2e-10;

    /// <summary>Relative rounding of the loss, within which two values count as equal.</summary>
    private const double ValueRounding = 1e-14;

    private const int MaxSteps = 100;

    private readonly LogLikelihood _likelihood;
    private readonly DesignRows _rows;
    private readonly int _order;

    /// <summary>Rows that count: of positive weight.</summary>
    private readonly bool[] _present;

    /// <summary>B over the present rows.</summary>
    private readonly SymmetricMatrix _bound;

    private readonly SymmetricMatrix _curvature;

    /// <summary>Parameters that no others determine.</summary>
    private readonly bool[] _estimable;

    private readonly double[] _rowValues;
    private double[] _margins;
    private double[] _trialMargins;

    private SeparatingDirection(LogLikelihood likelihood, CancellationToken cancellationToken)
    {
        _likelihood = likelihood;
        _rows = likelihood.Rows;
        _order = _rows.Dimension;
        _present = new bool[_rows.Rows];
        AtRest = new bool[_rows.Rows];
        for (var i = 0; i < _present.Length; i++)
            _present[i] = likelihood.Weight(i) > 0;
        (_bound, _curvature) = (new SymmetricMatrix(_order), new SymmetricMatrix(_order));
        (_rowValues, _margins, _trialMargins) = (new double[_rows.Rows], new double[_rows.Rows], new double[_rows.Rows]);
        Gram(_bound, row => 0.25, cancellationToken);
        _estimable = NullSpace.Independent(_bound, [.. Enumerable.Repeat(true, _order)]);
        Space = NullSpace.Of(new SymmetricMatrix(_order), _estimable);
    }

    /// <summary>δ</summary>
    public double[] Direction { get; private set; } = [];

    /// <summary>The rows on which every direction is 0.</summary>
    public bool[] AtRest { get; }

    /// <summary>
    /// The directions that are 0 on the rows at rest. Those that separate all the others are an open part of them, so that every
    /// parameter that occurs in them grows without bound.
    /// </summary>
    public NullSpace Space { get; private set; }

    /// <summary>About how much a unit of each parameter moves the margins.</summary>
    public double[] Spreads => [.. Enumerable.Range(0, _order).Select(j => Math.Sqrt(_bound[j, j]))];

    /// <summary>The same of an intercept.</summary>
    public double InterceptSpread => Math.Sqrt(0.25 * _present.Count(isPresent => isPresent));

    /// <summary>The direction that separates the most rows, looked for from parameters that grew; null if none was found.</summary>
    public static SeparatingDirection? Find(LogLikelihood likelihood, ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        var search = new SeparatingDirection(likelihood, cancellationToken);
        return search.Search(parameters, cancellationToken) ? search : null;
    }

    private bool Search(ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        var direction = parameters.ToArray();
        var atRest = 0;
        while (Space.Dimension > 0)
        {
            direction = Space.Project(direction);
            Margins(direction, _margins, cancellationToken);
            if (Certifies(_margins) || Climb(ref direction, cancellationToken))
            {
                Direction = direction;
                return true;
            }
            var resting = new SymmetricMatrix(_order);
            Gram(resting, row => AtRest[row] ? 1 : 0, cancellationToken);
            var smaller = NullSpace.Of(resting, _estimable);
            // Rows that every direction leaves alone, as rows of zeros without an intercept, rest without costing a dimension.
            var count = AtRest.Count(isAtRest => isAtRest);
            if (smaller.Dimension == Space.Dimension && count == atRest)
                return false;
            (Space, atRest) = (smaller, count);
        }
        return false;
    }

    /// <summary>sᵢ·zᵢᵀδ</summary>
    public void Margins(double[] direction, double[] margins, CancellationToken cancellationToken)
    {
        _rows.Margins(direction, margins, cancellationToken);
        for (var i = 0; i < margins.Length; i++)
            margins[i] = _likelihood.Label(i) == 0 ? -margins[i] : margins[i];
    }

    /// <summary>Whether these margins are 0 on the rows at rest and positive on the others.</summary>
    public bool Certifies(double[] margins)
    {
        var largest = 0.0;
        for (var i = 0; i < margins.Length; i++)
            largest = Math.Max(largest, _present[i] ? margins[i] : 0);
        if (!(largest > 0) || !double.IsFinite(largest))
            return false;
        for (var i = 0; i < margins.Length; i++)
        {
            if (_present[i] && !(AtRest[i] ? Math.Abs(margins[i]) <= MarginRounding * largest : margins[i] > MarginRounding * largest))
                return false;
        }
        return true;
    }

    /// <summary>The intercept with which a direction is most likely to certify: what makes rows at rest 0, or else lies amid the two classes.</summary>
    public double BestIntercept(double[] direction, CancellationToken cancellationToken)
    {
        double[] withoutIntercept = [.. direction];
        withoutIntercept[0] = 0;
        _rows.Margins(withoutIntercept, _trialMargins, cancellationToken);
        var (negatives, positives) = (double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 0; i < _trialMargins.Length; i++)
        {
            if (!_present[i])
                continue;
            if (AtRest[i])
                return -_trialMargins[i];
            if (_likelihood.Label(i) == 0)
                negatives = Math.Max(negatives, _trialMargins[i]);
            else
                positives = Math.Min(positives, _trialMargins[i]);
        }
        return -(negatives + positives) / 2;
    }

    /// <summary>Lets the ridge fall. True once a point certifies; else marks the rows at rest, all of them if none can be separated.</summary>
    private bool Climb(ref double[] direction, CancellationToken cancellationToken)
    {
        var rested = (double[])_margins.Clone();
        for (var ridge = 1e-2; ; ridge *= 1e-2)
        {
            if (Minimize(ref direction, ridge, cancellationToken))
                return true;
            var growing = 0;
            for (var i = 0; i < _margins.Length; i++)
                growing += Searched(i) && _margins[i] - rested[i] > Growth ? 1 : 0;
            // While the ridge is large, rows that are hard to separate still rest, but then others grow.
            if ((ridge < 1e-5 && growing == 0) || ridge < SmallestRidge)
            {
                for (var i = 0; i < _margins.Length; i++)
                    AtRest[i] |= Searched(i) && !(_margins[i] - rested[i] > Growth && _margins[i] > 0);
                return false;
            }
            _margins.CopyTo(rested, 0);
        }
    }

    private bool Searched(int row) => _present[row] && !AtRest[row];

    /// <summary>Newton's method on Σ log(1 + e^-margin) + ridge/2·δᵀBδ within the space. True, and stops, at a point that certifies.</summary>
    private bool Minimize(ref double[] direction, double ridge, CancellationToken cancellationToken)
    {
        var factor = new Cholesky(Space.Dimension);
        var gradient = new double[_order];
        Margins(direction, _margins, cancellationToken);
        var value = Value(_margins, direction, ridge);
        for (var iteration = 0; iteration < MaxSteps; iteration++)
        {
            LossSlopes(_margins);
            _rows.TransposedProduct(_rowValues, gradient, cancellationToken);
            Gram(_curvature, row => Searched(row) ? SlopeOfSigmoid(_margins[row]) : 0, cancellationToken);
            AddRidge(ridge, direction, gradient);
            factor.Factorize(Space.Restrict(_curvature));
            var coordinates = Space.Restrict(gradient);
            factor.Solve(coordinates);
            var step = Space.Combine(coordinates);
            var decrease = DotProduct.Compute(gradient, step);
            if (decrease <= 1e-2 * ridge)
                return false;
            var length = 1.0;
            var trial = (double[])direction.Clone();
            for (; length > 1e-6; length /= 2)
            {
                for (var j = 0; j < trial.Length; j++)
                    trial[j] = direction[j] - length * step[j];
                Margins(trial, _trialMargins, cancellationToken);
                if (Certifies(_trialMargins))
                {
                    direction = trial;
                    return true;
                }
                if (Value(_trialMargins, trial, ridge) is var trialValue && trialValue <= value - 1e-4 * length * decrease + ValueRounding * value)
                {
                    value = trialValue;
                    break;
                }
            }
            if (length <= 1e-6)
                return false;
            direction = trial;
            (_margins, _trialMargins) = (_trialMargins, _margins);
        }
        return false;
    }

    private double Value(double[] margins, double[] direction, double ridge)
    {
        var sum = 0.0;
        for (var i = 0; i < margins.Length; i++)
            _rowValues[i] = -margins[i];
        Elementwise.Apply<Softplus.Function, double>(_rowValues, _rowValues, []);
        for (var i = 0; i < margins.Length; i++)
            sum += Searched(i) ? _rowValues[i] : 0;
        return sum + 0.5 * ridge * DotProduct.Compute(direction, BoundTimes(direction));
    }

    /// <summary>Row values whose product with the rows is the gradient of the loss: −s·σ(−margin).</summary>
    private void LossSlopes(double[] margins)
    {
        for (var i = 0; i < margins.Length; i++)
            _rowValues[i] = -margins[i];
        Elementwise.Apply<Sigmoid.Function, double>(_rowValues, _rowValues, []);
        for (var i = 0; i < margins.Length; i++)
            _rowValues[i] = !Searched(i) ? 0 : _likelihood.Label(i) == 0 ? _rowValues[i] : -_rowValues[i];
    }

    private static double SlopeOfSigmoid(double margin)
    {
        var e = Math.Exp(-Math.Abs(margin));
        return e / ((1 + e) * (1 + e));
    }

    private void AddRidge(double ridge, double[] direction, double[] gradient)
    {
        var product = BoundTimes(direction);
        for (var i = 0; i < _order; i++)
        {
            gradient[i] += ridge * product[i];
            for (var j = i; j < _order; j++)
                _curvature[i, j] += ridge * _bound[i, j];
        }
    }

    private double[] BoundTimes(double[] direction)
    {
        var product = new double[_order];
        for (var i = 0; i < _order; i++)
        {
            for (var j = 0; j < _order; j++)
                product[i] += _bound[i, j] * direction[j];
        }
        return product;
    }

    private void Gram(SymmetricMatrix gram, Func<int, double> weight, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _rowValues.Length; i++)
            _rowValues[i] = _present[i] ? weight(i) : 0;
        _rows.WeightedGram(_rowValues, gram, cancellationToken);
    }
}
