using SigmoidApi.Compute.Regression;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary>What a list shows of a model version, in a table of its own: a trained model may take megabytes, and a list reads many.</summary>
public sealed class ListedModel
{
    /// <summary>The job that trained the version.</summary>
    public required Guid JobId { get; init; }

    public required IReadOnlyList<ClassLabel> Classes { get; init; }

    public required int Terms { get; init; }

    public Penalty? Penalty { get; init; }

    public double? C { get; init; }

    public required ModelMetrics Metrics { get; init; }

    public required bool Converged { get; init; }

    /// <param name="jobId">The job that trained the version.</param>
    /// <param name="trained">The model that it trained.</param>
    /// <param name="requested">The penalty in the job's request; null if the job has been deleted.</param>
    internal static ListedModel From(Guid jobId, TrainedModel trained, ListedPenalty? requested) => new()
    {
        JobId = jobId,
        Classes = trained.Classes,
        Terms = trained.Coefficients.Count,
        Penalty = requested?.Penalty,
        C = trained.Selection?.C ?? (requested?.Penalty is Compute.Regression.Penalty.None or Compute.Regression.Penalty.Firth ? null : requested?.C),
        Metrics = trained.Metrics.WithoutMatrix(),
        Converged = trained.Convergence.Converged,
    };
}

/// <summary>The penalty in the request of a training job.</summary>
/// <param name="Penalty">The kind of penalty.</param>
/// <param name="C">Its inverse strength.</param>
internal sealed record ListedPenalty(Penalty Penalty, double? C);

/// <summary>Finds the penalty in a job's request; null if the job has been deleted. The feature of training jobs registers it.</summary>
internal delegate Task<ListedPenalty?> PenaltyOfJob(Guid jobId, SigmoidDbContext db, CancellationToken cancellationToken);
