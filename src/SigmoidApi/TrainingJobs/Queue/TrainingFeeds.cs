using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// The jobs that somebody watches through this process, whichever process runs them. However many watch, each job is read once for all of them.
/// </summary>
internal sealed class TrainingFeeds(IDbContextFactory<SigmoidDbContext> contexts, RunningFits fits)
{
    private readonly ConcurrentDictionary<Guid, Feed> _feeds = new();
    private readonly Channel<Guid> _ended = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Watches a job, which is there, until the result is disposed; what it shows at first is not older than the call.</summary>
    public async Task<Watch> OpenAsync(Guid jobId, CancellationToken cancellationToken)
    {
        Feed feed;
        do
            feed = _feeds.GetOrAdd(jobId, static (id, owner) => new Feed(owner, id), this);
        while (!feed.TryEnter());
        try
        {
            // Read after the feed was entered, or the end may fall between.
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            feed.Show(await db.TrainingJobs.AsNoTracking().SingleAsync(j => j.Id == jobId, cancellationToken));
            if (fits.ProgressOf(jobId) is { } progress)
                feed.Show(progress);
            return new Watch(feed);
        }
        catch
        {
            feed.Leave();
            throw;
        }
    }

    /// <summary>Says that a job has ended by this process's doing, so that whoever waits for it hears of it at once.</summary>
    public void SignalEnd(Guid jobId)
    {
        if (_feeds.ContainsKey(jobId))
            _ended.Writer.TryWrite(jobId);
    }

    /// <summary>Shows the ends that were signaled, as they come.</summary>
    public async Task ShowEndsAsync(CancellationToken cancellationToken)
    {
        while (await _ended.Reader.WaitToReadAsync(cancellationToken))
        {
            var ids = new List<Guid>();
            while (_ended.Reader.TryRead(out var id))
                ids.Add(id);
            await ShowAsync([.. ids], cancellationToken);
        }
    }

    /// <summary>Shows everybody what is new of the jobs that they watch.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var ids in _feeds.Keys.Chunk(500))
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var states = await db.TrainingJobs.Where(j => ids.Contains(j.Id)).Select(j => new { j.Id, j.Status, j.Beat }).ToListAsync(cancellationToken);
            await ShowAsync([.. states.Where(state => _feeds.TryGetValue(state.Id, out var feed) && feed.IsBehind(state.Status, state.Beat)).Select(state => state.Id)], cancellationToken);
            foreach (var id in ids)
            {
                if (fits.ProgressOf(id) is { } progress && _feeds.TryGetValue(id, out var feed))
                    feed.Show(progress);
            }
        }
    }

    private async Task ShowAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
            return;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var job in await db.TrainingJobs.AsNoTracking().Where(j => ids.Contains(j.Id)).ToListAsync(cancellationToken))
        {
            if (_feeds.TryGetValue(job.Id, out var feed))
                feed.Show(job);
        }
    }

    /// <summary>A job and those who watch it.</summary>
    internal sealed class Feed(TrainingFeeds owner, Guid jobId)
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TrainingJob? _job;
        private int _watchers;

        public (TrainingJob Job, Task Changed) State
        {
            get
            {
                lock (_lock)
                    return (_job!, _changed.Task);
            }
        }

        /// <summary>False where the last watcher has just left.</summary>
        public bool TryEnter()
        {
            lock (_lock)
            {
                if (_watchers < 0)
                    return false;
                _watchers++;
                return true;
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                if (--_watchers > 0)
                    return;
                _watchers = -1;
            }

            owner._feeds.TryRemove(KeyValuePair.Create(jobId, this));
        }

        /// <summary>Whether the row has gone on since it was read.</summary>
        public bool IsBehind(TrainingJobStatus status, long beat)
        {
            lock (_lock)
                return _job is not null && (_job.Status, _job.Beat) != (status, beat);
        }

        public void Show(TrainingJob job)
        {
            lock (_lock)
            {
                // Two readings may cross; an end is not undone by the older one, nor what the fit itself has told by what it had written.
                if (_job?.FinishedAt is not null || _job?.Beat > job.Beat)
                    return;
                if (job.FinishedAt is null && _job?.Progress?.Step > job.Progress?.Step && _job.Epoch == job.Epoch)
                    job.Progress = _job.Progress;
                _job = job;
            }

            TellAll();
        }

        /// <summary>Shows how far a fit of this process is.</summary>
        public void Show(TrainingProgress progress)
        {
            lock (_lock)
            {
                // Before the first reading of the row there is nothing to show it with.
                if (_job is null or { FinishedAt: not null } || _job.Progress == progress)
                    return;
                _job.Progress = progress;
            }

            TellAll();
        }

        private void TellAll()
        {
            TaskCompletionSource changed;
            lock (_lock)
                (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            changed.SetResult();
        }
    }

    /// <summary>One watcher's hold on a feed.</summary>
    internal readonly struct Watch(Feed feed) : IDisposable
    {
        /// <summary>The job as it was last seen, and what ends when there is something new.</summary>
        public (TrainingJob Job, Task Changed) State => feed.State;

        public void Dispose() => feed.Leave();
    }
}
