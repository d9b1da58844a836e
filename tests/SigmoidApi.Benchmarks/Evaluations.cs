using System.Diagnostics;
using System.Text.Json;
using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Evaluates scored rows of two models, from log-odds or from probabilities: all scores, every curve, DeLong, comparison, and the same for half the rows, as
/// JSON lines. Times are the least of seven runs. Memory is what an evaluation allocates in all, and what the largest of its curves allocates, beyond the
/// rows.
/// </summary>
internal static class Evaluations
{
    private const int Repeats = 7;

    private const int Seed = 17;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="args">ROWS [--threads N]</param>
    public static int Run(string[] args)
    {
        var rows = args.Length > 0 ? Fit.Integer(args[0]) : 1_000_000;
        var threads = Peers.Option(args, "--threads", 2);
        Measure("log-odds", rows, threads, ScoredRows.FromLogOdds, score => score, weighted: false);
        Measure("probabilities", rows, threads, ScoredRows.FromProbabilities, Probability, weighted: false);
        Measure("log-odds, weighted", rows, threads, ScoredRows.FromLogOdds, score => score, weighted: true);
        Measure("ties of two decimals", rows, threads, ScoredRows.FromProbabilities, score => Math.Round(100 * Probability(score)) / 100, weighted: false);
        Measure("probabilities near 1", rows, threads, ScoredRows.FromProbabilities, score => 1 - 1e-12 * Probability(-score), weighted: false);
        return 0;
    }

    private static double Probability(double score) => 1 / (1 + Math.Exp(-score));

    private static void Measure(string scores, int rows, int threads, Func<double[], double[], double[]?, ScoredRows> create, Func<double, double> scored,
        bool weighted)
    {
        Func<Measured> ofHalf = Prepare(rows / 2, threads, create, scored, weighted), ofWhole = Prepare(rows, threads, create, scored, weighted);
        var (half, whole) = (ofHalf(), ofWhole());
        // In turn, so that other load on the machine slows both.
        for (var run = 1; run < Repeats; run++)
            (half, whole) = (half.LeastWith(ofHalf()), whole.LeastWith(ofWhole()));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            scores,
            rows,
            threads,
            whole.Seconds,
            whole.ProcessorSeconds,
            bytesPerRow = (double)whole.Bytes / rows,
            curveBytesPerRow = (double)whole.CurveBytes / rows,
            timesHalf = whole.Seconds / half.Seconds,
            processorTimesHalf = whole.ProcessorSeconds / half.ProcessorSeconds,
            whole.Distinct,
        }, Json));
    }

    /// <param name="Seconds">The least of the runs.</param>
    /// <param name="ProcessorSeconds">The least time of all threads together, which other load on the machine changes less.</param>
    /// <param name="Bytes">What the evaluation allocates.</param>
    /// <param name="CurveBytes">What the largest curve allocates.</param>
    /// <param name="Distinct">Distinct scores.</param>
    private sealed record Measured(double Seconds, double ProcessorSeconds, long Bytes, long CurveBytes, int Distinct)
    {
        public Measured LeastWith(Measured other) =>
            other with { Seconds = Math.Min(Seconds, other.Seconds), ProcessorSeconds = Math.Min(ProcessorSeconds, other.ProcessorSeconds) };
    }

    private static Func<Measured> Prepare(
        int rows, int threads, Func<double[], double[], double[]?, ScoredRows> create, Func<double, double> scored, bool weighted)
    {
        var random = new Random(Seed);
        var (labels, first, second) = (new double[rows], new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            var margin = 6 * random.NextDouble() - 3;
            labels[i] = random.NextDouble() < Probability(margin) ? 1 : 0;
            (first[i], second[i]) = (scored(margin + random.NextDouble()), scored(margin + 3 * random.NextDouble()));
        }
        double[]? weights = weighted ? [.. labels.Select((_, i) => (1 + i % 8) / 4.0)] : null;
        var (a, b) = (create(labels, first, weights), create(labels, second, weights));
        var options = new EvaluationOptions { Threads = threads, PrecisionAtLeast = [0.5, 0.9], RecallAtLeast = [0.5, 0.9] };
        var process = Process.GetCurrentProcess();
        return () =>
        {
            GC.Collect();
            process.Refresh();
            var (bytes, start, processorTime) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            var evaluation = BinaryEvaluation.Of(a, b, options, CancellationToken.None);
            bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
            var ranked = evaluation.Ranked;
            long[] ofCurves =
            [
                Allocated(() => RocCurve.Of(ranked)), Allocated(() => PrecisionRecallCurve.Of(ranked)), Allocated(() => GainsCurve.Of(ranked)),
                Allocated(() => ThresholdMetrics.Table(ranked, options.Costs, 101)), Allocated(() => ScoreBin.Of(ranked, 100)),
            ];
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            process.Refresh();
            return new Measured(seconds, (process.TotalProcessorTime - processorTime).TotalSeconds, bytes, ofCurves.Max(), ranked.Count);
        };
    }

    private static long Allocated(Func<object> curve)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(curve());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
