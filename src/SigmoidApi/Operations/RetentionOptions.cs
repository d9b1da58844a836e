using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Operations;

/// <summary>How long finished jobs are kept; section <c>Retention</c>. Data sets and models are kept until a request deletes them.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Days that a job is kept after its end; 0 keeps it forever.</summary>
    [Range(0, 36_500)]
    public int FinishedJobDays { get; init; } = 365;

    /// <summary>Days that a job's loss curve is kept after its end, if the job is kept that long; 0 keeps it as long as the job.</summary>
    [Range(0, 36_500)]
    public int HistoryDays { get; init; } = 90;

    /// <summary>Minutes between two sweeps.</summary>
    [Range(1, 10_080)]
    public int SweepMinutes { get; init; } = 60;
}
