using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Runs the jobs of a kind other than training. The feature that accepts such jobs registers it, so that the queue does not depend on it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="PrepareAsync">Reads what a job needs before it takes memory.</param>
internal sealed record JobRunner(JobKind Kind, Func<TrainingJob, CancellationToken, Task<PreparedJob>> PrepareAsync);

/// <summary>A job that is ready to run.</summary>
/// <param name="Bytes">The memory that it takes.</param>
/// <param name="Run">Computes the result, which is then added to the store in the transaction that ends the job.</param>
internal sealed record PreparedJob(long Bytes, Func<CancellationToken, Action<SigmoidDbContext>> Run);
