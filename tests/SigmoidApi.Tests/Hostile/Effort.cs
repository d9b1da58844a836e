using System.Runtime.InteropServices;

namespace SigmoidApi.Tests.Hostile;

/// <summary>
/// How the time of some work grows with its input. It is the processor's time of the thread that does the work, and the least of several runs: what else the
/// machine does is then no concern.
/// </summary>
internal static partial class Effort
{
    private const int ThreadCpuTime = 3;

    // Twice the input takes twice the time; a little more where it no longer fits in a cache.
    private const double MostGrowth = 2.5;

    private const int Runs = 2;
    private const int MostRuns = 8;

    /// <summary>Checks that twice the input takes at most 2.5 times the time.</summary>
    /// <param name="work">Gives the work of an input of a size.</param>
    /// <param name="size">The smallest input.</param>
    /// <param name="largest">The largest: what is more is refused, or not looked at.</param>
    /// <param name="enough">Milliseconds beside which what every input takes is little: the smallest input is doubled until it takes as long.</param>
    public static void ShouldGrowAsItsInput(Func<int, Action> work, int size, int largest, double enough)
    {
        var small = Least(work(size), Runs);
        while (small < enough && 8 * size <= largest)
        {
            size *= 2;
            small = Least(work(size), Runs);
        }

        var (middle, large) = (Least(work(2 * size), Runs), Least(work(4 * size), Runs));
        for (var runs = 2 * Runs; IsTooMuch() && runs <= MostRuns; runs *= 2)
        {
            small = Math.Min(small, Least(work(size), runs));
            middle = Math.Min(middle, Least(work(2 * size), runs));
            large = Math.Min(large, Least(work(4 * size), runs));
        }

        var shown = $"of sizes {size}, {2 * size}, {4 * size}: {small:F2} ms, {middle:F2} ms, {large:F2} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(shown);
        IsTooMuch().ShouldBeFalse(shown);

        // A few milliseconds say nothing: a larger input would have taken more. A cache or a heap that is outgrown makes one step; work that grows faster than its
        // input makes every one.
        bool IsTooMuch() => large > 4 * enough && middle > MostGrowth * small && large > MostGrowth * middle;
    }

    private static double Least(Action work, int runs)
    {
        var least = double.MaxValue;
        for (var i = 0; i < runs; i++)
        {
            var start = Now();
            work();
            least = Math.Min(least, Now() - start);
        }

        return least;
    }

    /// <summary>In milliseconds.</summary>
    private static double Now()
    {
        Read(ThreadCpuTime, out var time).ShouldBe(0);
        return 1e3 * time.Seconds + 1e-6 * time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
