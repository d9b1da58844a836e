namespace SigmoidApi.Compute.Inspection;

/// <summary>
/// The sums over rows from which marginal effects and their gradients in the coefficients are computed. For derivatives they are Σ w·f and Σ w·f′·x, where f
/// is dp/dη or d ln p/dη, or with a relative change Σ w·f·xⱼ; for each 0/1 term those of its difference. x has the intercept's 1 first.
/// </summary>
internal sealed class EffectSums
{
    private readonly double[] _coefficients;
    private readonly double _intercept;
    private readonly int _lead;
    private readonly bool _isLogarithmic;
    private readonly int[] _discrete;
    private readonly int[][] _alternatives;

    public EffectSums(FittedRows fitted, MarginMethod method, bool[] isDiscrete)
    {
        (_coefficients, _intercept, _lead) = (fitted.Model.Coefficients.ToArray(), fitted.Model.Intercept, fitted.HasIntercept ? 1 : 0);
        _isLogarithmic = method is MarginMethod.Eydx or MarginMethod.Eyex;
        IsRelative = method is MarginMethod.Dyex or MarginMethod.Eyex;
        // Relative changes have no differences.
        _discrete = [.. Enumerable.Range(0, isDiscrete.Length).Where(term => isDiscrete[term] && !IsRelative)];
        _alternatives = Array.ConvertAll(_discrete, fitted.Columns.Alternatives);
    }

    public bool IsRelative { get; }

    /// <summary>The length of the sums.</summary>
    public int Length => 1 + Dimension + _discrete.Length * (2 + Dimension);

    private int Dimension => _coefficients.Length + _lead;

    /// <summary>f′(η): of p(1 − p), or of 1 − p for effects on ln p.</summary>
    public double Slope(double margin)
    {
        var (p, q) = Sides(margin);
        return _isLogarithmic ? -p * q : p * q * (q - p);
    }

    /// <summary>The same for a row.</summary>
    public double SlopeAt(ReadOnlySpan<double> row) => Slope(Margin(row));

    /// <summary>Adds a row of this weight.</summary>
    public void Add(ReadOnlySpan<double> row, double weight, Span<double> sums)
    {
        var margin = Margin(row);
        var (p, q) = Sides(margin);
        var f = _isLogarithmic ? q : p * q;
        sums[0] += weight * f;
        var vector = sums.Slice(1, Dimension);
        if (IsRelative)
            AddTo(vector[_lead..], row, weight * f);
        else
            AddWithIntercept(vector, row, weight * Slope(margin));
        for (var d = 0; d < _discrete.Length; d++)
            AddDifference(row, weight, margin, d, sums.Slice(1 + Dimension + d * (2 + Dimension), 2 + Dimension));
    }

    /// <summary>The effect of a term, and its gradient in the coefficients, the intercept's first.</summary>
    /// <param name="term">The term.</param>
    /// <param name="sums">Over all rows.</param>
    /// <param name="total">The sum of the weights.</param>
    /// <param name="gram">Σ w·f′·xxᵀ, for relative changes.</param>
    public (double Effect, double[] Gradient) Effect(int term, ReadOnlySpan<double> sums, double total, Func<int, int, double>? gram)
    {
        var gradient = new double[Dimension];
        var d = Array.IndexOf(_discrete, term);
        if (d >= 0)
        {
            var own = sums.Slice(1 + Dimension + d * (2 + Dimension), 2 + Dimension);
            for (var j = 0; j < Dimension; j++)
                gradient[j] = own[2 + j] / total;
            // The category's levels are 0 on both sides, but for the term itself on one.
            foreach (var other in _alternatives[d])
                gradient[other + _lead] = 0;
            gradient[term + _lead] = own[1] / total;
            return (own[0] / total, gradient);
        }
        var coefficient = _coefficients[term];
        var sum = IsRelative ? sums[1 + _lead + term] : sums[0];
        for (var j = 0; j < Dimension; j++)
            gradient[j] = coefficient * (IsRelative ? gram!(term + _lead, j) : sums[1 + j]) / total;
        gradient[term + _lead] += sum / total;
        return (coefficient * sum / total, gradient);
    }

    /// <summary>Adds the difference of a 0/1 term: its value, the derivative in its own coefficient, and the factor of the other columns.</summary>
    private void AddDifference(ReadOnlySpan<double> row, double weight, double margin, int d, Span<double> sums)
    {
        var low = margin;
        foreach (var other in _alternatives[d])
            low -= row[other] * _coefficients[other];
        var (p0, q0) = Sides(low);
        var (p1, q1) = Sides(low + _coefficients[_discrete[d]]);
        if (_isLogarithmic)
        {
            var ratio = p1 / p0;
            sums[0] += weight * (ratio - 1);
            sums[1] += weight * ratio * q1;
            AddWithIntercept(sums[2..], row, weight * ratio * (p0 - p1));
        }
        else
        {
            sums[0] += weight * (p1 - p0);
            sums[1] += weight * p1 * q1;
            AddWithIntercept(sums[2..], row, weight * (p1 * q1 - p0 * q0));
        }
    }

    private void AddWithIntercept(Span<double> sums, ReadOnlySpan<double> row, double factor)
    {
        if (_lead == 1)
            sums[0] += factor;
        AddTo(sums[_lead..], row, factor);
    }

    private static void AddTo(Span<double> sums, ReadOnlySpan<double> row, double factor)
    {
        for (var j = 0; j < row.Length; j++)
            sums[j] += factor * row[j];
    }

    private double Margin(ReadOnlySpan<double> row) => _intercept + Simd.DotProduct.Compute(row, _coefficients);

    /// <summary>p and 1 − p, neither of them by cancellation.</summary>
    private static (double P, double Q) Sides(double margin)
    {
        var e = Math.Exp(-Math.Abs(margin));
        var (large, small) = (1 / (1 + e), e / (1 + e));
        return margin >= 0 ? (large, small) : (small, large);
    }
}
