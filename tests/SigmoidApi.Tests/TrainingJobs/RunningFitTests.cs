using SigmoidApi.TrainingJobs;

namespace SigmoidApi.Tests.TrainingJobs;

public sealed class RunningFitTests
{
    [Fact]
    public void RunThatIsDisplacedByANewerOneIsLost()
    {
        var fits = new RunningFits();
        using var lost = Fit(out var job);
        using var newer = new RunningFit(job, 100, TimeProvider.System);
        fits.Add(lost);

        fits.Add(newer);

        (lost.Why, lost.Token.IsCancellationRequested, newer.Why).ShouldBe((FitEnd.Lost, true, FitEnd.None));
        fits.Remove(lost);
        fits.All.ShouldBe([newer]);
    }

    [Fact]
    public void RunThatIsOverCanBeEndedFromAnywhere()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var fit = Fit(out _);
            var ended = false;
            fit.Token.Register(() => ended = true);

            Parallel.Invoke(() => fit.End(FitEnd.Drained), fit.Dispose);

            fit.End(FitEnd.Canceled);
            _ = ended;
        }
    }

    [Fact]
    public void WatcherThatHasNotReadItsJobYetHidesNoOther()
    {
        var feed = new TrainingFeeds.Feed(owner: null!, Guid.CreateVersion7());
        feed.TryEnter().ShouldBeTrue();

        feed.Show(new TrainingProgress(1, 2, 0.5, 0.1, 0.5));
    }

    private static RunningFit Fit(out TrainingJob job)
    {
        job = new TrainingJob { Id = Guid.CreateVersion7(), Status = TrainingJobStatus.Running, Request = new TrainingRequest(), CreatedAt = default };
        return new RunningFit(job, 100, TimeProvider.System);
    }
}
