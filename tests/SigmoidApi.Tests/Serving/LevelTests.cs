using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Serving;

/// <summary>
/// A value is the same level in a record and in a file of any format: a text is the level with the same text, a number the level with the same value.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class LevelTests(LevelTests.Target target) : IClassFixture<LevelTests.Target>
{
    private readonly ApiClient _api = target.Api;

    public static TheoryData<string, string, string[]> Levels => new()
    {
        // A model, a level, and its other forms: JSON, a CSV cell after "csv:", or an SQL expression for Parquet after "sql:".
        { "texts", "5", ["5", "5.0", "5e0", "50E-1", "\"5.0\"", "\" 5\"", "csv:5.0", "csv: 5", "sql:5::tinyint", "sql:5::double", "sql:5.00::decimal(9, 2)",
            "sql:5::hugeint", "sql:'5'", "sql:'5.0'"] },
        { "texts", "7.50", ["7.5", "7.50", "75e-1", "sql:7.5::double", "sql:7.500::decimal(9, 3)", "sql:7.5::float"] },
        { "texts", "0.1", ["0.1", "sql:0.1::double", "sql:0.1::decimal(3, 2)"] },
        { "texts", "9007199254740993", ["9007199254740993", "csv:9007199254740993", "sql:9007199254740993::bigint", "sql:9007199254740993.0::decimal(20, 1)"] },
        { "texts", "-9007199254740993", ["-9007199254740993", "sql:-9007199254740993::bigint"] },
        { "texts", "123456789012345678901234567890", ["123456789012345678901234567890", "sql:123456789012345678901234567890::decimal(38, 0)"] },
        { "texts", "007", ["\"007\"", "csv:007", "sql:'007'"] },
        { "texts", "true", ["true", "\"TRUE\"", "csv:True", "sql:true"] },
        { "texts", "False", ["false", "\"FALSE\"", "csv:false", "sql:false"] },
        { "texts", "2024-01-31", ["\"2024-01-31\"", "sql:date '2024-01-31'"] },
        { "numbers", "5", ["5", "5.0", "\"5\"", "\"5.0\"", "\" +5\"", "\"5e0\"", "csv:5.0", "csv:5e0", "sql:5::integer", "sql:5::double", "sql:'5.0'",
            "sql:5::decimal(4, 2)"] },
        { "numbers", "7.5", ["7.5", "7.50", "\"7.50\"", "csv:7.50", "sql:7.5::double", "sql:7.5::float", "sql:'7.50'"] },
        { "numbers", "1000000", ["1e6", "1000000.0", "\"1,000,000\"", "sql:1000000::bigint"] },
        { "flags", "1", ["1", "1.0", "true", "\"true\"", "\"1\"", "\"1.0\"", "csv:1", "csv:1.0", "csv:TRUE", "sql:true", "sql:1::integer", "sql:1::double",
            "sql:'1.0'"] },
        { "flags", "0", ["0", "false", "\"False\"", "csv:0.0", "sql:false", "sql:0::double"] },
        { "truths", "true", ["true", "1", "1.0", "\"TRUE\"", "\"1\"", "csv:1", "csv:1.0", "sql:true", "sql:1::integer", "sql:1::double"] },
        { "truths", "false", ["false", "0", "csv:0", "sql:0::double"] },
        { "dates", "2024-01-31", ["\"2024-01-31\"", "\"2024-01-31T00:00:00Z\"", "\"2024-01-31T02:00:00+02:00\"", "csv:31.01.2024", "sql:date '2024-01-31'",
            "sql:timestamp '2024-01-31'", "sql:'2024-01-31'"] },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task AValueIsTheSameLevelInEveryForm(string model, string level, string[] forms)
    {
        var expected = await target.Probability(model, $"\"{level}\"");
        expected.Unknown.ShouldBeFalse();

        await target.AreAll(model, expected, forms);
    }

    [Theory]
    [InlineData("texts", new[] { "7", "\"7.5\"", "csv:7.5", "sql:'7.5'", "\"5e0\"", "\"+5\"", "csv:7", "sql:7::integer", "9007199254740992", "9007199254740994",
        "csv:9007199254740992", "sql:9007199254740992::bigint", "sql:9007199254740992::double" })]
    [InlineData("numbers", new[] { "6", "\"six\"", "csv:six", "csv:6", "sql:6::integer", "sql:'six'", "true", "csv:true", "sql:true" })]
    [InlineData("flags", new[] { "2", "\"2\"", "csv:2", "csv:2.0", "sql:2::integer" })]
    [InlineData("truths", new[] { "2", "\"maybe\"", "csv:2", "csv:maybe", "sql:2::integer" })]
    [InlineData("dates", new[] { "\"2024-02-01\"", "csv:2024-02-01", "sql:date '2024-02-01'", "\"soon\"", "csv:soon" })]
    public async Task AnyOtherValueIsAnUnknownLevelInEveryForm(string model, string[] forms)
    {
        var expected = await target.Probability(model, "\"no such level\"");
        expected.Unknown.ShouldBeTrue();

        await target.AreAll(model, expected, forms);
    }

    [Theory]
    [InlineData("texts", new[] { "\"\"", "\" \"", "\"NA\"", "csv:", "csv:NA", "csv: null", "sql:null::varchar", "sql:'NA'", "sql:null::integer" })]
    [InlineData("numbers", new[] { "\"NA\"", "\"?\"", "\"NaN\"", "csv:?", "csv:NA", "sql:null::integer", "sql:'?'", "sql:'nan'::double" })]
    [InlineData("truths", new[] { "\"-\"", "csv:-", "sql:null::boolean" })]
    [InlineData("dates", new[] { "\"unknown\"", "csv:", "csv:.", "sql:null::date" })]
    public async Task AMissingLevelIsMissingInEveryForm(string model, string[] forms)
    {
        var expected = await target.Probability(model, "null");
        expected.Unknown.ShouldBeFalse();

        await target.AreAll(model, expected, forms);
    }

    [Theory]
    [InlineData("5", "a number")]
    [InlineData("19754", "a number")]
    [InlineData("1706659200000", "a number")]
    public async Task ANumberIsNotALevelOfDates(string number, string got)
    {
        (await _api.Post("models/dates/predict", $$"""{ "rows": [{ "k": {{number}}, "x": 1 }] }""")).Error()
            .ShouldBe(("rows[0].k", $"expected a date as 2024-01-31 or 2024-01-31T12:00:00Z, got {got}"));
        (await _api.PostBytes("models/dates/predict", Encoding.UTF8.GetBytes($$"""{ "k": {{number}}, "x": 1 }"""), "application/x-ndjson")).Error()
            .ShouldBe(("line 1, column k", $"expected a date as 2024-01-31 or 2024-01-31T12:00:00Z; got '{number}'"));
        (await _api.PostBytes("models/dates/predict", SampleFiles.Parquet($"select {number}::bigint as k, 1 as x"), "application/x-parquet")).Error()
            .ShouldBe(("line 1, column k", $"expected a date as 2024-01-31 or 2024-01-31T12:00:00Z; got '{number}'"));
    }

    public sealed class Target : IAsyncLifetime
    {
        private readonly TestApplication _application = new();

        public ApiClient Api => _application.Api;

        public async ValueTask InitializeAsync()
        {
            await Train("texts", "types=k:category", "category",
                ["5", "7.50", "0.1", "9007199254740993", "-9007199254740993", "123456789012345678901234567890", "007", "true", "False", "2024-01-31", ""]);
            await Train("numbers", "types=k:number", "category", ["5", "7.5", "1000000", "12", ""]);
            // The texts that pandas writes for a column of 0 and 1 with a missing value.
            await Train("flags", "", "category", ["0.0", "1.0", ""]);
            await Train("truths", "types=k:boolean", "category", ["true", "false", ""]);
            await Train("dates", "types=k:datetime", "category", ["2024-01-31", "2024-03-01", "2024-04-01", ""]);
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();

        /// <summary>Checks that all forms give the expected probability, and that all or none are reported as unknown.</summary>
        public async Task AreAll(string model, (double Probability, bool Unknown) expected, params string[] forms)
        {
            var path = $"models/{model}/predict";
            string[] cells = [.. forms.Where(form => form.StartsWith("csv:", StringComparison.Ordinal)).Select(form => form[4..])];
            string[] expressions = [.. forms.Where(form => form.StartsWith("sql:", StringComparison.Ordinal)).Select(form => form[4..])];
            string[] json = [.. forms.Where(form => form is not ['c', 's', 'v', ':', ..] and not ['s', 'q', 'l', ':', ..])];
            string[] records = [.. json.Select(value => $$"""{ "k": {{value}}, "x": 1 }""")];
            if (cells.Length > 0)
                await IsFile("csv", "text/csv", Encoding.UTF8.GetBytes("k,x\n" + string.Concat(cells.Select(cell => $"{cell},1\n"))), cells);
            foreach (var expression in expressions)
                await IsFile("parquet", "application/x-parquet", SampleFiles.Parquet($"select {expression} as k, 1 as x"), [expression]);
            if (json.Length == 0)
                return;
            await IsAnswer(new { rows = records.Select(record => JsonElement.Parse(record)) });
            await IsAnswer(new { columns = new { k = json.Select(value => JsonElement.Parse(value)), x = json.Select(_ => 1) } });
            // A column of texts only is read differently from one with other values.
            foreach (var some in json.GroupBy(value => value[0] == '"'))
            {
                var lines = string.Concat(some.Select(value => $$"""{ "k": {{value}}, "x": 1 }""" + "\n"));
                await IsFile("ndjson", "application/x-ndjson", Encoding.UTF8.GetBytes(lines), [.. some]);
            }

            async Task IsAnswer(object request)
            {
                var answer = (await Api.Post(path, request)).Expect(HttpStatusCode.OK);
                json.Zip(answer.Numbers("probabilities")).Where(value => value.Second != expected.Probability).ShouldBeEmpty();
                answer.Json.TryGetProperty("unknownLevels", out _).ShouldBe(expected.Unknown, answer.Text);
            }

            async Task IsFile(string format, string mediaType, byte[] file, string[] values)
            {
                var answer = (await Api.PostBytes(path, file, mediaType)).Expect(HttpStatusCode.OK);
                var probabilities = await SampleFiles.Query(answer.Content, format, "select probability::varchar");
                values.Zip(probabilities.Select(Parse)).Where(value => value.Second != expected.Probability)
                    .ShouldBeEmpty($"{format}, not {expected.Probability}");
                answer.Headers.Contains("Unknown-Levels").ShouldBe(expected.Unknown, string.Join(' ', values));
            }
        }

        /// <summary>The probability for a value in a record, and whether the value is reported as unknown.</summary>
        public async Task<(double Probability, bool Unknown)> Probability(string model, string json)
        {
            var answer = (await Api.Post($"models/{model}/predict", $$"""{ "rows": [{ "k": {{json}}, "x": 1 }] }""")).Expect(HttpStatusCode.OK);
            return (answer.Numbers("probabilities")[0], answer.Json.TryGetProperty("unknownLevels", out _));
        }

        private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

        private async Task Train(string name, string query, string type, string[] cells)
        {
            var rows = Enumerable.Range(0, 12 * cells.Length)
                .Select(i => $"{cells[i % cells.Length]},{i % 7},{(i / cells.Length % (2 + i % cells.Length) == 0 ? "a" : "b")}");
            await Api.Upload($"name={name}&{query}", "k,x,y\n" + string.Join('\n', rows));
            var preparation = $$"""{ "columns": { "k": { "type": "{{type}}", "missingIndicator": true } } }""";
            await Api.Train($$"""{ "datasetId": "{{name}}", "target": "y", "modelName": "{{name}}", "preparation": {{preparation}} }""");
        }
    }
}
