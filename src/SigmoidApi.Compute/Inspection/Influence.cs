using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Inspection;

/// <summary>How much a row influences the estimates. Of a row of weight w the figures are those of one of its w equal copies.</summary>
/// <param name="Row">The index of the row, from 0.</param>
/// <param name="Probability">The fitted probability of label 1.</param>
/// <param name="Leverage">h = p(1 − p)·xᵀI⁻¹x with the information I; between 0 and 1. Over all copies they sum to k.</param>
/// <param name="CooksDistance">r²h / ((1 − h)²k) with the Pearson residual r (Pregibon, 1981; R's <c>cooks.distance</c>); infinite if h is 1.</param>
/// <param name="Pearson">r = (y − p) / √(p(1 − p)).</param>
/// <param name="Deviance">d = ±√(−2·log P(y)), with the sign of y − p.</param>
/// <param name="StandardizedPearson">r / √(1 − h).</param>
/// <param name="StandardizedDeviance">d / √(1 − h).</param>
/// <param name="Studentized">±√(d² + h·r² / (1 − h)), R's <c>rstudent</c>: about the deviance residual of a fit without the row.</param>
public sealed record RowInfluence(int Row, double Probability, double Leverage, double CooksDistance, double Pearson, double Deviance,
    double StandardizedPearson, double StandardizedDeviance, double Studentized);

/// <summary>The rows of the greatest influence on a fit.</summary>
/// <param name="Rows">By descending Cook's distance; of equal ones the first row first.</param>
/// <param name="MeanLeverage">k / n.</param>
/// <param name="SumCooksDistance">The sum over all rows, each counted by its weight.</param>
/// <param name="Parameters">k, the number of estimated parameters.</param>
/// <param name="Observations">n, the sum of the weights.</param>
public sealed record Influence(
    IReadOnlyList<RowInfluence> Rows, double MeanLeverage, double SumCooksDistance, int Parameters, double Observations)
{
    private const int ChunkRows = 1024;

    /// <summary>
    /// Two passes over the rows, and memory for two numbers for each. Defined at the estimates of a fit without a penalty, and of Firth's, whose information
    /// is the same function of the estimates.
    /// </summary>
    /// <param name="fitted">A fit that converged; without a maximum the leverages have no meaning.</param>
    /// <param name="top">The most rows of the answer, at least 1.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public static Influence Of(FittedRows fitted, int top, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        var likelihood = fitted.Likelihood;
        var factor = fitted.Information(cancellationToken);
        var root = new InverseRoot(fitted.Parameters.Length);
        root.Compute(factor);
        var lengths = new double[likelihood.Rows.Rows];
        likelihood.Rows.SquaredLengths(root, lengths, cancellationToken);
        var k = factor.Rank;
        var sum = 0.0;
        // The queue's first is the one to leave: the smallest distance, and of equal ones the last row.
        var best = new PriorityQueue<RowInfluence, (double Distance, int Place)>();
        var (slopes, losses) = (new double[ChunkRows], new double[ChunkRows]);
        for (var first = 0; first < lengths.Length; first += ChunkRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var against = likelihood.Against.Slice(first, Math.Min(ChunkRows, lengths.Length - first));
            Elementwise.Apply<Sigmoid.Slope, double>(against, slopes.AsSpan(0, against.Length), []);
            Elementwise.Apply<Softplus.Function, double>(against, losses.AsSpan(0, against.Length), []);
            for (var i = 0; i < against.Length; i++)
            {
                var row = first + i;
                if (likelihood.Weight(row) == 0)
                    continue;
                var leverage = slopes[i] * lengths[row];
                // |y − p| / √(p(1 − p)) is e^(a/2) with the margin a against the label, which does not underflow as p(1 − p) does.
                var square = Math.Exp(against[i]);
                var distance = leverage < 1 ? square * leverage / ((1 - leverage) * (1 - leverage) * k) : double.PositiveInfinity;
                sum += likelihood.Weight(row) * distance;
                var place = (distance, -row);
                if (best.Count == top && (!best.TryPeek(out _, out var last) || place.CompareTo(last) < 0))
                    continue;
                if (best.Count == top)
                    best.Dequeue();
                best.Enqueue(Row(row, likelihood.Label(row), against[i], leverage, distance, losses[i]), place);
            }
        }
        var rows = new RowInfluence[best.Count];
        for (var i = rows.Length - 1; i >= 0; i--)
            rows[i] = best.Dequeue();
        return new(rows, k / fitted.Observations, sum, k, fitted.Observations);
    }

    private static RowInfluence Row(int row, double label, double against, double leverage, double distance, double loss)
    {
        var sign = label == 1 ? 1 : -1;
        var (pearson, deviance) = (sign * Math.Exp(against / 2), sign * Math.Sqrt(2 * loss));
        var rest = Math.Sqrt(1 - leverage);
        var probability = 1 / (1 + Math.Exp(label == 1 ? against : -against));
        return new(row, probability, leverage, distance, pearson, deviance, pearson / rest, deviance / rest,
            sign * Math.Sqrt(deviance * deviance + leverage * pearson * pearson / (1 - leverage)));
    }
}
