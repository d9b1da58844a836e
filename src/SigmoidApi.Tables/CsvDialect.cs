namespace SigmoidApi.Tables;

/// <summary>How a file of separated values is written.</summary>
/// <param name="Delimiter">Between cells; ASCII.</param>
/// <param name="Quote">Around cells, doubled within them; null where no character quotes.</param>
/// <param name="DecimalPoint">The point of numbers, or a comma.</param>
/// <param name="Header">Whether the first record has the names of the columns.</param>
/// <param name="NullValues">What stands for a missing cell, besides nothing at all.</param>
public sealed record CsvDialect(char Delimiter, char? Quote, char DecimalPoint, bool Header, IReadOnlyList<string> NullValues)
{
    /// <summary>
    /// Stand for a missing number, date, true or false in many published files, where the upload does not say otherwise; in capitals or not. Among texts each
    /// is a level, such as that of people who did not answer.
    /// </summary>
    public static readonly IReadOnlyList<string> Marks =
    [
        "?", "*", "-", "--", "---", "–", "—", ".", "..", "...", "…", ":", "none", "na", "n.a.", "k.a.", "n/d", "s/d", "nan", "-nan(ind)", "nat", "nil", @"\N", "undefined",
        "<na>", "<null>", "[null]", "(null)", "(blank)", "missing", "not available", "unknown",
        "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
    ];

    /// <summary>pandas' list.</summary>
    public static readonly IReadOnlyList<string> DefaultNullValues =
        ["NA", "N/A", "n/a", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "<NA>", "#N/A", "#NA", "#N/A N/A", "-1.#IND", "1.#IND", "-1.#QNAN", "1.#QNAN"];

    internal MissingWords Missing => NullValues == DefaultNullValues ? MissingWords.Default : field ??= new(NullValues);
}

/// <summary>What an upload says about its dialect; null where it is to be found out.</summary>
public sealed record CsvOverrides(
    char? Delimiter = null, string? Quote = null, char? DecimalPoint = null, bool? Header = null, IReadOnlyList<string>? NullValues = null,
    DateOrder? Dates = null);
