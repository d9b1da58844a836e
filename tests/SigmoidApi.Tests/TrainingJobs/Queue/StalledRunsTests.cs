using Microsoft.Extensions.Time.Testing;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.TrainingJobs.Queue;

public sealed class StalledRunsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();
    private readonly Guid _id = Guid.CreateVersion7();

    [Fact]
    public void RunWithoutAHeartbeatForALeaseHasStalled()
    {
        var stalled = new StalledRuns(Lease, _time);

        for (var i = 0; i < 3; i++)
        {
            stalled.Among([Seen(beat: 7)]).ShouldBeEmpty();
            _time.Advance(Lease / 3);
        }

        stalled.Among([Seen(beat: 7)]).Single().Id.ShouldBe(_id);
    }

    [Fact]
    public void RunWithHeartbeatsHasNotStalled()
    {
        var stalled = new StalledRuns(Lease, _time);

        for (var i = 0; i < 20; i++)
        {
            stalled.Among([Seen(beat: i / 2)]).ShouldBeEmpty();
            _time.Advance(Lease / 3);
        }
    }

    [Fact]
    public void ObservationStartsAfreshAfterALongGap()
    {
        var stalled = new StalledRuns(Lease, _time);
        stalled.Among([Seen(beat: 7)]).ShouldBeEmpty();

        _time.Advance(10 * Lease);

        stalled.Among([Seen(beat: 7)]).ShouldBeEmpty();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Lease / 3);
            stalled.Among([Seen(beat: 7)]).Count.ShouldBe(i == 2 ? 1 : 0);
        }
    }

    [Fact]
    public void WallClockThatJumpsHasNoEffect()
    {
        var stalled = new StalledRuns(Lease, _time);
        stalled.Among([Seen(beat: 7)]).ShouldBeEmpty();

        _time.AdjustTime(_time.GetUtcNow().AddDays(400));
        stalled.Among([Seen(beat: 7)]).ShouldBeEmpty();
        _time.AdjustTime(_time.GetUtcNow().AddDays(-800));
        stalled.Among([Seen(beat: 7)]).ShouldBeEmpty();
    }

    private RunSeen Seen(long beat) => new(_id, Epoch: 1, beat, Crashes: 0, Memory: null, CancelRequested: false, StopRequested: false);
}
