using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Evaluations;

/// <summary>Limits of evaluations; section <c>Evaluations</c>.</summary>
public sealed class EvaluationLimits
{
    public const string Section = "Evaluations";

    /// <summary>
    /// Most rows, times one more than the resamples, that are evaluated while the request waits. A data set of more is evaluated by a job; more rows in a
    /// request are a 413.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long MaxRowsTimesResamples { get; init; } = 20_000_000;

    /// <summary>Most groups that one evaluation reports; more is a 422.</summary>
    [Range(1, 100_000)]
    public int MaxGroups { get; init; } = 1_000;
}
