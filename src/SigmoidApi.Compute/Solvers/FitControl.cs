namespace SigmoidApi.Compute.Solvers;

/// <summary>What a caller hears of a fit that runs, and how it is stopped, kept and taken up again. Everything is called on the fit's thread.</summary>
public sealed record FitControl
{
    /// <summary>Called at the start of each solver call and after each of its iterations.</summary>
    public Action<FitProgress>? Progress { get; init; }

    /// <summary>
    /// Ends the fit before the next iteration and keeps the model as it stands, with the warning <c>stopped</c>; it counts as converged only if its own
    /// solver was done. Points of a path that were not begun are left out. Folds come after the fit of all rows: if at least two were fitted
    /// whole, the validation is by those, else there is none. There is no inference. Firth's fit that is stopped while it follows profiles keeps its inference;
    /// parameters whose profile was not done have no p-value and no interval, and the warning <c>intervals_stopped</c> names them.
    /// </summary>
    public CancellationToken Stop { get; init; }

    /// <summary>
    /// At most one checkpoint in this time, by the clock of the options, and where they take long so few that they take no more than a
    /// twentieth of the time. Zero is one for each iteration.
    /// </summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Called after the report of an iteration, or where a solver call is done, with the parts that are new since the last checkpoint.</summary>
    public Action<IReadOnlyList<FitCheckpoint>>? Checkpoint { get; init; }

    /// <summary>
    /// The last parts of a run that was broken off, in any order. The run goes on from there, and ends on the same bits as if it had not been broken. Parts of another
    /// format, of other data or options (that rows are the same is known by labels and weights, and standardised columns by their means and deviations), and parts
    /// that are damaged, are not taken, nor any after them: their solver calls start over.
    /// </summary>
    public IReadOnlyList<FitCheckpoint>? Resume { get; init; }
}

/// <summary>A part of what it takes to resume a fit: the state of one solver call. It replaces an earlier one of the same number.</summary>
/// <param name="Part">The number of the call: <see cref="FitProgress.Fit"/>.</param>
/// <param name="IsFinal">Whether the call is done, so that the part comes no more.</param>
/// <param name="State">Little-endian, the same on every machine.</param>
public sealed record FitCheckpoint(int Part, bool IsFinal, byte[] State);
