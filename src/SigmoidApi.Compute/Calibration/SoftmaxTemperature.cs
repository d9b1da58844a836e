using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Calibration;

/// <summary>
/// The temperature T of least Σ w·logloss(softmax(scores/T)) of K classes (Guo et al., 2017). The loss is convex in 1/T: its slope is bracketed, and its zero
/// found by Newton's method, or by halving the bracket where Newton's step leaves it.
/// </summary>
internal static class SoftmaxTemperature
{
    private const int MostDoublings = 200;
    private const int MostSteps = 200;

    public static double Fit(int classes, double[] labels, double[] scores, double[]? weights, CancellationToken cancellationToken)
    {
        var isFinite = false;
        for (var i = 0; i < labels.Length && !isFinite; i++)
        {
            var row = scores.AsSpan(i * classes, classes);
            isFinite = (weights is null || weights[i] > 0) && Greatest(row) > row[(int)labels[i]];
        }
        var (atZero, _) = Slope(0, classes, labels, scores, weights, cancellationToken);
        if (!isFinite || !(atZero < 0))
        {
            throw new UntrainableDataException("no_temperature", isFinite
                ? "The scores point the wrong way: no temperature above 0 improves them."
                : "The true class of every row has the greatest score, so that the best temperature is 0.");
        }

        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < MostDoublings && Slope(high, classes, labels, scores, weights, cancellationToken).First < 0; i++)
            (low, high) = (high, 2 * high);
        var at = low > 0 ? low : high / 2;
        for (var i = 0; i < MostSteps; i++)
        {
            var (first, second) = Slope(at, classes, labels, scores, weights, cancellationToken);
            (low, high) = first < 0 ? (at, high) : (low, at);
            var next = at - first / second;
            if (!(next > low && next < high))
                next = low + (high - low) / 2;
            if (first == 0 || Math.Abs(next - at) <= 1e-16 * at || next == low || next == high)
                return 1 / next;
            at = next;
        }
        return 1 / at;
    }

    /// <summary>The first two derivatives of the loss in 1/T: Σ w·(E[z] − z of the true class), and Σ w·Var[z] over a row's probabilities.</summary>
    private static (double First, double Second) Slope(
        double inverse, int classes, double[] labels, double[] scores, double[]? weights, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (first, second) = (0.0, 0.0);
        for (var i = 0; i < labels.Length; i++)
        {
            var row = scores.AsSpan(i * classes, classes);
            var own = row[(int)labels[i]];
            var greatest = Greatest(row);
            var (sum, mean, square) = (0.0, 0.0, 0.0);
            foreach (var score in row)
            {
                var (p, distance) = (Math.Exp(inverse * (score - greatest)), score - own);
                (sum, mean, square) = (sum + p, mean + p * distance, square + p * distance * distance);
            }
            var weight = weights is null ? 1 : weights[i];
            mean /= sum;
            (first, second) = (first + weight * mean, second + weight * (square / sum - mean * mean));
        }
        return (first, second);
    }

    private static double Greatest(ReadOnlySpan<double> scores)
    {
        var greatest = scores[0];
        foreach (var score in scores)
            greatest = Math.Max(greatest, score);
        return greatest;
    }
}
