using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// The request that trained a version of a model, kept as long as the version: with it the training rows can be read again after the job is deleted. A
/// version that was stored before the service recorded this has none.
/// </summary>
public sealed class ModelRequest
{
    /// <summary>The id of the job, which is also that of the version.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The request without inline data.</summary>
    public required TrainingRequest Request { get; init; }
}
