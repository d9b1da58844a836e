using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// The log loss of a row as a function of its margin m = b + xᵀw, and its first two derivatives in m. With a = m for label 0 and −m for
/// label 1 they are softplus(a), ±σ(a) and σ′(a): nothing overflows or cancels, and the loss is finite wherever the margin is, also
/// where σ(m) has become 0 or 1.
/// </summary>
internal static class LogisticLoss
{
    /// <summary>Σ −log σ(m) over labels 1 and −log(1 − σ(m)) over labels 0.</summary>
    public static double Sum(ReadOnlySpan<double> margins, ReadOnlySpan<double> labels)
    {
        Span<double> losses = stackalloc double[RowTile.MaxRows];
        var sum = 0.0;
        for (var i = 0; i < margins.Length; i += RowTile.MaxRows)
        {
            var count = Math.Min(RowTile.MaxRows, margins.Length - i);
            AgainstLabels(margins.Slice(i, count), labels.Slice(i, count), losses);
            sum += SumOfSoftplus(losses[..count], losses);
        }
        return sum;
    }

    /// <summary>
    /// The same for at most <see cref="RowTile.MaxRows"/> rows, and each row's residual σ(m) − y and, unless that span is empty, curvature
    /// σ(m)(1 − σ(m)).
    /// </summary>
    public static double Sum(ReadOnlySpan<double> margins, ReadOnlySpan<double> labels, Span<double> residuals, Span<double> curvatures)
    {
        Span<double> losses = stackalloc double[RowTile.MaxRows];
        var against = residuals[..margins.Length];
        AgainstLabels(margins, labels, against);
        if (!curvatures.IsEmpty)
            Elementwise.Apply<Sigmoid.Slope, double>(against, curvatures, []);
        var sum = SumOfSoftplus(against, losses);
        Elementwise.Apply<Sigmoid.Function, double>(against, against, []);
        AgainstLabels(against, labels, residuals);
        return sum;
    }

    /// <summary>Turns the sign where the label is 1.</summary>
    private static void AgainstLabels(ReadOnlySpan<double> values, ReadOnlySpan<double> labels, Span<double> turned)
    {
        for (var i = 0; i < values.Length; i++)
            turned[i] = labels[i] == 0 ? values[i] : -values[i];
    }

    private static double SumOfSoftplus(ReadOnlySpan<double> values, Span<double> losses)
    {
        Elementwise.Apply<Softplus.Function, double>(values, losses, []);
        var sum = 0.0;
        foreach (var loss in losses[..values.Length])
            sum += loss;
        return sum;
    }
}
