using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// A measurement on raw little-endian arrays, which the peers read too, as a JSON line: the median of five fits after a warm-up, without the loading, not
/// standardised. Memory is the growth of the process, including the arrays.
/// </summary>
internal static class Fit
{
    private const int Repeats = 5;

    private const int PathPoints = 50;

    /// <summary>
    /// In standard errors. By the solver's estimate, the sum of losses is then within 2e-10 of its minimum, which is far less than 1e-10 of the sum.
    /// </summary>
    public const double Tolerance = 2e-5;

    /// <summary>The duality gap is then below 1e-8 at every point; it is proportional to the error, not to its square.</summary>
    private const double PathTolerance = 1e-7;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="args">DIR ROWS COLUMNS [SOLVER [THREADS]]</param>
    public static int RunDense(string[] args)
    {
        var before = ResidentBytes();
        var (features, labels) = ReadDense(args);
        return Print(features, labels, Options(args) with { Tolerance = Tolerance }, before);
    }

    /// <param name="args">DIR ROWS COLUMNS [SOLVER [THREADS]]: a CSR matrix, l2, without an intercept.</param>
    public static int RunSparse(string[] args)
    {
        var before = ResidentBytes();
        var (features, labels) = ReadSparse(args);
        return Print(features, labels, Options(args) with { Tolerance = Tolerance, FitIntercept = false }, before);
    }

    /// <param name="args">DIR ROWS COLUMNS: without a penalty, with standard errors, tests and intervals.</param>
    public static int RunInference(string[] args)
    {
        var before = ResidentBytes();
        var (features, labels) = ReadDense(args);
        return Print(features, labels, Options(args) with { Penalty = Penalty.None }, before);
    }

    /// <param name="args">DIR ROWS COLUMNS: l1, 50 values of c from 0.003 to 1, evenly spaced in log.</param>
    public static int RunPath(string[] args)
    {
        var (features, labels) = ReadDense(args);
        var options = Options(args) with
        {
            Penalty = Penalty.L1,
            Tolerance = PathTolerance,
            Cs = [.. Enumerable.Range(0, PathPoints).Select(i => Math.Exp(Math.Log(0.003) * (1 - i / (PathPoints - 1.0))))],
        };
        var (seconds, fit) = Median(features, labels, options);
        var points = fit.Path!.Points;
        var gap = points.Max(point => DualityGap.Relative(features, labels, point.Model, point.C));
        var last = points[^1];
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            Seconds = seconds,
            Objective = last.Objective,
            last.NonZero,
            Gap = gap,
            Iterations = points.Sum(point => point.Iterations),
            fit.Convergence.Passes,
        }, Json));
        return 0;
    }

    private static int Print(FeatureMatrix features, double[] labels, LogisticOptions options, long before)
    {
        var (seconds, fit) = Median(features, labels, options);
        return Print(seconds, fit.Convergence, before);
    }

    /// <summary>Prints the line of a fit.</summary>
    public static int Print(double seconds, Convergence convergence, long before)
    {
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            Seconds = seconds,
            convergence.Objective,
            convergence.Iterations,
            Solver = JsonNamingPolicy.SnakeCaseLower.ConvertName(convergence.Solver.ToString()),
            PeakMegabytes = (Process.GetCurrentProcess().PeakWorkingSet64 - before) / 1e6,
            convergence.Passes,
        }, Json));
        return 0;
    }

    public static (double Seconds, LogisticFit Fit) Median(FeatureMatrix features, double[] labels, LogisticOptions options) =>
        Median(() => LogisticTrainer.Fit(features, labels, options, null, CancellationToken.None));

    /// <summary>The median time of repeated fits, and the last of them.</summary>
    public static (double Seconds, T Fit) Median<T>(Func<T> train)
        where T : class
    {
        T? fit = null;
        var seconds = new double[Repeats];
        for (var i = -1; i < Repeats; i++)
        {
            // Garbage of the previous fit must not count as memory of this one.
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            fit = train();
            if (i >= 0)
                seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return (seconds.Order().ElementAt(Repeats / 2), fit!);
    }

    /// <param name="args">The arguments of a measurement.</param>
    /// <param name="first">Where SOLVER is, if it is given.</param>
    public static LogisticOptions Options(string[] args, int first = 3) => new()
    {
        Standardize = false,
        Solver = args.Length > first ? Enum.Parse<Solver>(args[first].Replace("_", "", StringComparison.Ordinal), ignoreCase: true) : Solver.Auto,
        Threads = args.Length > first + 1 ? Integer(args[first + 1]) : 0,
    };

    public static (DesignMatrix Features, double[] Labels) ReadDense(string[] args)
    {
        var features = new DesignMatrix(Integer(args[1]), Integer(args[2]));
        using (var file = File.OpenRead(Path.Combine(args[0], "X.f64")))
        {
            for (var i = 0; i < features.Rows; i++)
                file.ReadExactly(MemoryMarshal.AsBytes(features.Row(i)));
        }

        return (features, Read<double>(args[0], "y.f64"));
    }

    public static (SparseMatrix Features, double[] Labels) ReadSparse(string[] args) => (
        new SparseMatrix(Read<long>(args[0], "indptr.i64"), Read<int>(args[0], "indices.i32"), Read<double>(args[0], "data.f64"), Integer(args[2])),
        Read<double>(args[0], "y.f64"));

    private static T[] Read<T>(string directory, string name)
        where T : unmanaged
    {
        using var file = File.OpenRead(Path.Combine(directory, name));
        var values = new T[file.Length / Marshal.SizeOf<T>()];
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public static int Integer(string argument) => int.Parse(argument, CultureInfo.InvariantCulture);

    public static long ResidentBytes() => Process.GetCurrentProcess().WorkingSet64;
}
