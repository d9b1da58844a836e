using System.Text.Json.Serialization;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Sources;

/// <summary>An uploaded file on disk, how the upload says to read it, and the limits for reading it.</summary>
/// <param name="Path">The path of its bytes, decompressed and, if they are text, in UTF-8.</param>
/// <param name="Format">The format.</param>
/// <param name="Csv">What the upload says about the dialect.</param>
/// <param name="Types">What the upload says about the types of columns, by name.</param>
/// <param name="MinCells">The cells that a Parquet file of any size may have.</param>
/// <param name="MaxCellsPerByte">The additional cells for each byte of a Parquet file.</param>
/// <param name="MaxRecordBytes">The largest record of JSON.</param>
/// <param name="MaxNameLength">The longest name of a column, in characters.</param>
/// <param name="OtherType">The type of the other columns; null to detect it.</param>
/// <param name="ExpectedColumns">The names that a model needs: a first record with all of them is a header. Null for a data set.</param>
/// <param name="LikelyDecimalPoint">The decimal sign to use if the numbers do not show it: the sign in the training data of the model.</param>
public sealed record TableFile(
    string Path,
    DatasetFormat Format,
    CsvOverrides Csv,
    IReadOnlyDictionary<string, ColumnType> Types,
    int MaxColumns,
    int MaxRows,
    long MinCells,
    int MaxCellsPerByte,
    int MaxRecordBytes,
    int MaxNameLength,
    ColumnType? OtherType = null,
    IReadOnlyList<string>? ExpectedColumns = null,
    char? LikelyDecimalPoint = null)
{
    internal const int DefaultHeaderBytes = 1024 * 1024;
    internal const int DefaultLineBytes = 2 * 1024 * 1024;
    internal const int DefaultFooterBytes = 64 * 1024 * 1024;

    /// <summary>The most bytes of all column names together.</summary>
    public int MaxHeaderBytes { get; init; } = DefaultHeaderBytes;

    /// <summary>The longest line of separated values.</summary>
    public int MaxLineBytes { get; init; } = DefaultLineBytes;

    /// <summary>The largest footer of Parquet.</summary>
    public int MaxFooterBytes { get; init; } = DefaultFooterBytes;

    /// <summary>The progress of reading the file.</summary>
    [JsonIgnore]
    public WorkProgress Progress { get; } = new();

    /// <summary>Opens the file for reading.</summary>
    internal Stream Open() => new ProgressStream(Path, Progress);

    /// <summary>The type that the upload says for a column; null to detect it.</summary>
    public ColumnType? Wanted(string column) => Types.TryGetValue(column, out var wanted) ? wanted : OtherType;

    /// <summary>Creates the counter for a column's values.</summary>
    /// <param name="column">The column's name.</param>
    /// <param name="decimalPoint">The decimal sign of its numbers.</param>
    internal WrittenColumn NewColumn(string column, char decimalPoint) =>
        new(column, new(decimalPoint, Csv.Dates)) { CountsOtherNumbers = Wanted(column) is ColumnType.Boolean };
}
