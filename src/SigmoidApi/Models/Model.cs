using SigmoidApi.Compute.Metrics;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Models;

/// <summary>A model's name, with the number that its newest version had, so that a deleted version's number is not given again.</summary>
public sealed class Model
{
    public required string Name { get; init; }

    public required int LastVersion { get; set; }
}

/// <summary>A version of a model. It never changes.</summary>
public sealed class ModelVersion
{
    /// <summary>The id of the job that trained it; it also orders the versions by age.</summary>
    public required Guid JobId { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    public Guid? DatasetId { get; init; }

    public string? Target { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TrainedModel Trained { get; init; }
}

/// <summary>What a fit has found.</summary>
/// <param name="Classes">The target's two values, the negative one first.</param>
/// <param name="Intercept">In the columns' own units.</param>
/// <param name="Coefficients">In the order in which <c>features</c> are given to predict.</param>
public sealed record TrainedModel(
    IReadOnlyList<double> Classes, double Intercept, double StandardizedIntercept, IReadOnlyList<Coefficient> Coefficients, ModelMetrics Metrics, Convergence Convergence);

/// <summary>A term of the linear predictor.</summary>
/// <param name="Term">The column's name.</param>
/// <param name="Estimate">In the column's own units.</param>
/// <param name="Standardized">On the column scaled to standard deviation 1.</param>
public sealed record Coefficient(string Term, double Estimate, double Standardized);

public sealed record ModelMetrics(ClassificationMetrics Training, ClassificationMetrics? Validation);

/// <summary>Which version of which model.</summary>
public sealed record ModelVersionName(string Name, int Version);
