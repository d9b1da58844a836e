namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The points of a job's loss curve, in the form that <see cref="LossHistory"/> writes.</summary>
public sealed class TrainingHistory
{
    public required Guid JobId { get; init; }

    public required byte[] Points { get; set; }
}
