using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Calibration;

/// <summary>
/// A map from the log-odds z of a model to calibrated probabilities. Its parameters mean, by the method:
/// <c>sigmoid</c>: a, b of 1/(1 + e^(az + b)); <c>beta</c>: a, b, c of logit q = a·ln p − b·ln(1 − p) + c with p = σ(z) and a, b ≥ 0; <c>temperature</c>: T of
/// σ(z/T); <c>isotonic</c>: none, but knots, linear between them and constant beyond.
/// </summary>
public sealed class CalibrationMap
{
    /// <summary>Newton's method takes about two steps for each power of e between the greatest log-odds and the others.</summary>
    private const double MostLogOdds = 1e30;

    /// <param name="method">The method.</param>
    /// <param name="parameters">Its parameters; empty for isotonic.</param>
    /// <param name="knots">The log-odds of the knots in rising order; empty for other methods.</param>
    /// <param name="values">The probabilities of the knots, which do not fall.</param>
    /// <exception cref="ArgumentException">The numbers are not those of the method.</exception>
    public CalibrationMap(CalibrationMethod method, IReadOnlyList<double> parameters, IReadOnlyList<double>? knots = null, IReadOnlyList<double>? values = null)
    {
        var count = method switch { CalibrationMethod.Sigmoid => 2, CalibrationMethod.Beta => 3, CalibrationMethod.Temperature => 1, _ => 0 };
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Count, count, nameof(parameters));
        (Method, Parameters, Knots, Values) = (method, [.. parameters], [.. knots ?? []], [.. values ?? []]);
        ArgumentOutOfRangeException.ThrowIfNotEqual(Values.Count, Knots.Count, nameof(values));
        if (method == CalibrationMethod.Isotonic && Knots.Count == 0)
            throw new ArgumentException("An isotonic map has a knot.", nameof(knots));
    }

    /// <summary>The method.</summary>
    public CalibrationMethod Method { get; }

    /// <summary>The parameters of the method.</summary>
    public IReadOnlyList<double> Parameters { get; }

    /// <summary>The log-odds of an isotonic map's knots, in rising order.</summary>
    public IReadOnlyList<double> Knots { get; }

    /// <summary>The probabilities at the knots.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Fits a map to rows that the model was not fitted to.</summary>
    /// <param name="method">The method.</param>
    /// <param name="labels">A label for each row, 0 or 1.</param>
    /// <param name="logOdds">The model's log-odds of each row.</param>
    /// <param name="weights">One for each row, at least 0; null if every row weighs 1.</param>
    /// <param name="threads">The most threads; 0 for one for each processor.</param>
    /// <param name="cancellationToken">Ends the fit within one pass over the rows.</param>
    /// <exception cref="UntrainableDataException">
    /// <c>single_class</c>; <c>numeric_range_exceeded</c>: log-odds are not finite, or beyond ±10³⁰; <c>constant_scores</c>: they are all equal;
    /// <c>separated_scores</c> or <c>no_temperature</c>: the optimum is infinite, because log-odds of the two classes do not overlap, or point the wrong way.
    /// </exception>
    public static CalibrationMap Fit(
        CalibrationMethod method, double[] labels, double[] logOdds, double[]? weights = null, int threads = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logOdds.Length, labels.Length, nameof(logOdds));
        using var crew = new ThreadCrew(threads);
        var (ones, zeros) = (0.0, 0.0);
        for (var i = 0; i < labels.Length; i++)
        {
            var weight = weights is null ? 1 : weights[i];
            (ones, zeros) = labels[i] == 1 ? (ones + weight, zeros) : (ones, zeros + weight);
        }
        if (ones == 0 || zeros == 0)
            throw new UntrainableDataException("single_class", "A calibration map needs rows of both classes.");
        RequireScores(method, logOdds, weights);
        return method switch
        {
            CalibrationMethod.Sigmoid => FitSigmoid(labels, logOdds, weights, ones, zeros, crew, cancellationToken),
            CalibrationMethod.Beta => FitBeta(labels, logOdds, weights, crew, cancellationToken),
            CalibrationMethod.Temperature => FitTemperature(labels, logOdds, weights, crew, cancellationToken),
            _ => IsotonicFit.Of(labels, logOdds, weights),
        };
    }

    /// <summary>The calibrated probabilities of rows.</summary>
    /// <param name="logOdds">The model's log-odds.</param>
    /// <param name="probabilities">One for each row; may be the same span.</param>
    public void Apply(ReadOnlySpan<double> logOdds, Span<double> probabilities)
    {
        if (Method == CalibrationMethod.Isotonic)
        {
            for (var i = 0; i < logOdds.Length; i++)
                probabilities[i] = Interpolated(logOdds[i]);
            return;
        }
        for (var i = 0; i < logOdds.Length; i++)
            probabilities[i] = LogOddsOf(logOdds[i]);
        Elementwise.Apply<Sigmoid.Function, double>(probabilities[..logOdds.Length], probabilities, []);
    }

    /// <summary>The logarithms of calibrated odds; ±∞ where an isotonic map gives 0 or 1.</summary>
    /// <param name="logOdds">The model's log-odds.</param>
    /// <param name="calibrated">One for each row; may be the same span.</param>
    public void ApplyLogOdds(ReadOnlySpan<double> logOdds, Span<double> calibrated)
    {
        for (var i = 0; i < logOdds.Length; i++)
        {
            var p = Method == CalibrationMethod.Isotonic ? Interpolated(logOdds[i]) : 0;
            calibrated[i] = Method == CalibrationMethod.Isotonic ? Math.Log(p) - double.LogP1(-p) : LogOddsOf(logOdds[i]);
        }
    }

    private double LogOddsOf(double z) => Method switch
    {
        CalibrationMethod.Sigmoid => -(Parameters[0] * z + Parameters[1]),
        CalibrationMethod.Beta => Parameters[0] * LogSigmoidOf(z) - Parameters[1] * LogSigmoidOf(-z) + Parameters[2],
        _ => z / Parameters[0],
    };

    private double Interpolated(double z)
    {
        var (low, high) = (0, Knots.Count - 1);
        if (z <= Knots[0])
            return Values[0];
        if (z >= Knots[high])
            return Values[high];
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = Knots[middle] <= z ? (middle, high) : (low, middle);
        }
        // Halved, so that no difference overflows; and not above the next knot's value by rounding.
        var share = (z / 2 - Knots[low] / 2) / (Knots[high] / 2 - Knots[low] / 2);
        return Math.Min(Values[high], Values[low] + (Values[high] - Values[low]) * share);
    }

    /// <summary>A line through scores that are all equal, or so large that their squares lose all others, has no meaning.</summary>
    private static void RequireScores(CalibrationMethod method, double[] logOdds, double[]? weights)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < logOdds.Length; i++)
        {
            if (double.IsNaN(logOdds[i]) || (method == CalibrationMethod.Isotonic ? double.IsInfinity(logOdds[i]) : Math.Abs(logOdds[i]) > MostLogOdds))
            {
                throw new UntrainableDataException("numeric_range_exceeded",
                    $"Row {i} has the log-odds {logOdds[i].ToString(System.Globalization.CultureInfo.InvariantCulture)}, which no map can be fitted to.");
            }
            if (weights is null || weights[i] > 0)
                (low, high) = (Math.Min(low, logOdds[i]), Math.Max(high, logOdds[i]));
        }
        if (low == high && (method is CalibrationMethod.Sigmoid or CalibrationMethod.Beta))
        {
            throw new UntrainableDataException("constant_scores",
                "All rows have the same log-odds, so that they determine no slope. The method isotonic has an answer: the share of the positive class.");
        }
    }

    private static double LogSigmoidOf(double z) => Math.Min(z, 0) - double.LogP1(Math.Exp(-Math.Abs(z)));

    /// <summary>Platt's targets (N₁ + 1)/(N₁ + 2) and 1/(N₀ + 2) keep the optimum finite. In place of labels they add a linear part to the loss.</summary>
    private static CalibrationMap FitSigmoid(
        double[] labels, double[] z, double[]? weights, double ones, double zeros, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var (ofOne, ofZero) = (-1 / (ones + 2), 1 / (zeros + 2));
        double[] linear = [0, 0];
        for (var i = 0; i < z.Length; i++)
        {
            var shift = (weights is null ? 1 : weights[i]) * (labels[i] == 1 ? ofOne : ofZero);
            (linear[0], linear[1]) = (linear[0] + shift * z[i], linear[1] + shift);
        }
        var fit = new FewParameters([z, null], null, labels, weights, linear, crew).Minimize(null, cancellationToken);
        return new(CalibrationMethod.Sigmoid, [-fit[0], -fit[1]]);
    }

    private static CalibrationMap FitTemperature(double[] labels, double[] z, double[]? weights, ThreadCrew crew, CancellationToken cancellationToken)
    {
        // The optimal slope is finite if a row is on the wrong side of 0, and positive if the loss falls from slope 0 on.
        var (isWrong, slope) = (false, 0.0);
        for (var i = 0; i < z.Length; i++)
        {
            var weight = weights is null ? 1 : weights[i];
            isWrong |= weight > 0 && (labels[i] == 1 ? z[i] < 0 : z[i] > 0);
            slope += weight * (labels[i] == 1 ? z[i] : -z[i]);
        }
        if (!isWrong || !(slope > 0))
        {
            throw new UntrainableDataException("no_temperature", isWrong
                ? "The log-odds point the wrong way: no temperature above 0 improves them."
                : "Every row is on the right side of log-odds 0, so that the best temperature is 0.");
        }
        return new(CalibrationMethod.Temperature, [1 / new FewParameters([z], null, labels, weights, null, crew).Minimize(null, cancellationToken)[0]]);
    }

    /// <summary>Where a parameter turns out negative it is 0, and the rest is fitted again.</summary>
    private static CalibrationMap FitBeta(double[] labels, double[] z, double[]? weights, ThreadCrew crew, CancellationToken cancellationToken)
    {
        RequireOverlap(labels, z, weights);
        var (u, v) = (Array.ConvertAll(z, LogSigmoidOf), Array.ConvertAll(z, value => -LogSigmoidOf(-value)));
        var fit = new FewParameters([u, v, null], null, labels, weights, null, crew).Minimize(null, cancellationToken);
        if (fit[0] >= 0 && fit[1] >= 0)
            return new(CalibrationMethod.Beta, fit);
        (double[] Column, double Value)[] sides = [(u, fit[0]), (v, fit[1])];
        double[]?[] kept = [.. sides.Where(side => side.Value >= 0).Select(side => side.Column), null];
        var again = new FewParameters(kept, null, labels, weights, null, crew).Minimize(null, cancellationToken);
        var (a, b) = (fit[0] >= 0 ? again[0] : 0, fit[1] >= 0 ? again[0] : 0);
        return new(CalibrationMethod.Beta, [Math.Max(a, 0), Math.Max(b, 0), again[^1]]);
    }

    /// <summary>Of rows whose classes lie apart, the steepest map would be the best.</summary>
    private static void RequireOverlap(double[] labels, double[] z, double[]? weights)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < z.Length; i++)
        {
            if (weights is not null && weights[i] == 0)
                continue;
            (low, high) = labels[i] == 1 ? (Math.Min(low, z[i]), high) : (low, Math.Max(high, z[i]));
        }
        if (low >= high)
        {
            throw new UntrainableDataException("separated_scores",
                "The log-odds of the two classes do not overlap, so that the steepest map is the best. The methods sigmoid and isotonic have an answer.");
        }
    }
}
