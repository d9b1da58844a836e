using System.Text.Json.Serialization;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Sources;

/// <summary>A received file, and what is known of it.</summary>
/// <param name="Path">Of its bytes, decompressed and in UTF-8.</param>
/// <param name="Format">How they are to be read.</param>
/// <param name="Csv">What the upload says about a dialect.</param>
/// <param name="Types">What the upload says about columns, by name.</param>
/// <param name="OtherType">What the other columns are taken for; null where that is to be found out.</param>
/// <param name="ExpectedColumns">Names that tell a header, if it has all of them; null where none are known.</param>
/// <param name="MinCells">How many a Parquet file of any size may have.</param>
/// <param name="MaxCellsPerByte">How many more it may have for each of its bytes.</param>
/// <param name="MaxRecordBytes">The largest record of JSON.</param>
/// <param name="MaxNameLength">The longest name of a column, in characters.</param>
/// <param name="LikelyDecimalPoint">The decimal sign of the file where its numbers do not show it: that of the data which a model was fitted to.</param>
public sealed record FileToRead(
    string Path, DatasetFormat Format, CsvOverrides Csv, IReadOnlyDictionary<string, ColumnType> Types, int MaxColumns, int MaxRows, long MinCells,
    int MaxCellsPerByte, int MaxRecordBytes, int MaxNameLength, ColumnType? OtherType = null, IReadOnlyList<string>? ExpectedColumns = null, char? LikelyDecimalPoint = null)
{
    internal const int DefaultHeaderBytes = 1024 * 1024;
    internal const int DefaultLineBytes = 2 * 1024 * 1024;
    internal const int DefaultFooterBytes = 64 * 1024 * 1024;

    /// <summary>All names of its columns together.</summary>
    public int MaxHeaderBytes { get; init; } = DefaultHeaderBytes;

    /// <summary>The longest line of separated values.</summary>
    public int MaxLineBytes { get; init; } = DefaultLineBytes;

    /// <summary>The largest footer of Parquet.</summary>
    public int MaxFooterBytes { get; init; } = DefaultFooterBytes;

    /// <summary>How far its reading has come.</summary>
    [JsonIgnore]
    public WorkProgress Progress { get; } = new();

    /// <summary>The file from its beginning.</summary>
    internal Stream Open() => new ReceivedFile(Path, Progress);

    /// <summary>What the column of a name is to be kept as; null where that is to be found out.</summary>
    public ColumnType? Wanted(string column) => Types.TryGetValue(column, out var wanted) ? wanted : OtherType;

    /// <summary>A column whose values are yet to be read.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="decimalPoint">The decimal sign of its numbers.</param>
    internal WrittenColumn NewColumn(string column, char decimalPoint) =>
        new(column, new(decimalPoint, Csv.Dates)) { CountsOtherNumbers = Wanted(column) is ColumnType.Boolean };
}
