using System.ComponentModel.DataAnnotations;
using SigmoidApi.Http;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>A data set in a list. The data set itself, at <c>/datasets/{id}</c>, has the profile of its columns.</summary>
/// <param name="Id">The id, which each path takes.</param>
/// <param name="Name">The name; all its versions share it.</param>
/// <param name="Version">1 for the first data set of its name.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="ColumnCount">How many columns it has.</param>
/// <param name="Bytes">Size of the file as it was uploaded, in bytes.</param>
/// <param name="Sha256">SHA-256 of the file as it was uploaded, in lower-case hexadecimal.</param>
/// <param name="Format">The format of the file; null for a data set that was made by a split, or before the service recorded this.</param>
/// <param name="CreatedAt">When it was created.</param>
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
