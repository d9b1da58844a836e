using System.Text.Json.Serialization;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Import;

/// <summary>How the uploaded file was read: what was found, or what the upload said.</summary>
/// <param name="Format">What the file was: as it says, or its bytes do.</param>
/// <param name="Compression"><c>gzip</c> or <c>zstd</c>; left out where there was none.</param>
/// <param name="Delimiter">The character between the values of a line; left out of formats that are no separated values.</param>
/// <param name="Quote">The character around values that hold a delimiter, empty for none; left out of formats that are no separated values.</param>
/// <param name="DecimalPoint">The decimal sign of its numbers; left out of formats other than separated values where no text is a number.</param>
/// <param name="Header">Whether the first line has the names of the columns; left out of formats that are no separated values.</param>
/// <param name="SkippedLines">Of separated values: lines above the header and below the last row that were skipped, counted from 1; left out if none.</param>
/// <param name="Warnings">What of the file the data set lacks; left out where it lacks nothing.</param>
public sealed record DatasetOrigin(
    DatasetFormat Format,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Compression = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Delimiter = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Quote = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DecimalPoint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Header = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? SkippedLines = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DatasetWarning>? Warnings = null)
{
    internal static DatasetOrigin Of(DatasetFormat format, DatasetSource source) => source.Dialect is not { } dialect
        ? new(format, DecimalPoint: source.DecimalPoint?.ToString(), Warnings: source.Warnings is { Count: > 0 } warnings ? warnings : null)
        : new(format, Delimiter: dialect.Delimiter.ToString(), Quote: dialect.Quote?.ToString() ?? "", DecimalPoint: dialect.DecimalPoint.ToString(),
            Header: dialect.Header, SkippedLines: source.SkippedLines is { Count: > 0 } skipped ? skipped : null);
}
