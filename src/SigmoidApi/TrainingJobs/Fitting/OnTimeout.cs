namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>What happens to a job when its time is over.</summary>
public enum OnTimeout
{
    /// <summary>It ends without a model.</summary>
    Cancel,

    /// <summary>It ends with its current model.</summary>
    Stop,
}
