using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>One fit of arrays that a peer's script has written, as a JSON line.</summary>
internal static class Fit
{
    private const int Repeats = 5;

    public static int Run(string[] args)
    {
        var (directory, rows, columns) = (args[0], int.Parse(args[1]), int.Parse(args[2]));
        var before = ResidentBytes();
        var features = new DesignMatrix(rows, columns);
        using (var file = File.OpenRead(Path.Combine(directory, "X.f64")))
        {
            for (var i = 0; i < rows; i++)
                file.ReadExactly(MemoryMarshal.AsBytes(features.Row(i)));
        }
        var labels = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(directory, "y.f64"))).ToArray();
        var options = new LogisticOptions
        {
            Standardize = false,
            Tolerance = 1e-6,
            Solver = Environment.GetEnvironmentVariable("SOLVER") is { } s ? Enum.Parse<Solver>(s) : Solver.Auto,
            Threads = int.Parse(Environment.GetEnvironmentVariable("THREADS") ?? "0"),
        };
        var seconds = new List<double>();
        Convergence? convergence = null;
        for (var i = 0; i <= Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            convergence = LogisticTrainer.Fit(features, labels, options, null, CancellationToken.None).Convergence;
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        var median = seconds.Skip(1).Order().ElementAt(Repeats / 2);
        Console.WriteLine(JsonSerializer.Serialize(new { seconds = median, objective = convergence!.Objective, iterations = convergence.Iterations, passes = convergence.Passes, solver = convergence.Solver.ToString(), convergence.GradientNorm, convergence.Converged, peakMegabytes = (Process.GetCurrentProcess().PeakWorkingSet64 - before) / 1e6, all = seconds }));
        return 0;
    }

    private static long ResidentBytes() => Process.GetCurrentProcess().WorkingSet64;
}
