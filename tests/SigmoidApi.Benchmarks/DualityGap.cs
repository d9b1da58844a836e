using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// The largest distance of a point of an l1 path from its optimum: P(w) − D(θ) for the objective P = Σ logloss + ‖w‖₁ / c and its dual
/// D = Σ H(|yᵢ − θᵢ|), with the entropy H, over ‖Xᵀθ‖∞ ≤ 1/c and Σθ = 0 (Koh, Kim and Boyd, "An interior-point method for large-scale
/// l1-regularized logistic regression", 2007). θ are the residuals y − p with an exact intercept, scaled down until they are feasible.
/// </summary>
internal static class DualityGap
{
    public static double Relative(DesignMatrix features, double[] labels, LogisticModel model, double c)
    {
        var (rows, weights) = (features.Rows, model.Coefficients.ToArray());
        var margins = new double[rows];
        for (var i = 0; i < rows; i++)
            model.PredictMargins(features.Row(i), margins.AsSpan(i, 1));
        var shift = ExactIntercept(margins, labels);

        var correlations = new double[features.Columns];
        var residuals = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            residuals[i] = labels[i] - Probability(margins[i] + shift);
            var row = features.Row(i);
            for (var j = 0; j < row.Length; j++)
                correlations[j] += residuals[i] * row[j];
        }

        var scale = Math.Min(1, 1 / (c * correlations.Max(Math.Abs)));
        var (primal, dual) = (weights.Sum(Math.Abs) / c, 0.0);
        for (var i = 0; i < rows; i++)
        {
            var margin = margins[i] + shift;
            var against = labels[i] == 1 ? -margin : margin;
            primal += Math.Max(against, 0) + Math.Log(1 + Math.Exp(-Math.Abs(against)));
            dual += Entropy(scale * Math.Abs(residuals[i]));
        }

        return (primal - dual) / primal;
    }

    /// <summary>Newton's method for the shift of the intercept with which the residuals add up to 0.</summary>
    private static double ExactIntercept(double[] margins, double[] labels)
    {
        var shift = 0.0;
        for (var iteration = 0; iteration < 20; iteration++)
        {
            var (slope, curvature) = (0.0, 0.0);
            for (var i = 0; i < margins.Length; i++)
            {
                var p = Probability(margins[i] + shift);
                slope += p - labels[i];
                curvature += p * (1 - p);
            }

            shift -= slope / curvature;
        }

        return shift;
    }

    private static double Probability(double margin) => 1 / (1 + Math.Exp(-margin));

    private static double Entropy(double q) => q is <= 0 or >= 1 ? 0 : -q * Math.Log(q) - (1 - q) * Math.Log(1 - q);
}
