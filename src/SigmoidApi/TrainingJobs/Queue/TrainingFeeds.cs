using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// The jobs that clients watch through this process, whichever process runs them. Each watched job is read once for all its watchers.
/// </summary>
internal sealed class TrainingFeeds(IDbContextFactory<SigmoidDbContext> contexts, RunningFits fits)
{
    private readonly ConcurrentDictionary<Guid, Feed> _feeds = new();
    private readonly Channel<Guid> _ended = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Watches a job, which must exist, until the result is disposed. Its first state is not older than the call.</summary>
    public async Task<Subscription> SubscribeAsync(Guid jobId, CancellationToken cancellationToken)
    {
        Feed feed;
        do
            feed = _feeds.GetOrAdd(jobId, static (id, owner) => new Feed(owner, id), this);
        while (!feed.TryAddWatcher());
        try
        {
            // Read after the watcher was added; otherwise an end between the two would be missed.
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            feed.Show(await db.TrainingJobs.AsNoTracking().SingleAsync(j => j.Id == jobId, cancellationToken));
            if (fits.ProgressOf(jobId) is { } progress)
                feed.Show(progress);
            return new Subscription(feed);
        }
        catch
        {
            feed.RemoveWatcher();
            throw;
        }
    }

    /// <summary>Signals that this process has ended a job, so that its watchers see that at once.</summary>
    public void SignalEnd(Guid jobId)
    {
        if (_feeds.ContainsKey(jobId))
            _ended.Writer.TryWrite(jobId);
    }

    /// <summary>Shows the signaled ends as they come, until a read fails or the token ends it.</summary>
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

    /// <summary>Reads the watched jobs that have changed, and shows their new state.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var ids in _feeds.Keys.Chunk(500))
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            var states = await db.TrainingJobs.Where(j => ids.Contains(j.Id)).Select(j => new { j.Id, j.Status, j.Beat }).ToListAsync(cancellationToken);
            var changed = states.Where(state => _feeds.TryGetValue(state.Id, out var feed) && feed.IsBehind(state.Status, state.Beat));
            await ShowAsync([.. changed.Select(state => state.Id)], cancellationToken);
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

    /// <summary>A watched job, with a count of its watchers.</summary>
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

        /// <summary>False if the last watcher has just left; the feed is then removed.</summary>
        public bool TryAddWatcher()
        {
            lock (_lock)
            {
                if (_watchers < 0)
                    return false;
                _watchers++;
                return true;
            }
        }

        public void RemoveWatcher()
        {
            lock (_lock)
            {
                if (--_watchers > 0)
                    return;
                _watchers = -1;
            }

            owner._feeds.TryRemove(KeyValuePair.Create(jobId, this));
        }

        /// <summary>Whether the row has changed since it was read.</summary>
        public bool IsBehind(TrainingJobStatus status, long beat)
        {
            lock (_lock)
                return _job is not null && (_job.Status, _job.Beat) != (status, beat);
        }

        public void Show(TrainingJob job)
        {
            lock (_lock)
            {
                // Two reads may overtake each other: an older one must not undo an end. Nor may the stored progress, which the fit wrote earlier,
                // replace what the fit in this process has reported since.
                if (_job?.FinishedAt is not null || _job?.Beat > job.Beat)
                    return;
                if (job.FinishedAt is null && _job?.Progress?.Step > job.Progress?.Step && _job.Epoch == job.Epoch)
                    job.Progress = _job.Progress;
                _job = job;
            }

            NotifyWatchers();
        }

        /// <summary>Shows the progress of a fit of this process.</summary>
        public void Show(TrainingProgress progress)
        {
            lock (_lock)
            {
                // Before the row is read for the first time, there is no job to show it with.
                if (_job is null or { FinishedAt: not null } || _job.Progress == progress)
                    return;
                _job.Progress = progress;
            }

            NotifyWatchers();
        }

        private void NotifyWatchers()
        {
            TaskCompletionSource changed;
            lock (_lock)
                (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            changed.SetResult();
        }
    }

    /// <summary>One watcher's subscription to a feed.</summary>
    internal readonly struct Subscription(Feed feed) : IDisposable
    {
        /// <summary>The job as last read, and a task that completes at the next change.</summary>
        public (TrainingJob Job, Task Changed) State => feed.State;

        public void Dispose() => feed.RemoveWatcher();
    }
}
