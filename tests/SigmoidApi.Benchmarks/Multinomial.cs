using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>Softmax regression on raw little-endian arrays, as <see cref="Fit"/> measures two classes.</summary>
internal static class Multinomial
{
    /// <param name="args">
    /// DIR ROWS COLUMNS CLASSES [SOLVER [THREADS [TOLERANCE]]], or DIR ROWS COLUMNS CLASSES --l1 C,C,… for a sparse matrix; the labels in y.f64 are from 0.
    /// </param>
    public static int Run(string[] args)
    {
        var before = Fit.ResidentBytes();
        if (args is [_, _, _, _, "--l1", var cs, ..])
            return RunSparse(args, [.. cs.Split(',').Select(c => double.Parse(c, CultureInfo.InvariantCulture))]);
        var (features, values) = Fit.ReadDense(args);
        var labels = Labels(values, args);
        var tolerance = args.Length > 6 ? double.Parse(args[6], CultureInfo.InvariantCulture) : Fit.Tolerance;
        var options = Fit.Options(args, first: 4) with { Tolerance = tolerance, MaxIterations = 20_000 };
        var (seconds, fit) = Fit.Median(() => MultinomialTrainer.Fit(features, labels, options, null, CancellationToken.None));
        return Fit.Print(seconds, fit.Convergence, before);
    }

    /// <summary>One fit with l1 for each c, each from 0, at the default tolerance.</summary>
    private static int RunSparse(string[] args, double[] cs)
    {
        var (features, values) = Fit.ReadSparse(args);
        var (labels, process) = (Labels(values, args), Process.GetCurrentProcess());
        foreach (var c in cs)
        {
            var options = new LogisticOptions { Penalty = Penalty.L1, C = c, Standardize = false, MaxIterations = 1000 };
            process.Refresh();
            var (start, processorTime) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            var fit = MultinomialTrainer.Fit(
                features, labels, options with { Threads = Peers.Option(args, "--threads", 0) }, null, CancellationToken.None);
            process.Refresh();
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                C = c,
                Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
                ProcessorSeconds = (process.TotalProcessorTime - processorTime).TotalSeconds,
                fit.Convergence.Objective,
                NonZero = Enumerable.Range(0, labels.Names.Count).Sum(k => fit.Model.Coefficients(k).ToArray().Count(weight => weight != 0)),
                fit.Convergence.Iterations,
                fit.Convergence.Converged,
                fit.Convergence.Passes,
                PeakMegabytes = process.PeakWorkingSet64 / 1e6,
            }, Fit.Json));
        }

        return 0;
    }

    private static ClassLabels Labels(double[] values, string[] args) =>
        new(Array.ConvertAll(values, value => (int)value), [.. Enumerable.Range(0, Fit.Integer(args[3])).Select(k => $"{k}")]);
}
