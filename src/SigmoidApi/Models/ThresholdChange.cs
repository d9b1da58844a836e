using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Models;

/// <summary>A change of a version's threshold. The last one holds; the earlier ones are its history.</summary>
public sealed class ThresholdChange
{
    /// <summary>The id of the version's job.</summary>
    public required Guid JobId { get; init; }

    /// <summary>Counts the changes of the version, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Null if the change returned to the default.</summary>
    public double? Threshold { get; init; }

    /// <summary>The rule that chose it; null if the caller named the number.</summary>
    public ThresholdRule? Rule { get; init; }

    /// <summary>The precision or recall that the rule had to reach; null for rules without one.</summary>
    public double? Value { get; init; }

    /// <summary>What rows cost, for the least cost; null for other rules.</summary>
    public Costs? Costs { get; init; }

    /// <summary>The evaluation whose rows it was chosen on. It may have been deleted since.</summary>
    public Guid? EvaluationId { get; init; }

    public required DateTimeOffset SetAt { get; init; }

    /// <summary>Whether a change would leave everything as this one did.</summary>
    internal bool IsSameAs(ThresholdChange other) => (Threshold, Rule, Value, Costs, EvaluationId)
        == (other.Threshold, other.Rule, other.Value, other.Costs, other.EvaluationId);
}
