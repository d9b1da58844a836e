using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Operations;

/// <summary>How long what has ended is kept; section <c>Retention</c>. Data sets and models stay until somebody deletes them.</summary>
public sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Days that a job is kept after its end; 0 is for ever.</summary>
    [Range(0, 36_500)]
    public int FinishedJobDays { get; init; } = 365;

    /// <summary>Days that a job's loss curve is kept after its end, if the job itself is; 0 is as long as the job.</summary>
    [Range(0, 36_500)]
    public int HistoryDays { get; init; } = 90;

    /// <summary>Minutes from one sweep to the next.</summary>
    [Range(1, 10_080)]
    public int SweepMinutes { get; init; } = 60;
}
