using Microsoft.Extensions.Time.Testing;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.TrainingJobs.Queue;

public sealed class PausedJobsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Guid _id = Guid.CreateVersion7();

    [Fact]
    public void PauseDoublesWithEachStorageError()
    {
        var paused = new PausedJobs(_time);

        foreach (var seconds in new[] { 0.5, 1, 2, 4, 8, 15, 15 })
        {
            paused.Add(_id, TimeSpan.MaxValue);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            paused.Current().ShouldBe([_id]);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            paused.Current().ShouldBeEmpty();
        }
    }

    [Fact]
    public void PauseIsNotLongerThanTheTimeOfTheJob()
    {
        var paused = new PausedJobs(_time);

        paused.Add(_id, TimeSpan.FromMilliseconds(100));
        _time.Advance(TimeSpan.FromMilliseconds(100));

        paused.Current().ShouldBeEmpty();
    }

    [Fact]
    public void OldStorageErrorIsForgotten()
    {
        var paused = new PausedJobs(_time);
        paused.Add(_id, TimeSpan.MaxValue);
        _time.Advance(TimeSpan.FromMinutes(2));
        paused.Current().ShouldBeEmpty();

        paused.Add(_id, TimeSpan.MaxValue);

        _time.Advance(TimeSpan.FromSeconds(0.5));
        paused.Current().ShouldBeEmpty();
    }
}
