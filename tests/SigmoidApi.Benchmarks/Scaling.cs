using System.Globalization;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>The time of a fit by rows, columns and threads, as Markdown with plots (Mermaid, logarithms to base 10 of milliseconds).</summary>
internal static class Scaling
{
    public static int Run()
    {
        Print("rows, of 30 columns", [1_000, 10_000, 100_000, 1_000_000], rows => Milliseconds(rows, 30, threads: 0));
        Print("columns, of 20,000 rows", [10, 30, 100, 300, 1000], columns => Milliseconds(20_000, columns, threads: 0));
        int[] threads = [.. Enumerable.Range(1, Environment.ProcessorCount)];
        Print("threads, of 1,000,000 rows and 30 columns", threads, threads => Milliseconds(1_000_000, 30, threads));
        return 0;
    }

    private static void Print(string title, int[] sizes, Func<int, double> milliseconds)
    {
        var times = sizes.Select(milliseconds).ToArray();
        string[] names = [.. sizes.Select(size => size.ToString("N0", CultureInfo.InvariantCulture))];
        Console.WriteLine($"\n| {title} | {string.Join(" | ", names)} |");
        Console.WriteLine($"| --- | {string.Join(" | ", sizes.Select(_ => "---"))} |");
        Console.WriteLine($"| ms | {string.Join(" | ", times.Select(time => time.ToString("F2", CultureInfo.InvariantCulture)))} |\n");
        Console.WriteLine($"```mermaid\nxychart-beta\n  title \"{title}\"\n  x-axis [{string.Join(", ", names.Select(name => $"\"{name}\""))}]");
        var logarithms = times.Select(time => Math.Log10(time).ToString("F2", CultureInfo.InvariantCulture));
        Console.WriteLine($"  y-axis \"log10 ms\"\n  line [{string.Join(", ", logarithms)}]\n```");
    }

    private static double Milliseconds(int rows, int columns, int threads)
    {
        var random = new Random(rows + columns);
        var features = new DesignMatrix(rows, columns);
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            var margin = -0.5;
            foreach (ref var x in features.Row(i))
            {
                x = 2 * random.NextDouble() - 1;
                margin += 2 * x / Math.Sqrt(columns);
            }

            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? 1 : 0;
        }

        return 1000 * Fit.Median(features, labels, new LogisticOptions { Standardize = false, Tolerance = Fit.Tolerance, Threads = threads }).Seconds;
    }
}
