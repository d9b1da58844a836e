using System.ComponentModel.DataAnnotations;
using SigmoidApi.Http;

namespace SigmoidApi.Models;

/// <summary>A version of a model. It never changes.</summary>
public sealed class ModelVersion
{
    /// <summary>The id of the job that trained it, or an own one if it was calibrated afterwards; it also orders the versions by age.</summary>
    public required Guid JobId { get; init; }

    public required string Name { get; init; }

    public required int Version { get; init; }

    public Guid? DatasetId { get; init; }

    public string? Target { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TrainedModel Trained { get; init; }
}

/// <summary>A model's name and the number of a version.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The number of its version, from 1.</param>
public sealed record ModelVersionName([property: RegularExpression(ResourceNames.Form)] string Name, [property: Range(1, int.MaxValue)] int Version);
