namespace SigmoidApi.Compute.Evaluation;

/// <summary>The rule for shares of nothing: a ratio whose denominator is 0 counts as 0, scikit-learn's <c>zero_division=0</c>.</summary>
internal static class Ratio
{
    public static double Of(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}
