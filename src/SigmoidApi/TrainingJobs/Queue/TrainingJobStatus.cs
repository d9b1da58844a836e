namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The state of a job. The last three are final.</summary>
public enum TrainingJobStatus
{
    /// <summary>It waits to start, or to continue after a run that did not finish it.</summary>
    Queued,

    /// <summary>A worker runs it.</summary>
    Running,

    /// <summary>There is a model.</summary>
    Succeeded,

    /// <summary>There is no model; <c>error</c> says why.</summary>
    Failed,

    /// <summary>It was canceled, by a caller or by its timeout.</summary>
    Canceled,
}
