namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>What a job does.</summary>
public enum JobKind
{
    /// <summary>It trains a model.</summary>
    Training,

    /// <summary>It evaluates a model on a data set.</summary>
    Evaluation,
}

/// <summary>The work of a job that does not train a model.</summary>
/// <param name="Kind">What the job does.</param>
/// <param name="Payload">What the runner of this kind needs to know, as it wrote it.</param>
public sealed record JobWork(JobKind Kind, string Payload);
