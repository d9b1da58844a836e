using System.Globalization;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// The time of Firth's fit with profile intervals, with Wald intervals and without: on generated data like a table of employees (numbers, and indicators of
/// categories, some of whose rare levels have nearly or only one class), and on plain numbers. The median of five fits after a warm-up.
/// </summary>
internal static class Firth
{
    private const int Repeats = 5;

    public static int Run()
    {
        Print("staff, 1,470 × 57", Staff(1470, seed: 7));
        Print("numbers, 2,000 × 20", Numbers(2000, 20, seed: 5));
        return 0;
    }

    /// <summary>
    /// 26 numbers, of which six nearly determine each other, and 31 indicators of eight categories of 3 to 9 levels without the first level. The levels of one
    /// category nearly follow from those of another, as departments follow from roles. One row of six has the class 1; of some rare levels, none or all
    /// have it.
    /// </summary>
    public static (DesignMatrix Features, double[] Labels) Staff(int rows, int seed)
    {
        const int numbers = 26;
        int[] levels = [9, 3, 3, 3, 4, 4, 6, 7];
        var random = new Random(seed);
        var features = new DesignMatrix(rows, numbers + levels.Sum() - levels.Length);
        var labels = new double[rows];
        var effects = Enumerable.Range(0, features.Columns).Select(_ => 0.45 * Normal(random)).ToArray();
        for (var i = 0; i < rows; i++)
        {
            var row = features.Row(i);
            var (common, margin) = (Normal(random), -3.7);
            for (var j = 0; j < numbers; j++)
            {
                var value = j < 6 ? 0.95 * common + 0.3 * Normal(random) : Normal(random);
                margin += effects[j] * value;
                row[j] = Math.Round(value * (1 + j) * 3) + 40;
            }

            var (first, role) = (numbers, 0);
            for (var category = 0; category < levels.Length; category++)
            {
                // Each level is about 2.3 times as rare as the previous one.
                var level = Math.Min(levels[category] - 1, (int)(-Math.Log(1 - random.NextDouble()) / Math.Log(2.3)));
                if (category == 0)
                    role = level;
                if (category == 1 && random.NextDouble() < 0.99)
                    level = role / 3;
                if (level > 0)
                {
                    row[first + level - 1] = 1;
                    margin += effects[first + level - 1] + (level >= 5 ? 3 * (level % 2) - 1.5 : 0);
                }

                first += levels[category] - 1;
            }

            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? 1 : 0;
        }

        return (features, labels);
    }

    public static (DesignMatrix Features, double[] Labels) Numbers(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var features = new DesignMatrix(rows, columns);
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            var margin = -1.0;
            foreach (ref var x in features.Row(i))
            {
                x = Normal(random);
                margin += x / Math.Sqrt(columns);
            }

            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? 1 : 0;
        }

        return (features, labels);
    }

    private static void Print(string name, (DesignMatrix Features, double[] Labels) data)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {data.Labels.Average():P1} of class 1"));
        foreach (var intervals in Enum.GetValues<ConfidenceIntervals>())
        {
            var options = new LogisticOptions { Penalty = Penalty.Firth, Intervals = intervals };
            var runs = Enumerable.Range(0, Repeats + 1).Select(_ => Measured(data, options)).Skip(1).ToArray();
            var wall = runs.Select(run => run.Seconds).Order().ElementAt(Repeats / 2);
            var processors = runs.Select(run => run.Processors).Order().ElementAt(Repeats / 2);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {intervals}: {wall:F3} s, {processors:F3} s of processors"));
        }
    }

    /// <summary>The elapsed time, and the processor time, which is more reliable on a machine with other load.</summary>
    private static (double Seconds, double Processors) Measured((DesignMatrix Features, double[] Labels) data, LogisticOptions options)
    {
        var before = Environment.CpuUsage.TotalTime;
        var fit = LogisticTrainer.Fit(data.Features, data.Labels, options, null, CancellationToken.None);
        return (fit.Convergence.Seconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
