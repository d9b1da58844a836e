using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// The parameters in the columns' own units, each as a combination of the solver's: coefficient j is θⱼ / deviationⱼ, the intercept is
/// θ₀ − Σ θⱼ·meanⱼ/deviationⱼ. What holds for combinations, variances and profiles, so holds in own units.
/// </summary>
internal sealed class OwnUnits
{
    private readonly StandardScaling? _scaling;
    private readonly int _lead;

    public OwnUnits(DesignRows rows, StandardScaling? scaling)
    {
        _scaling = scaling;
        _lead = rows.HasIntercept ? 1 : 0;
        var combinations = new List<Combination>();
        HasIntercept = rows.HasIntercept || scaling is not null;
        if (HasIntercept)
            combinations.Add(Intercept(rows.Dimension - _lead));
        for (var j = _lead; j < rows.Dimension; j++)
            combinations.Add(new Combination([j], [ReciprocalOf(j)]));
        Combinations = combinations;
    }

    /// <summary>Also where the solver has none: centred columns have one in their own units.</summary>
    public bool HasIntercept { get; }

    /// <summary>The intercept first, where there is one, then the columns in their order.</summary>
    public IReadOnlyList<Combination> Combinations { get; }

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
        List<int> parameters = _lead == 1 ? [0] : [];
        List<double> factors = _lead == 1 ? [1] : [];
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
