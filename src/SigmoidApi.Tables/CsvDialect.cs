namespace SigmoidApi.Tables;

/// <summary>How a file of separated values is written.</summary>
/// <param name="Delimiter">The character between cells; ASCII.</param>
/// <param name="Quote">The character around cells, doubled within them; null if cells are never quoted.</param>
/// <param name="DecimalPoint">The decimal sign of numbers: a point or a comma.</param>
/// <param name="Header">Whether the first record holds the names of the columns.</param>
/// <param name="Missing">The texts that mean a missing value.</param>
internal sealed record CsvDialect(char Delimiter, char? Quote, char DecimalPoint, bool Header, MissingWords Missing);

/// <summary>What an upload says about its dialect; what is null is detected.</summary>
public sealed record CsvOverrides(
    char? Delimiter = null,
    string? Quote = null,
    char? DecimalPoint = null,
    bool? Header = null,
    IReadOnlyList<string>? NullValues = null,
    DateOrder? Dates = null);
