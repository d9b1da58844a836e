using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Docs;

/// <summary>
/// The tables of <c>docs/values.md</c> show how the service reads the values in them: each value is uploaded in every format. With
/// <c>RENEW_VALUES=1</c> in the environment the documents get what was read.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class ValuesDocTests : IAsyncLifetime
{
    // With fewer rows the values of a file could not be distinguished from a header.
    private const int Rows = 4;

    private static readonly string[] Numbers =
    [
        "12", "-1", "+1", ".5", "1.", "1e3", "007", "9007199254740993", "1,234", "12,345,678", "1,234.50", "1'234.50", "1\u00a0234", "1 234",
        "(1,234.50)", "12-", "$1,234.50", "US$5", "EUR 12", "5 USD", "₩1,000", "12.5 %", "RM 5.50", "€ 12,-", "\u20135", "+821012345678", "01.11",
        "inf", "0x1F", "1_000",
    ];

    // In a separate file, whose decimal sign is a comma.
    private static readonly string[] CommaNumbers = ["12,5", "1.234,50", "1.234.567", "1.234", "12,50 €", "1 234,50", "12,5 %"];

    private static readonly string[] Dates =
    [
        "2024-01-31", "2024-1-31", "2024-01-31T12:30:00Z", "2024-01-31 12:30", "2024-01-31T12:30:00+02:00", "2024-01-31 12:30:00+0200",
        "2024-01-31 12:30:00 UTC", "2024/1/31", "2024.01.31", "2024. 1. 31.", "2024년 1월 31일", "2024年1月31日", "31.01.2024", "31-Jan-2024",
        "31-Jan-24",
        "31 Jan 2024", "Jan 31, 2024", "January 31, 2024", "01/31/2024", "31/01/2024", "01/02/2024", "01/31/2024 3:30 PM", "24-11-25", "24-11-2025",
        "31JAN2024", "January 31st, 2024", "31/Jan/2024:12:30:00 +0200", "Wed Jan 31 12:30:00 UTC 2024", "20240131T123000Z", "2024-01-31(수)",
        "01.31.2024", "2024-02-30", "12:30", "20240131", "2024",
    ];

    private static readonly string[] Booleans = ["true", "FALSE", "True", "1", "0", "1.0", "yes", "t"];

    private static readonly string[] MissingWords =
    [
        "", " ", "NA", "N/A", "NaN", "null", "NULL", "<NA>", "#N/A", "-", "--", "?", ".", "none", "na", "n.a.", "unknown", "nan", "NaT", "\\N", "..",
        ":", "–", "[null]", "#VALUE!", "-999",
    ];

    private static readonly string[] JsonValues = ["12", "1.50", "1e3", "9007199254740993", "true", "null", "NaN", "\"12\"", "[1]"];

    private readonly TestApplication _application = new();

    private ApiClient Api => _application.Api;

    [Fact]
    public async Task TheTablesAreWhatTheServiceReads()
    {
        var tables = new Dictionary<string, string[][]>(StringComparer.Ordinal)
        {
            ["numbers"] =
            [
                .. await Columns(Numbers, ColumnType.Number, WrittenConvention.Default), .. await Columns(CommaNumbers, ColumnType.Number, new(',')),
            ],
            ["dates"] = await Columns(Dates, ColumnType.DateTime, WrittenConvention.Default),
            ["booleans"] = await Columns(Booleans, ColumnType.Boolean, WrittenConvention.Default),
            ["missing"] = await Words(),
            ["json"] = await OfJson(),
        };

        foreach (var (file, words) in Languages)
        {
            var path = Path.Combine(Repository.Root, "docs", file);
            var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            var renewed = Marked.Replace(text, table =>
                $"{table.Groups["start"].Value}\n\n{Table(tables[table.Groups["name"].Value], words)}\n{table.Groups["end"].Value}");
            if (Environment.GetEnvironmentVariable("RENEW_VALUES") == "1")
                await File.WriteAllTextAsync(path, renewed, TestContext.Current.CancellationToken);
            else
                text.ShouldBe(renewed, $"docs/{file} differs from what the service reads; RENEW_VALUES=1 renews it");
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>A row for each text: the text, and how it is read in CSV, in JSON, in Parquet, and in a record for a column of the type.</summary>
    private async Task<string[][]> Columns(string[] texts, ColumnType type, WrittenConvention convention)
    {
        // A column for each text.
        var read = await ReadAll(texts, text => Enumerable.Repeat(text, Rows), row: 0);
        return
        [
            ["written", "csv", "jsonText", "parquetText", "record"],
            .. texts.Select((text, i) => (string[])[Code(text), .. read.Select(columns => columns[i]), Record(text, type, convention)]),
        ];
    }

    /// <summary>A row for each word: what it is among numbers, and among texts.</summary>
    private async Task<string[][]> Words()
    {
        var numbers = await ReadAll(MissingWords, word => ["1.5", "2.5", "7.5", "4.5", word], row: 4);
        var texts = await ReadAll(MissingWords, word => ["a", "b", "a", "b", word], row: 4);
        return
        [
            ["written", "csvNumbers", "csvTexts", "jsonNumbers", "jsonTexts", "record"],
            .. MissingWords.Select((word, i) => (string[])
            [
                Code(word), numbers[0][i], texts[0][i], numbers[1][i], texts[1][i], Record(word, ColumnType.Number, WrittenConvention.Default),
            ]),
        ];
    }

    private async Task<string[][]> OfJson()
    {
        var record = $"{{{string.Join(", ", JsonValues.Select((value, i) => $"\"c{i}\": {value}"))}}}";
        var lines = Enumerable.Repeat(record, Rows);
        var read = await Read("application/x-ndjson", Encoding.UTF8.GetBytes(string.Join('\n', lines)), JsonValues.Length, row: 0);
        return [["written", "jsonFile"], .. JsonValues.Select((value, i) => (string[])[Code(value), read[i]])];
    }

    /// <summary>How each format reads a row of columns that are made of the texts.</summary>
    private Task<string[][]> ReadAll(string[] texts, Func<string, IEnumerable<string>> column, int row) =>
        Task.WhenAll(Files(texts, column).Select(file => Read(file.MediaType, file.Bytes, texts.Length, row)));

    private static IEnumerable<(string MediaType, byte[] Bytes)> Files(string[] texts, Func<string, IEnumerable<string>> column)
    {
        string[][] columns = [.. texts.Select(text => column(text).ToArray())];
        string[] names = [.. texts.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"c{i}"))];
        var rows = Enumerable.Range(0, columns[0].Length).Select(row => columns.Select(cells => cells[row]).ToArray()).ToArray();
        yield return ("text/tab-separated-values", Lines(rows.Prepend(names).Select(cells => string.Join('\t', cells))));
        yield return ("application/x-ndjson",
            Lines(rows.Select(cells => JsonSerializer.Serialize(names.Zip(cells).ToDictionary(cell => cell.First, cell => cell.Second)))));
        var values = string.Join(", ", rows.Select(cells => $"({string.Join(", ", cells.Select(Quoted))})"));
        yield return ("application/vnd.apache.parquet", SampleFiles.Parquet($"select * from (values {values}) t({string.Join(", ", names)})"));

        static byte[] Lines(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        static string Quoted(string cell) => $"'{cell.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>The type of each column of a file, and its value in a row.</summary>
    private async Task<string[]> Read(string mediaType, byte[] file, int columns, int row)
    {
        var dataset = await Api.Upload($"name=d{Guid.NewGuid():n}", file, mediaType);
        var profiles = dataset.GetProperty("columns").EnumerateArray().ToDictionary(column => column.GetProperty("name").GetString()!);
        var values = (await Api.Get($"datasets/{dataset.GetProperty("id").GetString()}/rows")).Expect(HttpStatusCode.OK).Json.GetProperty("rows")[row];
        return [.. Enumerable.Range(0, columns).Select(i => Shown(profiles[$"c{i}"], values.GetProperty($"c{i}")))];
    }

    private static string Shown(JsonElement profile, JsonElement value)
    {
        var warnings = profile.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)
            .Where(warning => warning is "ambiguous_dates" or "ambiguous_decimal" or "mostly_dates");
        var order = profile.TryGetProperty("dateOrder", out var dates) ? [$"dateOrder {dates.GetString()}"] : Array.Empty<string>();
        string[] notes = [.. order, .. warnings];
        var shown = value.ValueKind switch
        {
            JsonValueKind.Null => "@missing",
            JsonValueKind.Number => $"@number {value.GetDouble().ToString("R", CultureInfo.InvariantCulture)}",
            JsonValueKind.True or JsonValueKind.False => $"@boolean {value.GetRawText()}",
            _ when profile.GetProperty("type").GetString() == "datetime" => $"@date {value.GetString()}",
            _ => "@text",
        };
        return notes.Length > 0 ? $"{shown} ({string.Join(", ", notes)})" : shown;
    }

    private static string Record(string text, ColumnType type, WrittenConvention convention) => WrittenValue.NumberOf(text, type, convention) switch
    {
        null => "@refused",
        double.NaN => "@missing",
        { } days when type == ColumnType.DateTime => $"@date {Date(days)}",
        { } number when type == ColumnType.Boolean && WrittenValue.TruthOf(Encoding.UTF8.GetBytes(text)) is not null =>
            $"@boolean {(number == 1 ? "true" : "false")}",
        { } number => $"@number {number.ToString("R", CultureInfo.InvariantCulture)}",
    };

    /// <summary>A number of days since 1970-01-01 as a date, with the time if it has one.</summary>
    private static string Date(double days) => DateTime.UnixEpoch.AddMicroseconds(Math.Round(days * WrittenDate.MicrosecondsPerDay))
        .ToString(days == Math.Floor(days) ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Code(string text) => text switch
    {
        "" => "@nothing",
        " " => "@blank",
        _ => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`",
    };

    private static string Table(string[][] rows, IReadOnlyDictionary<string, string> words)
    {
        var table = new StringBuilder();
        string[][] all = [[.. rows[0].Select(name => words[name])], [.. rows[0].Select(_ => "---")], .. rows.Skip(1).Where(row => row[0] != "written")];
        foreach (var row in all)
            table.Append("| ").AppendJoin(" | ", row.Select(cell => Word.Replace(cell, word => words[word.Groups["word"].Value]))).Append(" |\n");
        return table.ToString();
    }

    private static IEnumerable<(string File, IReadOnlyDictionary<string, string> Words)> Languages =>
    [
        ("values.md", new Dictionary<string, string>
        {
            ["written"] = "written", ["csv"] = "CSV", ["jsonText"] = "JSON string", ["parquetText"] = "Parquet string",
            ["record"] = "string in a record", ["jsonFile"] = "JSON", ["csvNumbers"] = "CSV, among numbers", ["csvTexts"] = "CSV, among texts",
            ["jsonNumbers"] = "JSON strings, among numbers", ["jsonTexts"] = "JSON strings, among texts", ["number"] = "number", ["date"] = "date",
            ["boolean"] = "boolean", ["text"] = "text", ["missing"] = "missing", ["refused"] = "refused", ["nothing"] = "nothing",
            ["blank"] = "a blank",
        }),
        ("values.ko.md", new Dictionary<string, string>
        {
            ["written"] = "적힌 값", ["csv"] = "CSV", ["jsonText"] = "JSON 문자열", ["parquetText"] = "Parquet 문자열",
            ["record"] = "레코드의 문자열",
            ["jsonFile"] = "JSON", ["csvNumbers"] = "CSV, 숫자 열", ["csvTexts"] = "CSV, 텍스트 열", ["jsonNumbers"] = "JSON 문자열, 숫자 열",
            ["jsonTexts"] = "JSON 문자열, 텍스트 열", ["number"] = "숫자", ["date"] = "날짜", ["boolean"] = "불리언", ["text"] = "텍스트",
            ["missing"] = "결측", ["refused"] = "거부", ["nothing"] = "빈 값", ["blank"] = "공백 한 칸",
        }),
    ];

    [GeneratedRegex(@"(?<start><!-- table: (?<name>\w+) -->).*?(?<end><!-- end -->)", RegexOptions.Singleline)]
    private static partial Regex Marked { get; }

    [GeneratedRegex(@"@(?<word>[a-z]+)")]
    private static partial Regex Word { get; }
}
