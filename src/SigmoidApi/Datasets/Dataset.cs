using SigmoidApi.Datasets.Profile;
using SigmoidApi.Http;

namespace SigmoidApi.Datasets;

/// <summary>A data set as it is kept: the row beside the Parquet file of the same id. It never changes; the same name uploaded again is its next version.</summary>
public sealed class Dataset
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>1 for the first of its name. Numbers are not given again.</summary>
    public required int Version { get; init; }

    public required long Rows { get; init; }

    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>Size of the file as it was uploaded, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the file as it was uploaded, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How the file was read; null for a data set that was split off another, or is from before this was kept.</summary>
    public DatasetOrigin? Origin { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What a problem says of a name that is no column of this data set.</summary>
    internal string ExpectedColumn(string got) => $"expected a column of data set '{Name}', got '{got}'{NearestName.Hint(got, Columns.Select(column => column.Name))}";

    /// <summary>The same with more said of its columns.</summary>
    internal Dataset With(IReadOnlyList<ColumnProfile> columns) => new()
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
    };
}

/// <summary>A data set's name, with the number that its newest version had.</summary>
public sealed class DatasetName
{
    public required string Name { get; init; }

    public required int LastVersion { get; set; }
}
