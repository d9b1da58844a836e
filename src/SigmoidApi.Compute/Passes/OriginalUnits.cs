namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The parameters in the columns' own units, each as a combination of the solver's parameters θ: coefficient j is θⱼ / deviationⱼ, the intercept
/// is θ₀ − Σ θⱼ·meanⱼ/deviationⱼ. Variances and profiles of combinations are therefore those in own units.
/// </summary>
internal sealed class OriginalUnits
{
    /// <summary>A direction's component counts as 0 if it moves the margins by at most this share of what the largest component does.</summary>
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

    /// <summary>Whether an intercept was fitted. Without one no column is centred.</summary>
    public bool HasIntercept => _lead == 1;

    /// <summary>The intercept first, if there is one, then the columns in order.</summary>
    public IReadOnlyList<Combination> Combinations { get; }

    /// <summary>Marks the parameters that a direction changes.</summary>
    /// <param name="direction">In the solver's parameters.</param>
    /// <param name="spreads">By how much a unit of each solver parameter moves the margins. It makes the direction's components comparable.</param>
    /// <param name="interceptSpread">The same for the intercept in own units.</param>
    /// <param name="moved">One for each of the combinations. Entries are set to true, never to false.</param>
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
            // A direction that moves no margin belongs to a column of zeros.
            moved[i] |= largest == 0
                ? combination.Of(direction) != 0
                : part > PartRounding * largest && (!isIntercept || !combination.Cancels(direction));
        }
    }

    /// <summary>
    /// log|∂θ/∂β| over the kept parameters, where β are the parameters in own units. Half the log-determinant of the information differs by it between
    /// the two units.
    /// </summary>
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
