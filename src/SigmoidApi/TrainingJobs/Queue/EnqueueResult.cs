namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Whether a job was stored, and if not, why.</summary>
internal enum EnqueueResult
{
    Stored,

    /// <summary>Its data set was deleted.</summary>
    DatasetIsGone,

    QueueIsFull,

    /// <summary>A copy of the request, with the same idempotency key, has stored its job.</summary>
    StoredByACopy,
}
