using SigmoidApi.Compute.Solvers;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.TrainingJobs.Queue;

public sealed class RunningFitTests
{
    [Fact]
    public void RunReplacedByANewerOneIsLost()
    {
        var fits = new RunningFits();
        using var lost = Fit(out var job);
        using var newer = new RunningFit(job, 100, TimeProvider.System);
        fits.Add(lost);

        fits.Add(newer);

        (lost.EndReason, lost.CancelToken.IsCancellationRequested, newer.EndReason).ShouldBe((FitEnd.Lost, true, FitEnd.None));
        fits.Remove(lost);
        fits.All.ShouldBe([newer]);
    }

    [Fact]
    public void EndingARunThatIsBeingDisposedThrowsNothing()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var fit = Fit(out _);
            var ended = false;
            fit.CancelToken.Register(() => ended = true);

            Parallel.Invoke(() => fit.End(FitEnd.Drained), fit.Dispose);

            fit.End(FitEnd.Canceled);
            _ = ended;
        }
    }

    [Fact]
    public void ProgressBeforeTheFirstReadOfTheJobIsIgnored()
    {
        var feed = new TrainingFeeds.Feed(owner: null!, Guid.CreateVersion7());
        feed.TryAddWatcher().ShouldBeTrue();

        feed.Show(new TrainingProgress(1, 2, 0.5, 0.1, 0.5));
    }

    [Fact]
    public void ProfilesAreInTheProgressButNotInTheLossCurve()
    {
        using var fit = Fit(out _);
        fit.Report(new FitProgress(3, 1000, 0.5, 1e-9) { Step = 3, Fits = 2, Fraction = 0.001 });

        fit.Report(new FitProgress(12, 57, 0.5, 1e-9) { Phase = FitPhase.Intervals, Step = 16, Fit = 1, Fits = 2, Fraction = 0.22 });

        var progress = fit.Progress.ShouldNotBeNull();
        (progress.Phase, progress.Iteration, progress.MaxIterations, progress.Step).ShouldBe((FitPhase.Intervals, 12, 57, 16));
        progress.SecondsLeft.ShouldNotBeNull();
        fit.History.Points().ShouldHaveSingleItem().Step.ShouldBe(3);
    }

    private static RunningFit Fit(out TrainingJob job)
    {
        job = new TrainingJob { Id = Guid.CreateVersion7(), Status = TrainingJobStatus.Running, Request = new TrainingRequest(), CreatedAt = default };
        return new RunningFit(job, 100, TimeProvider.System);
    }
}
