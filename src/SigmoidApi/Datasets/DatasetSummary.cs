using System.ComponentModel.DataAnnotations;
using SigmoidApi.Http;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>A data set as a list shows it. The data set itself, at <c>/datasets/{id}</c>, has the profile of its columns.</summary>
/// <param name="Id">Names it in every path.</param>
/// <param name="Name">What it is called; several may have one name.</param>
/// <param name="Version">1 for the first of its name.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="ColumnCount">How many columns it has.</param>
/// <param name="Bytes">Size of the file as it was uploaded, in bytes.</param>
/// <param name="Sha256">SHA-256 of the file as it was uploaded, in lower-case hexadecimal.</param>
/// <param name="Format">Of the file; null for a data set that was split off another, or is from before this was kept.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record DatasetSummary(
    Guid Id,
    [property: RegularExpression(ResourceNames.Form)] string Name,
    [property: Range(1, int.MaxValue)] int Version,
    [property: Range(0, long.MaxValue)] long Rows,
    [property: Range(0, int.MaxValue)] int ColumnCount,
    [property: Range(0, long.MaxValue)] long Bytes,
    [property: RegularExpression(Dataset.Sha256Form)] string Sha256,
    DatasetFormat? Format,
    DateTimeOffset CreatedAt);

/// <summary>What a list shows of a data set, kept beside it: the profile of thousands of columns is megabytes, and SQLite reads through it to what comes behind it in the row.</summary>
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
