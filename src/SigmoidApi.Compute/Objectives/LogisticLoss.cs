namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// The log loss of one row as a function of its margin m = b + xᵀw, and its first two derivatives in m. All rest on e^−|m|, which
/// neither overflows nor cancels: the loss is finite wherever the margin is, also where σ(m) has become 0 or 1.
/// </summary>
internal static class LogisticLoss
{
    /// <summary>σ(m) = 1 / (1 + e^−m).</summary>
    public static double Probability(double margin)
    {
        var e = Math.Exp(-Math.Abs(margin));
        return (margin >= 0 ? 1 : e) / (1 + e);
    }

    /// <summary>−log σ(m) for label 1, −log(1 − σ(m)) for label 0.</summary>
    public static double Value(double margin, double label)
    {
        var opposed = label == 0 ? margin : -margin;
        return Math.Max(opposed, 0) + Log1P(Math.Exp(-Math.Abs(margin)));
    }

    /// <summary>
    /// The loss, its derivative σ(m) − y, which doesn't cancel where σ(m) is next to y, and its second derivative σ(m)(1 − σ(m)).
    /// </summary>
    public static double Value(double margin, double label, out double residual, out double curvature)
    {
        var opposed = label == 0 ? margin : -margin;
        var e = Math.Exp(-Math.Abs(margin));
        var error = (opposed >= 0 ? 1 : e) / (1 + e);
        residual = label == 0 ? error : -error;
        curvature = e / ((1 + e) * (1 + e));
        return Math.Max(opposed, 0) + Log1P(e);
    }

    /// <summary>
    /// log(1 + x) for 0 ≤ x ≤ 1, to a few units in the last place. <c>double.LogP1</c> of .NET 10 is log(x + 1), which is 0 below 1e-16.
    /// The rounding of 1 + x is undone by the ratio x / ((1 + x) − 1), after Kahan: Goldberg, "What every computer scientist should know
    /// about floating-point arithmetic" (1991), theorem 4.
    /// </summary>
    public static double Log1P(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
