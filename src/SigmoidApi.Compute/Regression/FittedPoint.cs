namespace SigmoidApi.Compute.Regression;

/// <summary>The fit of one point of a path.</summary>
/// <param name="C">The inverse strength of the penalty.</param>
/// <param name="L1Ratio">0 for l2, 1 for l1.</param>
/// <param name="Fit">The fit, with coefficients in the columns' original units.</param>
/// <param name="Parameters">The same fit in the solver's parameters.</param>
/// <param name="Dependent">The solver's parameters that others determine.</param>
internal sealed record FittedPoint(double C, double L1Ratio, LogisticFit Fit, double[] Parameters, IReadOnlyList<int> Dependent)
{
    /// <summary>The number of coefficients other than 0.</summary>
    public int NonZero
    {
        get
        {
            var count = 0;
            foreach (var coefficient in Fit.Model.Coefficients)
                count += coefficient != 0 ? 1 : 0;
            return count;
        }
    }
}
