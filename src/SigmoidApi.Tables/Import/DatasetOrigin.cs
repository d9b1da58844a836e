using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Import;

/// <summary>How the uploaded file was read, as detected or as the upload said.</summary>
/// <param name="Format">The file's format, as the upload said or as detected.</param>
/// <param name="Compression"><c>gzip</c> or <c>zstd</c>; left out if the file was not compressed.</param>
/// <param name="Delimiter">The character between values; left out for other formats than separated values.</param>
/// <param name="Quote">The character around values that hold a delimiter, empty for none; left out for other formats than separated values.</param>
/// <param name="DecimalPoint">The decimal sign of numbers in texts; left out for other formats than separated values if no text is a number.</param>
/// <param name="Header">Whether the first line holds the names of the columns; left out for other formats than separated values.</param>
/// <param name="SkippedLines">Skipped lines of separated values above the header and below the last row, counted from 1; left out if there are none.</param>
/// <param name="Warnings">The parts of the file that are not in the data set; left out if there are none.</param>
[DefaultsLeftOut]
public sealed record DatasetOrigin(
    DatasetFormat Format,
    string? Compression = null,
    string? Delimiter = null,
    string? Quote = null,
    string? DecimalPoint = null,
    bool? Header = null,
    IReadOnlyList<long>? SkippedLines = null,
    IReadOnlyList<DatasetWarning>? Warnings = null)
{
    internal static DatasetOrigin Of(DatasetFormat format, DatasetSource source) => source.Dialect is not { } dialect
        ? new(format, DecimalPoint: source.DecimalPoint?.ToString(), Warnings: source.Warnings is { Count: > 0 } warnings ? warnings : null)
        : new(format, Delimiter: dialect.Delimiter.ToString(), Quote: dialect.Quote?.ToString() ?? "", DecimalPoint: dialect.DecimalPoint.ToString(),
            Header: dialect.Header, SkippedLines: source.SkippedLines is { Count: > 0 } skipped ? skipped : null);
}
