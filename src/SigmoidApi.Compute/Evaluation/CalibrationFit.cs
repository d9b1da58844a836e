using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// How far log-odds z are from calibrated (D. R. Cox, "Two further applications of a model for binary regression", Biometrika 45, 1958): the unpenalised
/// logistic regression of the labels on z, and its intercept with the slope held at 1. Calibrated scores have 0, 1 and 0.
/// </summary>
/// <param name="Intercept">Null where the regression has no unique, finite optimum.</param>
/// <param name="Slope">Null where the intercept is.</param>
/// <param name="InTheLarge">The intercept with slope 1; null with one class.</param>
/// <param name="Reason">
/// Why a number is missing: <c>one_class</c>, <c>constant_score</c>, <c>separated</c> (no score of one label is above one of the other label), or
/// <c>not_converged</c> (so nearly separated, or log-odds so large, that float64 does not show the optimum). Null if none is.
/// </param>
public sealed record CalibrationFit(double? Intercept, double? Slope, double? InTheLarge, string? Reason)
{
    internal static CalibrationFit Of(ScoredRows rows, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var logOdds = rows.LogOdds(crew, cancellationToken);
        var (zeros, ones) = Ranges(rows, logOdds);
        if (zeros.Weight == 0 || ones.Weight == 0)
            return new CalibrationFit(null, null, null, "one_class");
        var (least, greatest) = (Math.Min(zeros.Least, ones.Least), Math.Max(zeros.Greatest, ones.Greatest));
        var rate = Math.Log(ones.Weight / zeros.Weight);
        var search = new CalibrationSearch(rows, logOdds, crew, cancellationToken);
        var inTheLarge = search.InTheLarge(rate - greatest, rate - least);
        if (least == greatest)
            return new CalibrationFit(null, null, inTheLarge, "constant_score");
        if (zeros.Greatest <= ones.Least || ones.Greatest <= zeros.Least)
            return new CalibrationFit(null, null, inTheLarge, "separated");
        return search.Line(rate, least, greatest) is { } line
            ? new CalibrationFit(line.Intercept, line.Slope, inTheLarge, null)
            : new CalibrationFit(null, null, inTheLarge, "not_converged");
    }

    private static (Range Zeros, Range Ones) Ranges(ScoredRows rows, double[] logOdds)
    {
        var (zeros, ones) = (new Range(), new Range());
        for (var i = 0; i < logOdds.Length; i++)
        {
            var weight = rows.Weights is null ? 1 : rows.Weights[i];
            if (weight > 0 && rows.Labels[i] == 1)
                ones.Add(logOdds[i], weight);
            else if (weight > 0)
                zeros.Add(logOdds[i], weight);
        }
        return (zeros, ones);
    }

    /// <summary>The least and the greatest of numbers, and the sum of their weights.</summary>
    private struct Range()
    {
        public double Weight { get; private set; }

        public double Least { get; private set; } = double.PositiveInfinity;

        public double Greatest { get; private set; } = double.NegativeInfinity;

        public void Add(double value, double weight) =>
            (Least, Greatest, Weight) = (Math.Min(Least, value), Math.Max(Greatest, value), Weight + weight);
    }
}
