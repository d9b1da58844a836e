namespace SigmoidApi.Compute.Solvers;

/// <summary>The penalty l1·|w| + ½·l2·w² of a coefficient w.</summary>
internal readonly record struct ElasticNet(double L1, double L2)
{
    public double Of(double weight) => L1 * Math.Abs(weight) + 0.5 * L2 * weight * weight;

    /// <summary>The penalty's change from w to w + step, without cancellation.</summary>
    public double Change(double weight, double step) => L1 * (Math.Abs(weight + step) - Math.Abs(weight)) + L2 * step * (weight + 0.5 * step);

    /// <summary>How far a coefficient is from its optimality condition: |g + l2·w + l1·sign w| if w ≠ 0, and max(0, |g| − l1) if w = 0.</summary>
    /// <param name="weight">w</param>
    /// <param name="slope">g, the derivative of the loss.</param>
    public double Violation(double weight, double slope) =>
        weight != 0 ? Math.Abs(slope + L2 * weight + L1 * Math.Sign(weight)) : Math.Max(0, Math.Abs(slope) - L1);
}
