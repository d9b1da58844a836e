using System.Runtime.InteropServices;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]

namespace SigmoidApi.Growth.Tests;

/// <summary>
/// How the time of some work grows with its input. It is the processor's time of the thread that does the work, and the least of several runs: what else the
/// machine does is then no concern. What else this process does would be: a collection of garbage runs on the thread that allocates, and takes as long as
/// the whole heap needs. So these tests have a process of their own, and run one after the other.
/// </summary>
internal static partial class Effort
{
    private const int ThreadCpuTime = 3;

    // Twice the input takes twice the time; more where it no longer fits in a cache, or needs memory that is new to the process: that step was seen to make one
    // doubling 4.4 times as long. Work that grows faster than its input makes every doubling longer.
    private const double MostGrowth = 2.5;

    private const int LeastRounds = 2;
    private const int MostRounds = 25;

    /// <summary>Checks that twice the input takes at most 2.5 times the time, in one of two doublings at least.</summary>
    /// <param name="work">Gives the work of an input of a size.</param>
    /// <param name="size">The smallest input.</param>
    /// <param name="largest">The largest: what is more is refused, or not looked at.</param>
    /// <param name="enough">
    /// Milliseconds beside which what every input takes is little, and a collection of garbage, too: the smallest input is doubled until it takes as long.
    /// </param>
    /// <param name="little">Milliseconds that say nothing: where even four times the smallest input takes no more, a larger one would have taken more.</param>
    public static void ShouldGrowAsItsInput(Func<int, Action> work, int size, int largest, double enough, double little)
    {
        while (8 * size <= largest && Least(work(size), LeastRounds) < enough)
            size *= 2;

        // What earlier tests left is not collected during this one. Not before each run: its memory would be given back, and touched for the first time again.
        GC.Collect();

        // The three in turn: where the machine slows down for a while, it does for each of them.
        Action[] works = [work(size), work(2 * size), work(4 * size)];
        double[] least = [double.MaxValue, double.MaxValue, double.MaxValue];
        for (var round = 0; round < LeastRounds || (IsTooMuch() && round < MostRounds); round++)
            least = [.. works.Zip(least, (run, known) => Math.Min(known, Least(run, 1)))];

        var shown = $"of sizes {size}, {2 * size}, {4 * size}: {least[0]:F2} ms, {least[1]:F2} ms, {least[2]:F2} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(shown);
        IsTooMuch().ShouldBeFalse(shown);

        bool IsTooMuch() => least[2] > little && least[1] > MostGrowth * least[0] && least[2] > MostGrowth * least[1];
    }

    /// <summary>The processor's time that this thread has had, in milliseconds.</summary>
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
