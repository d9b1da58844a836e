using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The parameters in the columns' own units, each as a combination of the solver's: coefficient j is θⱼ / deviationⱼ, the intercept is
/// θ₀ − Σ θⱼ·meanⱼ/deviationⱼ. What holds for combinations, variances and profiles, so holds in own units.
/// </summary>
internal sealed class OriginalUnits
{
    /// <summary>What counts as 0 of a direction's parts, in margins, as a share of its largest.</summary>
    private const double PartRounding = 1e-6;

    private readonly StandardScaling? _scaling;
    private readonly int _lead;

    public OriginalUnits(DesignRows rows, StandardScaling? scaling)
    {
        _scaling = scaling;
        _lead = rows.HasIntercept ? 1 : 0;
        var combinations = new List<Combination>();
        if (HasIntercept)
            combinations.Add(Intercept(rows.Dimension - _lead));
        for (var j = _lead; j < rows.Dimension; j++)
            combinations.Add(new Combination([j], [ReciprocalOf(j)]));
        Combinations = combinations;
    }

    /// <summary>Where one was fitted: without one no column is centred.</summary>
    public bool HasIntercept => _lead == 1;

    /// <summary>The intercept first, where there is one, then the columns in their order.</summary>
    public IReadOnlyList<Combination> Combinations { get; }

    /// <summary>Marks the parameters that a direction moves.</summary>
    /// <param name="direction">In the solver's parameters.</param>
    /// <param name="spreads">How much a unit of each of these moves the margins: the parts of the direction are compared by it, whatever the units.</param>
    /// <param name="interceptSpread">The same for an intercept.</param>
    /// <param name="moved">One for each of the combinations.</param>
    public void MarkMoved(double[] direction, double[] spreads, double interceptSpread, bool[] moved)
    {
        var largest = 0.0;
        for (var j = 0; j < direction.Length; j++)
            largest = Math.Max(largest, Math.Abs(direction[j]) * spreads[j]);
        for (var i = 0; i < moved.Length; i++)
        {
            var combination = Combinations[i];
            var isIntercept = HasIntercept && i == 0;
            var first = combination.Parameters[0];
            var part = isIntercept ? Math.Abs(combination.Of(direction)) * interceptSpread : Math.Abs(direction[first]) * spreads[first];
            // A direction that moves no margin is that of a column of zeros.
            moved[i] |= largest == 0 ? combination.Of(direction) != 0 : part > PartRounding * largest && (!isIntercept || !combination.Cancels(direction));
        }
    }

    /// <summary>log|∂θ/∂own| over the kept parameters: what the logarithm of a determinant of information differs by.</summary>
    public double LogDeterminant(ReadOnlySpan<bool> kept)
    {
        var sum = 0.0;
        for (var j = _lead; j < kept.Length; j++)
            sum -= kept[j] ? Math.Log(ReciprocalOf(j)) : 0;
        return sum;
    }

    private Combination Intercept(int columns)
    {
        List<int> parameters = [0];
        List<double> factors = [1];
        for (var j = 0; j < columns; j++)
        {
            if (_scaling is not null && _scaling.Deviations[j] != 0)
            {
                parameters.Add(j + _lead);
                factors.Add(-_scaling.Means[j] / _scaling.Deviations[j]);
            }
        }
        return new Combination([.. parameters], [.. factors]);
    }

    private double ReciprocalOf(int parameter) =>
        _scaling is null ? 1 : _scaling.Reciprocals[parameter - _lead];
}

/// <summary>Σ Factors[k] · θ[Parameters[k]]</summary>
internal sealed record Combination(int[] Parameters, double[] Factors)
{
    public double Of(ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        for (var k = 0; k < Parameters.Length; k++)
            sum += Factors[k] * parameters[Parameters[k]];
        return sum;
    }

    /// <summary>Whether what the terms add up to is no more than their rounding, of parameters that come from a system of equations.</summary>
    public bool Cancels(ReadOnlySpan<double> parameters)
    {
        const double Rounding = 1e-10;
        var size = 0.0;
        for (var k = 0; k < Parameters.Length; k++)
            size += Math.Abs(Factors[k] * parameters[Parameters[k]]);
        return Math.Abs(Of(parameters)) <= Rounding * size;
    }

    /// <summary>The covariance of two combinations, given that of the parameters.</summary>
    public double Covariance(Combination other, SymmetricMatrix covariance)
    {
        var sum = 0.0;
        for (var k = 0; k < Parameters.Length; k++)
        {
            for (var l = 0; l < other.Parameters.Length; l++)
                sum += Factors[k] * covariance[Parameters[k], other.Parameters[l]] * other.Factors[l];
        }
        return sum;
    }

    /// <summary>The square root of the combination's variance, formed in units of its largest factor, so that no square leaves float64.</summary>
    public double StandardError(SymmetricMatrix covariance)
    {
        var unit = Factors.Max(Math.Abs);
        if (unit == 0)
            return 0;
        var scaled = this with { Factors = [.. Factors.Select(factor => factor / unit)] };
        return unit * Math.Sqrt(Math.Max(0, scaled.Covariance(scaled, covariance)));
    }

    public double[] Dense(int dimension)
    {
        var dense = new double[dimension];
        for (var k = 0; k < Parameters.Length; k++)
            dense[Parameters[k]] = Factors[k];
        return dense;
    }
}
