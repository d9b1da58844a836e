using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Searches for a direction δ with sᵢ·zᵢᵀδ ≥ 0 for every row and &gt; 0 for some, where s = ±1 by the label. Along it the likelihood rises without
/// end, so that it has no maximum (A. Albert and J. A. Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
/// Biometrika 71, 1984). Each direction is checked row by row, so that it is a certificate.
/// <para>
/// The search minimises the loss of the margins sᵢ·zᵢᵀδ plus a ridge μ/2·δᵀBδ, with B the curvature at 0. The ridge makes the problem independent
/// of units and its minimum finite. Each time μ falls to a hundredth, the margins of rows that can be separated grow by about log 100, and those of the other
/// rows stop growing: they are at rest. If all rows rest, no direction exists. If some do, every separating direction is 0 on these rows, and the search
/// continues among the directions that are 0 there, on the other rows. Each round removes at least one dimension. If no row rests, every margin is
/// positive at the end.
/// </para>
/// </summary>
internal sealed class SeparatingDirection
{
    /// <summary>A margin counts as positive above this share of the largest, and as 0 up to it: far more than rounding errors.</summary>
    private const double MarginRounding = 1e-8;

    /// <summary>A row is at rest if its margin grows by no more than this while the ridge falls to a hundredth.</summary>
    private const double Growth = 1;

    /// <summary>The first ridge below this is the last one.</summary>
    private const double SmallestRidge = 2e-10;

    /// <summary>Relative rounding of the loss, within which two values count as equal.</summary>
    private const double ValueRounding = 1e-14;

    private const int MaxSteps = 100;

    private readonly LogLikelihood _likelihood;
    private readonly DesignRows _rows;
    private readonly int _order;

    private readonly SeparationLoss _loss;
    private readonly SymmetricMatrix _curvature;

    /// <summary>The parameters that no others determine.</summary>
    private readonly bool[] _estimable;

    private double[] _margins;
    private double[] _trialMargins;

    private SeparatingDirection(LogLikelihood likelihood, CancellationToken cancellationToken)
    {
        _likelihood = likelihood;
        _rows = likelihood.Rows;
        _order = _rows.Dimension;
        (_loss, _curvature) = (new SeparationLoss(likelihood, cancellationToken), new SymmetricMatrix(_order));
        (_margins, _trialMargins) = (new double[_rows.Rows], new double[_rows.Rows]);
        _estimable = NullSpace.Independent(_loss.Bound, [.. Enumerable.Repeat(true, _order)]);
        Space = NullSpace.Of(new SymmetricMatrix(_order), _estimable);
    }

    /// <summary>δ</summary>
    public double[] Direction { get; private set; } = [];

    /// <summary>The rows on which every separating direction is 0.</summary>
    public bool[] AtRest => _loss.AtRest;

    /// <summary>
    /// The directions that are 0 on the rows at rest. Those that separate all other rows are an open subset of them, so that every parameter that occurs in
    /// this space grows without bound.
    /// </summary>
    public NullSpace Space { get; private set; }

    /// <summary>Approximately how far a unit of each parameter moves the margins.</summary>
    public double[] Spreads => [.. Enumerable.Range(0, _order).Select(j => Math.Sqrt(_loss.Bound[j, j]))];

    /// <summary>The same for an intercept.</summary>
    public double InterceptSpread => Math.Sqrt(0.25 * _loss.PresentRows);

    /// <summary>
    /// Searches for the direction that separates the most rows, starting from the parameters at which a fit stopped. Null if none was found.
    /// </summary>
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
            if (Certifies(_margins) || LowerRidge(ref direction, cancellationToken))
            {
                Direction = direction;
                return true;
            }
            var resting = new SymmetricMatrix(_order);
            _loss.Gram(resting, row => AtRest[row] ? 1 : 0, cancellationToken);
            var smaller = NullSpace.Of(resting, _estimable);
            // Rows that no direction moves, such as rows of zeros without an intercept, come to rest without removing a dimension.
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

    /// <summary>Whether these margins are 0 on the rows at rest and positive on all others.</summary>
    public bool Certifies(double[] margins)
    {
        var largest = 0.0;
        for (var i = 0; i < margins.Length; i++)
            largest = Math.Max(largest, _loss.IsPresent(i) ? margins[i] : 0);
        if (!(largest > 0) || !double.IsFinite(largest))
            return false;
        for (var i = 0; i < margins.Length; i++)
        {
            if (_loss.IsPresent(i) && !(AtRest[i] ? Math.Abs(margins[i]) <= MarginRounding * largest : margins[i] > MarginRounding * largest))
                return false;
        }
        return true;
    }

    /// <summary>
    /// The intercept with which a direction is most likely to be a certificate: one that makes the margins of rows at rest 0 or, if no row rests, one midway
    /// between the classes.
    /// </summary>
    public double BestIntercept(double[] direction, CancellationToken cancellationToken)
    {
        double[] withoutIntercept = [.. direction];
        withoutIntercept[0] = 0;
        _rows.Margins(withoutIntercept, _trialMargins, cancellationToken);
        var (negatives, positives) = (double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 0; i < _trialMargins.Length; i++)
        {
            if (!_loss.IsPresent(i))
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

    /// <summary>
    /// Minimises for smaller and smaller ridges. True as soon as a direction is a certificate; else marks the rows at rest, which are all rows if none can be
    /// separated.
    /// </summary>
    private bool LowerRidge(ref double[] direction, CancellationToken cancellationToken)
    {
        var rested = (double[])_margins.Clone();
        for (var ridge = 1e-2; ; ridge *= 1e-2)
        {
            if (Minimize(ref direction, ridge, cancellationToken))
                return true;
            var growing = 0;
            for (var i = 0; i < _margins.Length; i++)
                growing += _loss.IsSearched(i) && _margins[i] - rested[i] > Growth ? 1 : 0;
            // While the ridge is large, rows that are hard to separate do not grow yet, but then other rows do.
            if ((ridge < 1e-5 && growing == 0) || ridge < SmallestRidge)
            {
                for (var i = 0; i < _margins.Length; i++)
                    AtRest[i] |= _loss.IsSearched(i) && !(_margins[i] - rested[i] > Growth && _margins[i] > 0);
                return false;
            }
            _margins.CopyTo(rested, 0);
        }
    }

    /// <summary>Newton's method on the loss and ridge (<see cref="SeparationLoss"/>) within the space. Stops, and returns true, at a certificate.</summary>
    private bool Minimize(ref double[] direction, double ridge, CancellationToken cancellationToken)
    {
        var factor = new Cholesky(Space.Dimension);
        var gradient = new double[_order];
        Margins(direction, _margins, cancellationToken);
        var value = _loss.Value(_margins, direction, ridge);
        for (var iteration = 0; iteration < MaxSteps; iteration++)
        {
            _loss.Differentiate(_margins, direction, ridge, gradient, _curvature, cancellationToken);
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
                if (_loss.Value(_trialMargins, trial, ridge) is var trialValue && trialValue <= value - 1e-4 * length * decrease + ValueRounding * value)
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
}
