namespace SigmoidApi.Evaluations;

/// <summary>A stored evaluation. It never changes, and outlives the model and the data set.</summary>
public sealed class Evaluation
{
    public required Guid Id { get; init; }

    /// <summary>Null for scores that were made elsewhere.</summary>
    public string? ModelName { get; init; }

    public int? ModelVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the API answers.</summary>
    public required EvaluationResponse Answer { get; init; }
}

/// <summary>A part of the ranked scores of an evaluation, from which its curves are drawn.</summary>
public sealed class EvaluationScores
{
    public required Guid EvaluationId { get; init; }

    /// <summary>The index of the class whose probabilities are ranked; with two classes that of the second.</summary>
    public required int Class { get; init; }

    public required int Part { get; init; }

    public required byte[] Bytes { get; init; }
}
