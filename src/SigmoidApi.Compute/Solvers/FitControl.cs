namespace SigmoidApi.Compute.Solvers;

/// <summary>How a caller follows a running fit, stops it, saves it and resumes it. All callbacks run on the thread of the fit.</summary>
public sealed record FitControl
{
    /// <summary>Called at the start of each solver call and after each of its iterations.</summary>
    public Action<FitProgress>? Progress { get; init; }

    /// <summary>
    /// Ends the fit before the next iteration. The model is the one reached so far, with the warning <c>stopped</c>; it counts as converged only if its
    /// own solver had finished. Points of a path that had not begun are left out. Folds come after the fit of all rows: if at least two had finished, the
    /// validation is by those, else there is none. There is no inference. If Firth's fit is stopped while it computes profiles, it keeps its inference;
    /// parameters whose profile had not finished have no p-value and no interval, and the warning <c>intervals_stopped</c> names them.
    /// </summary>
    public CancellationToken Stop { get; init; }

    /// <summary>
    /// The least time between two checkpoints, by the clock of the options. If checkpoints take long, there are fewer, so that they take at most about a
    /// twentieth of the time. Zero means one checkpoint for each iteration.
    /// </summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Called after the report of an iteration or at the end of a solver call, with the parts that have changed since the last checkpoint.
    /// </summary>
    public Action<IReadOnlyList<FitCheckpoint>>? Checkpoint { get; init; }

    /// <summary>
    /// The last parts of an interrupted run, in any order. The run continues from there and gives the same bits as without the interruption. A part that is
    /// damaged, or of another format, other data or other options, is ignored, and so are all parts after it: their solver calls start from the beginning.
    /// Data count as the same by labels and weights, and by the means and deviations of standardised columns.
    /// </summary>
    public IReadOnlyList<FitCheckpoint>? Resume { get; init; }
}

/// <summary>The state of one solver call, a part of what resuming a fit needs. It replaces an earlier state of the same part.</summary>
/// <param name="Part">The number of the call: <see cref="FitProgress.Fit"/>.</param>
/// <param name="IsFinal">Whether the call has finished, so that this state of the part is its last.</param>
/// <param name="State">Little-endian bytes, the same on every machine.</param>
public sealed record FitCheckpoint(int Part, bool IsFinal, byte[] State);
