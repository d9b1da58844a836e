namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Part of a fit's state, from which a later run resumes the job; deleted when the job ends.</summary>
public sealed class TrainingCheckpoint
{
    public required Guid JobId { get; init; }

    public required int Part { get; init; }

    /// <summary>Whether this part will not change any more.</summary>
    public required bool IsFinal { get; set; }

    public required byte[] State { get; set; }
}
