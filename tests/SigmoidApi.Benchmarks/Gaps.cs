using System.Diagnostics;
using System.Numerics;
using System.Text.Json;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// The time and the objective of dense l2 fits over a range of tolerances, as JSON lines. Also the bandwidth of memory in the same run, and the time that
/// reading alone would take.
/// </summary>
internal static class Gaps
{
    private const int Repeats = 7;

    private static readonly double[] Tolerances = [1, 0.3, 0.1, 0.03, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 2e-5, 1e-8];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="args">DIR ROWS COLUMNS. If DIR has no arrays, those of the comparison are written there.</param>
    public static int Run(string[] args)
    {
        Directory.CreateDirectory(args[0]);
        if (!File.Exists(Path.Combine(args[0], "X.f64")))
            ProblemArrays.WriteDense(args[0], Fit.Integer(args[1]), Fit.Integer(args[2]));
        var (features, labels) = Fit.ReadDense(args);
        var bandwidth = Bandwidth(features);
        foreach (var tolerance in Tolerances)
        {
            var options = new LogisticOptions { Standardize = false, Tolerance = tolerance };
            var seconds = new double[Repeats];
            LogisticFit? fit = null;
            for (var i = -1; i < Repeats; i++)
            {
                GC.Collect();
                Thread.Sleep(200);
                var start = Stopwatch.GetTimestamp();
                fit = LogisticTrainer.Fit(features, labels, options, null, CancellationToken.None);
                if (i >= 0)
                    seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            Console.WriteLine(JsonSerializer.Serialize(new
            {
                tolerance,
                seconds = seconds.Order().ElementAt(Repeats / 2),
                fit!.Convergence.Objective,
                fit.Convergence.Iterations,
                fit.Convergence.Passes,
                solver = fit.Convergence.Solver.ToString(),
                reading = BytesRead(features, fit) / bandwidth,
                bandwidth,
            }, Json));
        }

        return 0;
    }

    /// <summary>Rounded trials, about one for each iteration, read 2 bytes a number, and other passes 8. Rounding writes 2 during the first pass.</summary>
    private static double BytesRead(DesignMatrix features, LogisticFit fit)
    {
        var numbers = (double)features.Rows * features.Columns;
        var rounded = DenseRows.RoundedBytes(features.Rows, features.Columns) > 0 ? fit.Convergence.Iterations : 0;
        return numbers * (8 * (fit.Convergence.Passes - rounded) + 2 * rounded + (rounded > 0 ? 2 : 0));
    }

    /// <summary>Bytes per second of a sum over the matrix, on all processors; the best of five.</summary>
    private static double Bandwidth(DesignMatrix features)
    {
        var best = double.PositiveInfinity;
        var total = 0.0;
        for (var turn = 0; turn < 5; turn++)
        {
            var start = Stopwatch.GetTimestamp();
            Parallel.For(0, Environment.ProcessorCount, part =>
            {
                var sums = Vector<double>.Zero;
                var (from, to) = ((long)features.Rows * part / Environment.ProcessorCount, (long)features.Rows * (part + 1) / Environment.ProcessorCount);
                for (var row = (int)from; row < to; row++)
                {
                    foreach (var vector in System.Runtime.InteropServices.MemoryMarshal.Cast<double, Vector<double>>(features.Row(row)))
                        sums += vector;
                }

                lock (features)
                    total += Vector.Sum(sums);
            });
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        GC.KeepAlive(total);
        return 8.0 * features.Rows * features.Columns / best;
    }
}
