using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Storage;

/// <summary>Where the service keeps what it has promised to keep; section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>The directory of the database <c>sigmoid.db</c> and of the data sets' files; made when missing.</summary>
    [Required]
    public string Directory { get; init; } = "data";
}
