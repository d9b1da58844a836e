namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Writes the end of a run to the store. It is called again while storage errors last.</summary>
/// <returns>The job's new status; null if another run has the job by now.</returns>
internal delegate Task<TrainingJobStatus?> WriteEnd(CancellationToken cancellationToken);
