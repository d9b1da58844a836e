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
    public static double Relative(FeatureMatrix features, double[] labels, LogisticModel model, double c, bool fitIntercept = true)
    {
        var weights = model.Coefficients.ToArray();
        var margins = new double[features.Rows];
        Multiply(features, weights, margins);
        for (var i = 0; i < margins.Length; i++)
            margins[i] += model.Intercept;
        var shift = fitIntercept ? ExactIntercept(margins, labels) : 0;

        double[] residuals = [.. margins.Select((margin, i) => labels[i] - Probability(margin + shift))];
        var scale = Math.Min(1, 1 / (c * LargestCorrelation(features, residuals)));
        var (primal, dual) = (weights.Sum(Math.Abs) / c, 0.0);
        for (var i = 0; i < margins.Length; i++)
        {
            var margin = margins[i] + shift;
            var against = labels[i] == 1 ? -margin : margin;
            primal += Math.Max(against, 0) + Math.Log(1 + Math.Exp(-Math.Abs(against)));
            dual += Entropy(scale * Math.Abs(residuals[i]));
        }

        return (primal - dual) / primal;
    }

    /// <summary>The largest 1/c at which a coefficient is other than 0.</summary>
    public static double LargestUsefulPenalty(FeatureMatrix features, double[] labels, bool fitIntercept)
    {
        var mean = fitIntercept ? labels.Average() : 0.5;
        return LargestCorrelation(features, [.. labels.Select(label => label - mean)]);
    }

    private static void Multiply(FeatureMatrix features, double[] weights, double[] margins) => ForRows(features, (i, columns, values) =>
    {
        var margin = 0.0;
        for (var k = 0; k < values.Length; k++)
            margin += values[k] * weights[columns.IsEmpty ? k : columns[k]];
        margins[i] = margin;
    });

    private static double LargestCorrelation(FeatureMatrix features, double[] residuals)
    {
        var correlations = new double[features.Columns];
        ForRows(features, (i, columns, values) =>
        {
            for (var k = 0; k < values.Length; k++)
                correlations[columns.IsEmpty ? k : columns[k]] += residuals[i] * values[k];
        });
        return correlations.Max(Math.Abs);
    }

    /// <summary>Gets a row's values, and their columns if not all are stored.</summary>
    private delegate void RowAction(int row, ReadOnlySpan<int> columns, ReadOnlySpan<double> values);

    private static void ForRows(FeatureMatrix features, RowAction action)
    {
        double[] ones = [];
        for (var i = 0; i < features.Rows; i++)
        {
            if (features is DesignMatrix dense)
            {
                action(i, [], dense.Row(i));
                continue;
            }
            var columns = ((SparseMatrix)features).Row(i, out var values);
            if (values.IsEmpty && ones.Length < columns.Length)
                ones = [.. Enumerable.Repeat(1.0, columns.Length)];
            action(i, columns, values.IsEmpty ? ones.AsSpan(0, columns.Length) : values);
        }
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
