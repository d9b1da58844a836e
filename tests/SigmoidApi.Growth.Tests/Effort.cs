using System.Runtime.InteropServices;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: Trait("Speed", "Slow")]

namespace SigmoidApi.Growth.Tests;

/// <summary>
/// Measures how the time of some work grows with its input. It takes the CPU time of the thread that does the work, and the least of several runs, so other
/// load on the machine has no effect. Other work in this process would have: a garbage collection runs on the thread that allocates, and takes as long as the
/// whole heap needs. So these tests have a process of their own, and run one after the other.
/// </summary>
internal static partial class Effort
{
    private const int ThreadCpuTime = 3;

    // Twice the input takes twice the time, or more if it no longer fits in a cache or needs new memory: this once made one doubling take 4.4 times as long.
    // Work that grows faster than its input makes every doubling slower.
    private const double MostGrowth = 2.5;

    private const int LeastRounds = 2;
    private const int MostRounds = 25;

    /// <summary>Checks that twice the input takes at most 2.5 times as long, in at least one of two doublings.</summary>
    /// <param name="work">Creates the work for an input of a size.</param>
    /// <param name="size">The smallest input.</param>
    /// <param name="largest">The largest input. Larger ones are refused or not read further.</param>
    /// <param name="enough">
    /// Milliseconds that are much longer than the constant cost of an input and than a garbage collection. The smallest input is doubled until it takes this
    /// long.
    /// </param>
    /// <param name="little">Milliseconds up to which times are not judged: if four times the smallest input takes less, its growth does no harm.</param>
    public static void ShouldGrowLikeItsInput(Func<int, Action> work, int size, int largest, double enough, double little)
    {
        while (8 * size <= largest && Least(work(size), LeastRounds) < enough)
            size *= 2;

        // Collect the garbage of earlier tests now, and not during this one. Not before each run: that would return memory, and the run would need new memory.
        GC.Collect();

        // Run the three in turn, so that a slowdown of the machine affects all of them.
        Action[] works = [work(size), work(2 * size), work(4 * size)];
        double[] least = [double.MaxValue, double.MaxValue, double.MaxValue];
        for (var round = 0; round < LeastRounds || (IsTooMuch() && round < MostRounds); round++)
            least = [.. works.Zip(least, (run, known) => Math.Min(known, Least(run, 1)))];

        var shown = $"of sizes {size}, {2 * size}, {4 * size}: {least[0]:F2} ms, {least[1]:F2} ms, {least[2]:F2} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(shown);
        IsTooMuch().ShouldBeFalse(shown);

        bool IsTooMuch() => least[2] > little && least[1] > MostGrowth * least[0] && least[2] > MostGrowth * least[1];
    }

    /// <summary>The CPU time of this thread, in milliseconds.</summary>
    public static double Now()
    {
        Read(ThreadCpuTime, out var time).ShouldBe(0);
        return 1e3 * time.Seconds + 1e-6 * time.Nanoseconds;
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

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
