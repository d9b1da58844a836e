using System.Text.Json.Serialization;
using SigmoidApi.Datasets.Formats;

namespace SigmoidApi.Datasets;

/// <summary>How the uploaded file was read: what was found, or what the upload said.</summary>
/// <param name="Compression"><c>gzip</c> or <c>zstd</c>; left out where there was none.</param>
/// <param name="Delimiter">Of separated values, as those below.</param>
/// <param name="DecimalPoint">Of other formats too, where their texts are numbers.</param>
public sealed record DatasetOrigin(
    DatasetFormat Format,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Compression = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Delimiter = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Quote = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DecimalPoint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Header = null)
{
    internal static DatasetOrigin Of(DatasetFormat format, CsvDialect? dialect, char? decimalPoint) => dialect is null
        ? new(format, DecimalPoint: decimalPoint?.ToString())
        : new(format, Delimiter: dialect.Delimiter.ToString(), Quote: dialect.Quote?.ToString() ?? "", DecimalPoint: dialect.DecimalPoint.ToString(), Header: dialect.Header);
}
