using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Why a fit is to end before it is done.</summary>
internal enum FitEnd
{
    None,

    /// <summary>Its caller wants it gone.</summary>
    Canceled,

    /// <summary>It has run for as long as its caller gave it.</summary>
    TimedOut,

    /// <summary>Its caller, or its time, wants the model as it stands.</summary>
    Stopped,

    /// <summary>The service stops; another process goes on with it.</summary>
    Drained,

    /// <summary>Another process has it.</summary>
    Lost,
}

/// <summary>
/// A run of a job in this process: how far it is, and how it is ended. The fit's thread writes, the beat reads.
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
    private long _beaten;

    /// <param name="job">As it was claimed.</param>
    /// <param name="maxHistoryPoints">Most points of its loss curve.</param>
    /// <param name="time">Measures its pace.</param>
    public RunningFit(TrainingJob job, int maxHistoryPoints, TimeProvider time)
    {
        (Job, _time, _started) = (job, time, time.GetTimestamp());
        MayHaveCheckpoint = job.Attempts > 1;
        Progress = job.Progress;
        HasHistory = job.Attempts == 1;
        _beaten = _started;
        History = new LossHistory(maxHistoryPoints);
    }

    public TrainingJob Job { get; }

    public LossHistory History { get; }

    /// <summary>Whether <see cref="History"/> has what runs before this one have left; until then it is in the store alone, and stays there as it is.</summary>
    public bool HasHistory { get; private set; }

    /// <summary>Where the run before this one came to, until this one has gone on.</summary>
    public TrainingProgress? Progress { get; private set; }

    public JobMemory? Memory { get; set; }

    /// <summary>The first reason that was given.</summary>
    public FitEnd Why { get; private set; }

    /// <summary>Ends the fit without a model.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>Ends it with the model as it stands.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>The last sign of life, which may be on its way still.</summary>
    public Task Beating { get; set; } = Task.CompletedTask;

    /// <summary>Whether it is time for a sign of life; asked by one thread.</summary>
    public bool IsDue(TimeSpan period)
    {
        if (!Beating.IsCompleted || _time.GetElapsedTime(_beaten) < period)
            return false;
        _beaten = _time.GetTimestamp();
        return true;
    }

    public void Report(FitProgress progress)
    {
        // Profiles leave the loss as it is.
        if (progress.Phase == FitPhase.Fit)
            History.Add(new LossPoint(progress.Step, progress.Fit, progress.Iteration, progress.Loss, progress.GradientNorm));
        if (_fractionAtStart < 0)
            _fractionAtStart = progress.Fraction;
        Progress = new(
            progress.Iteration, progress.MaxIterations, progress.Loss, progress.GradientNorm, progress.Fraction, progress.Step,
            SecondsLeft(progress.Fraction), progress.Phase);
    }

    /// <summary>Goes on with the loss curve of the run before this one.</summary>
    public void Resume(byte[] points)
    {
        History.Resume(points);
        HasHistory = true;
    }

    public void Keep(IReadOnlyList<FitCheckpoint> parts)
    {
        lock (_lock)
        {
            foreach (var part in parts)
                _parts[part.Part] = part;
        }
    }

    /// <summary>The parts of its checkpoint that came since the last call.</summary>
    public IReadOnlyCollection<FitCheckpoint> TakeParts()
    {
        lock (_lock)
        {
            var taken = _parts;
            _parts = [];
            MayHaveCheckpoint |= taken.Count > 0;
            return taken.Values;
        }
    }

    /// <summary>Puts back what could not be written, unless there is newer by now.</summary>
    public void PutBack(IReadOnlyCollection<FitCheckpoint> parts)
    {
        lock (_lock)
        {
            foreach (var part in parts)
                _parts.TryAdd(part.Part, part);
        }
    }

    /// <summary>Whether the store may have a part of a checkpoint of the job: this run has taken one to write it, or it is not the first.</summary>
    public bool MayHaveCheckpoint { get; private set; }

    public void End(FitEnd why)
    {
        lock (_lock)
        {
            // Who has only been told to stop may still be told to leave.
            if (_disposed || (Why != FitEnd.None && Why != FitEnd.Stopped))
                return;
            Why = why;
            // Nothing that waits for it goes on within the lock, nor before the next fit has been told.
            _ = (why == FitEnd.Stopped ? _stop : _cancel).CancelAsync();
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
