using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Minimises Σ w·logloss(y, a + b·z) over a, or over a and b, by Newton's method. One pass over the rows gives the loss and all its derivatives. The solvers
/// of fits take eight times as long here: they copy each row into whole vectors, and read the rows once for the slope and once for the curvature.
/// </summary>
internal sealed class CalibrationSearch(ScoredRows rows, double[] logOdds, ThreadCrew crew, CancellationToken cancellationToken)
{
    private const int MostSteps = 200;

    /// <summary>Newton's method squares the error with each step, so that the step after one of this relative length ends below rounding.</summary>
    private const double LastStep = 1e-9;

    private const double ShortestPart = 1e-10;

    /// <summary>Losses that differ by less, relative to themselves, may be equal but for rounding.</summary>
    private const double Rounding = 1e-12;

    private readonly RowLosses?[] _workspaces = new RowLosses?[crew.Size];
    private readonly Sums[] _blocks = new Sums[(rows.Count - 1) / ScoredRows.BlockRows + 1];

    /// <summary>How many times all rows were read.</summary>
    public int Passes { get; private set; }

    /// <summary>
    /// The best a for b = 1, where the loss has slope 0. The slope rises in a, so that steps are kept within a bracket, which is halved where a step leaves
    /// it (Press et al., "Numerical Recipes" (2007), 9.4).
    /// </summary>
    /// <param name="low">Not above the best a.</param>
    /// <param name="high">Not below it.</param>
    public double InTheLarge(double low, double high)
    {
        var a = Math.Clamp(0, low, high);
        for (var step = 0; step < MostSteps && low < high; step++)
        {
            var sums = At(a, 1, shift: 0, unit: 1);
            (low, high) = sums.SlopeA > 0 ? (low, a) : sums.SlopeA < 0 ? (a, high) : (a, a);
            var next = a - sums.SlopeA / sums.CurvatureAA;
            if (Math.Abs(next - a) <= LastStep * Math.Max(1, Math.Abs(a)))
                return Math.Clamp(next, low, high);
            a = next > low && next < high ? next : low + (high - low) / 2;
        }
        return a;
    }

    /// <summary>
    /// The best a and b; null if no step lowers the loss before the steps are short. Both are searched for z about the middle of its range and in units of
    /// half of it, so that they are of like size and no square overflows.
    /// </summary>
    /// <param name="rate">The best a for b = 0, where the search starts.</param>
    /// <param name="least">The least z.</param>
    /// <param name="greatest">The greatest z, above the least.</param>
    public (double Intercept, double Slope)? Line(double rate, double least, double greatest)
    {
        var (shift, unit) = (least / 2 + greatest / 2, greatest / 2 - least / 2);
        var (a, b, sums) = (rate, 0.0, At(rate, 0, shift, unit));
        for (var step = 0; step < MostSteps; step++)
        {
            var determinant = sums.CurvatureAA * sums.CurvatureBB - sums.CurvatureAB * sums.CurvatureAB;
            var stepA = (sums.CurvatureAB * sums.SlopeB - sums.CurvatureBB * sums.SlopeA) / determinant;
            var stepB = (sums.CurvatureAB * sums.SlopeA - sums.CurvatureAA * sums.SlopeB) / determinant;
            if (!(determinant > 0 && double.IsFinite(stepA) && double.IsFinite(stepB)))
                return null;
            if (Math.Abs(stepA) <= LastStep * (1 + Math.Abs(a)) && Math.Abs(stepB) <= LastStep * (1 + Math.Abs(b)))
            {
                (a, b) = (a + stepA, b + stepB);
                var slope = b / unit;
                return double.IsFinite(slope) ? (a - slope * shift, slope) : null;
            }
            // The loss is convex: a shorter step in the same direction lowers it.
            var (part, next) = (1.0, default(Sums));
            do
            {
                next = At(a + part * stepA, b + part * stepB, shift, unit);
                part /= 2;
            }
            while (!IsLower(next, sums) && part > ShortestPart);
            if (!IsLower(next, sums))
                return null;
            (a, b, sums) = (a + 2 * part * stepA, b + 2 * part * stepB, next);
        }
        return null;
    }

    private static bool IsLower(Sums next, Sums sums) => next.Loss <= sums.Loss * (1 + Rounding);

    /// <summary>The loss and its derivatives in a and b for margins a + b·(z − shift)/unit.</summary>
    private Sums At(double a, double b, double shift, double unit)
    {
        Passes++;
        rows.ForEachBlock(crew, (first, count, worker) =>
        {
            var losses = _workspaces[worker] ??= new RowLosses(ScoredRows.BlockRows);
            Span<double> scaled = stackalloc double[ScoredRows.BlockRows];
            for (var i = 0; i < count; i++)
            {
                scaled[i] = (logOdds[first + i] - shift) / unit;
                losses.Margins[i] = a + b * scaled[i];
            }
            LogisticLoss.Evaluate(losses, count, rows.Labels.AsSpan(first, count), rows.Weights is null ? [] : rows.Weights.AsSpan(first, count));
            var sums = new Sums(losses.Loss.Take(), 0, 0, 0, 0, 0);
            for (var i = 0; i < count; i++)
                sums = sums.With(scaled[i], losses.Residuals[i], losses.Curvatures[i]);
            _blocks[first / ScoredRows.BlockRows] = sums;
        }, cancellationToken);
        var total = default(Sums);
        foreach (var block in _blocks)
            total = total.With(block);
        return total;
    }

    private readonly record struct Sums(double Loss, double SlopeA, double SlopeB, double CurvatureAA, double CurvatureAB, double CurvatureBB)
    {
        public Sums With(double z, double residual, double curvature) => new(
            Loss, SlopeA + residual, SlopeB + residual * z, CurvatureAA + curvature, CurvatureAB + curvature * z, CurvatureBB + curvature * z * z);

        public Sums With(Sums other) => new(Loss + other.Loss, SlopeA + other.SlopeA, SlopeB + other.SlopeB, CurvatureAA + other.CurvatureAA,
            CurvatureAB + other.CurvatureAB, CurvatureBB + other.CurvatureBB);
    }
}
