namespace SigmoidApi.Models;

/// <summary>A model's name, with the highest version number it has had, so that the number of a deleted version is not reused.</summary>
public sealed class Model
{
    public required string Name { get; init; }

    public required int LastVersion { get; set; }

    /// <summary>Increased by each change of the model's versions, so that other replicas notice that their cache is stale.</summary>
    public int Revision { get; set; }
}
