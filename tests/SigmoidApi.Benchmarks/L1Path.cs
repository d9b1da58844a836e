using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// An l1 path on raw little-endian arrays, which the peers read too: the time to a relative duality gap of 1e-4, 1e-6 and 1e-8 at every point, as a JSON line.
/// For each gap it takes the largest tolerance that reaches it, and the median of some fits with that. Not standardised. Memory is the growth of the process
/// by its first fit, with the compiled code.
/// </summary>
internal static class L1Path
{
    private const int Points = 50;

    private static readonly double[] Gaps = [1e-4, 1e-6, 1e-8];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="args">
    /// DIR ROWS COLUMNS, then [--sparse] for a CSR matrix, fitted without an intercept; [--grid lambda_max/N] for 50 values of c from the least with a
    /// coefficient other than 0 to N times that, evenly spaced in log, or default for 50 from 0.003 to 1; [--shares N,N,…] for these times that least value;
    /// [--repeats N], [--threads N]; [--tolerance T] measures one fit with this tolerance.
    /// </param>
    public static int Run(string[] args)
    {
        var isSparse = args.Contains("--sparse");
        FeatureMatrix features;
        double[] labels;
        if (isSparse)
            (features, labels) = Fit.ReadSparse(args);
        else
            (features, labels) = Fit.ReadDense(args);
        var options = new LogisticOptions { Penalty = Penalty.L1, Standardize = false, FitIntercept = !isSparse, Threads = Peers.Option(args, "--threads", 0) };
        options = options with { Cs = Grid(args, features, labels, options.FitIntercept) };
        var before = Process.GetCurrentProcess().WorkingSet64;
        var times = new List<object>();
        var fixedTolerance = Value(args, "--tolerance") is { } given ? double.Parse(given, CultureInfo.InvariantCulture) : (double?)null;
        var exponent = 2;
        LogisticFit? fit = null;
        double? megabytes = null;
        foreach (var target in fixedTolerance is null ? Gaps : [1])
        {
            for (; ; exponent++)
            {
                var tolerance = fixedTolerance ?? Math.Pow(10, -0.5 * exponent);
                fit = LogisticTrainer.Fit(features, labels, options with { Tolerance = tolerance }, null, CancellationToken.None);
                megabytes ??= (Process.GetCurrentProcess().PeakWorkingSet64 - before) / 1e6;
                var gap = fit.Path!.Points.Max(point => DualityGap.Relative(features, labels, point.Model, point.C, options.FitIntercept));
                if (gap > target && exponent < 20)
                    continue;
                var (seconds, processorSeconds) = Seconds(features, labels, options with { Tolerance = tolerance }, Peers.Option(args, "--repeats", 3));
                times.Add(new
                {
                    Target = target,
                    Tolerance = tolerance,
                    Gap = gap,
                    Seconds = seconds,
                    ProcessorSeconds = processorSeconds,
                    Iterations = fit.Path.Points.Sum(point => point.Iterations),
                    fit.Convergence.Passes,
                });
                break;
            }
        }
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            Times = times,
            Objective = fit!.Path!.Points[^1].Objective,
            NonZero = fit.Path.Points.Select(point => point.NonZero),
            Megabytes = megabytes,
        }, Json));
        return 0;
    }

    /// <summary>The time that fits take, and that of the processors, which other programs disturb less.</summary>
    private static (double Elapsed, double OfProcessors) Seconds(FeatureMatrix features, double[] labels, LogisticOptions options, int repeats)
    {
        var (seconds, ofProcessors) = (new double[repeats], new double[repeats]);
        for (var i = 0; i < repeats; i++)
        {
            GC.Collect();
            Thread.Sleep(200);
            var (start, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            LogisticTrainer.Fit(features, labels, options, null, CancellationToken.None);
            (seconds[i], ofProcessors[i]) = (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
        }
        return (seconds.Order().ElementAt(repeats / 2), ofProcessors.Order().ElementAt(repeats / 2));
    }

    private static double[] Grid(string[] args, FeatureMatrix features, double[] labels, bool fitIntercept)
    {
        var grid = Value(args, "--grid");
        var shares = Value(args, "--shares");
        if (grid is "default" || (grid is null && shares is null))
            return Even(0.003, 1);
        var least = 1 / DualityGap.LargestUsefulPenalty(features, labels, fitIntercept);
        return grid is not null
            ? Even(least, least * double.Parse(grid.Split('/')[1], CultureInfo.InvariantCulture))
            : [.. shares!.Split(',').Select(share => least * double.Parse(share, CultureInfo.InvariantCulture))];
    }

    private static double[] Even(double first, double last) =>
        [.. Enumerable.Range(0, Points).Select(i => first * Math.Exp(Math.Log(last / first) * i / (Points - 1.0)))];

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i ? args[i + 1] : null;
}
