using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Import;

namespace SigmoidApi.Datasets;

/// <summary>
/// A data set as the database has it; its rows are in the Parquet file of the same id. A data set never changes: uploading its name again makes the next
/// version.
/// </summary>
public sealed class Dataset
{
    internal const string Sha256Form = "^[0-9a-f]{64}$";

    /// <summary>The id of the data set.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name that it was uploaded under. The name alone refers to its newest version.</summary>
    [RegularExpression(ResourceNames.Form)]
    public required string Name { get; init; }

    /// <summary>1 for the first data set of its name. Numbers are never reused.</summary>
    [Range(1, int.MaxValue)]
    public required int Version { get; init; }

    /// <summary>How many rows it has.</summary>
    [Range(0, int.MaxValue)]
    public required long Rows { get; init; }

    /// <summary>The profile of each column, in the order of the file.</summary>
    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>Size of the file as it was uploaded, in bytes.</summary>
    [Range(0, int.MaxValue)]
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the file as it was uploaded, in lower-case hexadecimal.</summary>
    [RegularExpression(Sha256Form)]
    public required string Sha256 { get; init; }

    /// <summary>How the file was read; null for a data set that was made by a split, or before the service recorded this.</summary>
    public DatasetOrigin? Origin { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the columns say about a target, if the request names one; otherwise left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TargetProfile? Target { get; init; }

    /// <summary>The message for a name that is not a column of this data set.</summary>
    internal string ExpectedColumn(string got) =>
        $"expected a column of data set '{Name}', got '{got}'{NearestName.Hint(got, Columns.Select(column => column.Name))}";

    /// <summary>The same data set with other column profiles and what they say about a target.</summary>
    internal Dataset With(IReadOnlyList<ColumnProfile> columns, TargetProfile? target = null) => new()
    {
        Id = Id,
        Name = Name,
        Version = Version,
        Rows = Rows,
        Columns = columns,
        Bytes = Bytes,
        Sha256 = Sha256,
        Origin = Origin,
        CreatedAt = CreatedAt,
        Target = target,
    };
}

/// <summary>A name of data sets, with the highest version number it has had, so that the number of a deleted version is not reused.</summary>
public sealed class DatasetName
{
    public required string Name { get; init; }

    public required int LastVersion { get; set; }
}
