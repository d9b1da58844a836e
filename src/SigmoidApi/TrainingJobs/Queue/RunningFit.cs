using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// A run of a job in this process: its progress, and the way to end it. The fit's thread writes it, the heartbeat reads it.
/// </summary>
internal sealed class RunningFit : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private Dictionary<int, FitCheckpoint> _parts = [];
    private double _fractionAtStart = -1;
    private bool _disposed;
    private long _lastBeatAt;

    /// <param name="job">The row as it was claimed.</param>
    /// <param name="maxHistoryPoints">The most points of its loss curve.</param>
    /// <param name="time">Measures the pace of the fit.</param>
    public RunningFit(TrainingJob job, int maxHistoryPoints, TimeProvider time)
    {
        (Job, _time, _started) = (job, time, time.GetTimestamp());
        MayHaveCheckpoint = job.Attempts > 1;
        Progress = job.Progress;
        HasHistory = job.Attempts == 1;
        _lastBeatAt = _started;
        History = new LossHistory(maxHistoryPoints);
    }

    public TrainingJob Job { get; }

    public LossHistory History { get; }

    /// <summary>Whether <see cref="History"/> contains the points of earlier runs. Until then only the store has them, and must not be overwritten.</summary>
    public bool HasHistory { get; private set; }

    /// <summary>The progress of this run; of the previous one until this one reports.</summary>
    public TrainingProgress? Progress { get; private set; }

    public JobMemory? Memory { get; set; }

    /// <summary>Why the fit ends: the first reason, except that any other reason overrides <see cref="FitEnd.Stopped"/>.</summary>
    public FitEnd EndReason { get; private set; }

    /// <summary>Ends the fit without a model.</summary>
    public CancellationToken CancelToken => _cancel.Token;

    /// <summary>Ends the fit with its current model.</summary>
    public CancellationToken StopToken => _stop.Token;

    /// <summary>The write of the last heartbeat, which may still be under way.</summary>
    public Task LastBeat { get; set; } = Task.CompletedTask;

    /// <summary>Whether it is time for a heartbeat. Only one thread may ask.</summary>
    public bool IsBeatDue(TimeSpan period)
    {
        if (!LastBeat.IsCompleted || _time.GetElapsedTime(_lastBeatAt) < period)
            return false;
        _lastBeatAt = _time.GetTimestamp();
        return true;
    }

    public void Report(FitProgress progress)
    {
        // While intervals are computed, the loss does not change.
        if (progress.Phase == FitPhase.Fit)
            History.Add(new LossPoint(progress.Step, progress.Fit, progress.Iteration, progress.Loss, progress.GradientNorm));
        if (_fractionAtStart < 0)
            _fractionAtStart = progress.Fraction;
        Progress = new(
            progress.Iteration, progress.MaxIterations, progress.Loss, progress.GradientNorm, progress.Fraction, progress.Step,
            SecondsLeft(progress.Fraction), progress.Phase);
    }

    /// <summary>Continues the loss curve of the previous run.</summary>
    public void Resume(byte[] points)
    {
        History.Resume(points);
        HasHistory = true;
    }

    public void AddCheckpoint(IReadOnlyList<FitCheckpoint> parts)
    {
        lock (_lock)
        {
            foreach (var part in parts)
                _parts[part.Part] = part;
        }
    }

    /// <summary>Takes the parts of the checkpoint that were added since the last call, to write them.</summary>
    public IReadOnlyCollection<FitCheckpoint> TakeCheckpoint()
    {
        lock (_lock)
        {
            var taken = _parts;
            _parts = [];
            MayHaveCheckpoint |= taken.Count > 0;
            return taken.Values;
        }
    }

    /// <summary>Puts parts back that could not be written, except where a newer one was added since.</summary>
    public void PutBackCheckpoint(IReadOnlyCollection<FitCheckpoint> parts)
    {
        lock (_lock)
        {
            foreach (var part in parts)
                _parts.TryAdd(part.Part, part);
        }
    }

    /// <summary>Whether the store may have a checkpoint of the job: this run has taken parts to write them, or is not the job's first.</summary>
    public bool MayHaveCheckpoint { get; private set; }

    public void End(FitEnd reason)
    {
        lock (_lock)
        {
            // Stopped may still be escalated to canceled, timed out, drained or lost.
            if (_disposed || (EndReason != FitEnd.None && EndReason != FitEnd.Stopped))
                return;
            EndReason = reason;
            // Asynchronously: continuations must run neither within the lock, nor before a caller that ends several fits has reached the last.
            _ = (reason == FitEnd.Stopped ? _stop : _cancel).CancelAsync();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _cancel.Dispose();
        _stop.Dispose();
    }

    private double? SecondsLeft(double fraction)
    {
        var done = fraction - _fractionAtStart;
        return done > 0 ? _time.GetElapsedTime(_started).TotalSeconds / done * (1 - fraction) : null;
    }
}
