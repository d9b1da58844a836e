using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using SigmoidApi.Http;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>What the query of an upload says about its file. Everything that is left out is detected.</summary>
internal sealed partial record DatasetUploadQuery
{
    // The generated code of handlers binds a query to properties, but not to a constructor with nullable texts.
    public DatasetUploadQuery()
    {
    }

    internal DatasetUploadQuery(
        string? format,
        string? delimiter,
        string? quote,
        string? decimalPoint,
        string? header,
        string[]? nullValue,
        string[]? types,
        string? dates = null)
    {
        (Format, Delimiter, Quote, Decimal) = (format, delimiter, quote, decimalPoint);
        (Header, NullValue, Types, Dates) = (header, nullValue, types, dates);
    }

    [FromQuery(Name = "format")]
    public string? Format { get; init; }

    [FromQuery(Name = "delimiter")]
    public string? Delimiter { get; init; }

    [FromQuery(Name = "quote")]
    public string? Quote { get; init; }

    [FromQuery(Name = "decimal")]
    public string? Decimal { get; init; }

    [FromQuery(Name = "header")]
    public string? Header { get; init; }

    [FromQuery(Name = "nullValue")]
    public string[]? NullValue { get; init; }

    [FromQuery(Name = "types")]
    public string[]? Types { get; init; }

    [FromQuery(Name = "dates")]
    public string? Dates { get; init; }

    /// <summary>
    /// The same query, with the missing parameters taken from the form. Where both have one, they are equal: <see cref="UploadForm.ReadToEndAsync"/> checks it.
    /// </summary>
    public DatasetUploadQuery With(UploadForm form) => new(
        Format ?? form["format"],
        Delimiter ?? form["delimiter"],
        Quote ?? form["quote"],
        Decimal ?? form["decimal"],
        Header ?? form["header"],
        NullValue is { Length: > 0 } ? NullValue : form.All("nullValue"),
        Types is { Length: > 0 } ? Types : form.All("types"),
        Dates ?? form["dates"]);

    /// <summary>Parses the parameters; an invalid one is a failure that names it.</summary>
    public InputFailure? TryRead(out DatasetFormat? format, out CsvOverrides csv, out IReadOnlyDictionary<string, ColumnType> types)
    {
        (csv, types) = (new(), new Dictionary<string, ColumnType>(StringComparer.Ordinal));
        format = DatasetFormats.OfName(Format);
        if (Format is not null && format is null)
            return InputFailure.BadRequest("format", $"expected {DatasetFormats.Names}, got '{Format}'{NearestName.Hint(Format, DatasetFormats.Known)}");
        if (Delimiter is not null && CharacterOf(Delimiter) is null)
        {
            return InputFailure.BadRequest(
                "delimiter", $"expected one ASCII character other than a line end, a digit or a letter, or 'tab', got '{Delimiter}'");
        }

        if (Quote is { Length: > 0 } && CharacterOf(Quote) is null)
            return InputFailure.BadRequest("quote", $"expected one ASCII character, or nothing for no quotes, got '{Quote}'");
        if (Decimal is not (null or "." or ","))
            return InputFailure.BadRequest("decimal", $"expected '.' or ',', got '{Decimal}'");
        if (Header is not null && !bool.TryParse(Header, out _))
            return InputFailure.BadRequest("header", $"expected 'true' or 'false', got '{Header}'");
        DateOrder? dates = Dates?.ToUpperInvariant() switch { "DMY" => DateOrder.Dmy, "MDY" => DateOrder.Mdy, "YMD" => DateOrder.Ymd, _ => null };
        if (Dates is not null && dates is null)
            return InputFailure.BadRequest("dates", $"expected 'dmy', 'mdy' or 'ymd', got '{Dates}'");
        var delimiter = Delimiter is not null ? CharacterOf(Delimiter) : Format?.ToUpperInvariant() is "TSV" or "TAB" ? '\t' : (char?)null;
        if (delimiter is { } d && (d.ToString() == Quote || d.ToString() == Decimal))
            return InputFailure.BadRequest("delimiter", "expected a character other than the quote and the decimal point");
        csv = new(delimiter, Quote is null ? null : CharacterOf(Quote)?.ToString() ?? "", Decimal?[0], Header is null ? null : bool.Parse(Header),
            NullValue is { Length: > 0 } ? [.. NullValue.Where(value => value.Length > 0)] : null, dates);

        var read = new Dictionary<string, ColumnType>(StringComparer.Ordinal);
        foreach (var list in Types ?? [])
        {
            var position = 0;
            while (position < list.Length)
            {
                var match = TypeOfColumn().Match(list, position);
                if (!match.Success)
                {
                    return InputFailure.BadRequest(
                        "types",
                        $"expected column:type, with the type number, boolean, category, datetime or text, separated by commas, got '{list[position..]}'");
                }

                read[match.Groups["name"].Value] = Enum.Parse<ColumnType>(match.Groups["type"].Value, ignoreCase: true);
                position += match.Length;
            }
        }

        types = read;
        return null;
    }

    private static char? CharacterOf(string text) => text switch
    {
        "tab" or "\\t" => '\t',
        [var one] when char.IsAscii(one) && !char.IsAsciiLetterOrDigit(one) && one is not ('\r' or '\n' or '\0' or '.' or '+' or '-') => one,
        _ => null,
    };

    // The name of a column may contain colons and commas.
    [GeneratedRegex(
        @"\G(?<name>.+?):(?<type>number|boolean|category|datetime|text)(,|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex TypeOfColumn();
}
