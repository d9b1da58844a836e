using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>
/// What a list shows of a data set, in a table of its own. The profile of thousands of columns takes megabytes, and SQLite would read it only to reach the
/// values after it in the row.
/// </summary>
public sealed class ListedDataset
{
    public required Guid DatasetId { get; init; }

    public required int ColumnCount { get; init; }

    public required long Bytes { get; init; }

    public required string Sha256 { get; init; }

    public DatasetFormat? Format { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal static ListedDataset From(Dataset dataset) => new()
    {
        DatasetId = dataset.Id,
        ColumnCount = dataset.Columns.Count,
        Bytes = dataset.Bytes,
        Sha256 = dataset.Sha256,
        Format = dataset.Origin?.Format,
        CreatedAt = dataset.CreatedAt,
    };
}
