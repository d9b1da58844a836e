namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Why a fit must end before it is done.</summary>
internal enum FitEnd
{
    None,

    /// <summary>A caller canceled the job.</summary>
    Canceled,

    /// <summary>The job's time is over, and it keeps no model.</summary>
    TimedOut,

    /// <summary>A caller stopped the job, or its time is over, and the current model is kept.</summary>
    Stopped,

    /// <summary>The service stops; another process, or the next one, resumes the job.</summary>
    Drained,

    /// <summary>Another process has claimed the job.</summary>
    Lost,
}
