namespace SigmoidApi.Datasets;

/// <summary>A data set as it is kept: the row beside the Parquet file of the same id.</summary>
public sealed class Dataset
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required long Rows { get; init; }

    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>Size of the file as it was uploaded, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the file as it was uploaded, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
