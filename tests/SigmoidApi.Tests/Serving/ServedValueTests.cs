using System.Globalization;
using System.Net;
using System.Text;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Serving;

/// <summary>A model reads numbers, booleans and dates the same way in a record and in a file of any format, and refuses the same values.</summary>
[Trait("Speed", "Slow")]
public sealed class ServedValueTests(ServedValueTests.Target target) : IClassFixture<ServedValueTests.Target>
{
    private const string Slashes = "a date as 2024-01-31, 2024-01-31T12:00:00Z or, the month first, 01/31/2024";

    private readonly ApiClient _api = target.Api;

    /// <summary>Includes the case of mlflow's issue 5525, and a column that pandas wrote as float because a value is missing.</summary>
    [Theory]
    [InlineData("flag", "1", new[] { "1.0", "true", "\"1.0\"", "\" TRUE\"", "csv:1", "csv:1.0", "csv:true", "sql:1::tinyint", "sql:1::double", "sql:true",
        "sql:'1.0'" })]
    [InlineData("flag", "0", new[] { "0.0", "false", "\"0.0\"", "csv:0.0", "csv:False", "sql:0::double", "sql:false" })]
    [InlineData("flag", "2", new[] { "2.0", "\"2\"", "csv:2", "csv:2.0", "sql:2::bigint", "sql:'2'" })]
    [InlineData("flag", "0.5", new[] { "\"50e-2\"", "csv:0.5", "sql:0.5::decimal(3, 2)" })]
    [InlineData("flag", "null", new[] { "\"\"", "\"NA\"", "\"-\"", "csv:", "csv:NA", "csv:?", "sql:null::boolean", "sql:null::bigint", "sql:'nan'::double",
        "sql:'n.a.'" })]
    [InlineData("price", "1234", new[] { "1234.0", "\"1.234\"", "\"1234\"", "\"1.234,00 €\"", "csv:1.234", "csv:1234", "sql:1234::bigint", "sql:'1.234'" })]
    [InlineData("price", "12.5", new[] { "\"12,5\"", "\"12.5\"", "csv:\"12,5\"", "sql:12.5::double", "sql:'12,50'", "sql:12.5::decimal(5, 2)" })]
    [InlineData("price", "null", new[] { "\"none\"", "\"NaN\"", "csv:none", "sql:'unknown'", "sql:null::date" })]
    [InlineData("day", "\"2024-01-31\"", new[] { "\"01/31/2024\"", "\"1/31/2024\"", "\"2024-01-31T02:00:00+02:00\"", "csv:01/31/2024", "csv:2024-01-31",
        "sql:date '2024-01-31'", "sql:timestamp '2024-01-31'", "sql:'01/31/2024'" })]
    [InlineData("day", "\"2024-02-01\"", new[] { "\"02/01/2024\"", "csv:02/01/2024", "sql:'2/1/2024'" })]
    [InlineData("day", "null", new[] { "\" \"", "\"-\"", "\"NaN\"", "csv:-", "sql:null::integer", "sql:'nan'::double" })]
    public async Task AValueIsTheSameInEveryForm(string column, string json, string[] forms)
    {
        var expected = (await target.Predict(column, json)).Expect(HttpStatusCode.OK).Numbers("probabilities")[0];

        foreach (var form in forms)
            (await target.Probability(column, form)).ShouldBe(expected, form);
    }

    [Theory]
    [InlineData("flag", "true, false or a number",
        new[] { "\"yes\"|'yes'", "\"2024-01-31\"|'2024-01-31'", "[1]|'[1]'", "csv:yes|'yes'", "sql:date '2024-01-31'|a date", "sql:'yes'|'yes'" })]
    [InlineData("price", "a number", new[] { "\"two\"|'two'", "true|true", "\"true\"|'true'", "csv:true|'true'", "csv:two|'two'", "sql:false|false",
        "sql:'infinity'::double|'Infinity'", "sql:[1]|'[1]'", "\"1,2,3\"|'1,2,3'" })]
    [InlineData("day", Slashes, new[] { "5|a number", "1706659200000|a number", "true|true", "\"31/01/2024\"|'31/01/2024'", "\"soon\"|'soon'",
        "\"19754\"|'19754'", "csv:31/01/2024|'31/01/2024'", "csv:19754|'19754'", "csv:5|'5'", "sql:19754::integer|'19754'", "sql:1.5::double|'1.5'",
        "sql:true|true", "sql:'31/01/2024'|'31/01/2024'" })]
    public async Task InvalidValuesAreNamedWithColumnAndLineInEveryForm(string column, string expected, string[] forms)
    {
        foreach (var (form, got) in forms.Select(form => (form[..form.LastIndexOf('|')], form[(form.LastIndexOf('|') + 1)..])))
        {
            if (form is ['c', 's', 'v', ':', ..] or ['s', 'q', 'l', ':', ..])
            {
                (await target.Predict(column, form)).Error()
                    .ShouldBe(($"line {(form[0] == 'c' ? 2 : 1)}, column {column}", $"expected {expected}; got {got}"), form);
                continue;
            }

            (await target.Predict(column, form)).Error().ShouldBe(($"rows[0].{column}", $"expected {expected}, got {got}"), form);
            (await _api.Post($"models/{column}/predict", $$"""{ "columns": { "{{column}}": [{{form}}], "x": [1] } }""")).Error()
                .ShouldBe(($"columns.{column}[0]", $"expected {expected}, got {got}"), form);
            (await _api.PostBytes($"models/{column}/predict", Encoding.UTF8.GetBytes($$"""{ "x": 1, "{{column}}": {{form}} }"""), "application/x-ndjson"))
                .Error()
                .ShouldBe(($"line 1, column {column}", $"expected {expected}; got {(got == "a number" ? $"'{form}'" : got == "true" ? "'true'" : got)}"), form);
        }
    }

    [Theory]
    [InlineData("text/csv", "x,price\n1,5\n\n\"2\",\"4\"\n3,two\n4,7\n5,\"th\nree\"\n", "line 5, column price|line 7, column price")]
    [InlineData("text/csv", "note,price,x\r\n\"a \"\"b\"\"\r\nc\",1,1\r\n5\" pipe,two,1\r\n\"\",three,1\r\n", "line 4, column price|line 5, column price")]
    [InlineData("text/csv", "sep=;\nprice;x\n5;1\ntwo;2\n", "line 4, column price")]
    [InlineData("application/x-ndjson", "{\"price\": 5, \"x\": 1}\n\n{\"price\": \"two\", \"x\": 1}\n", "line 3, column price")]
    [InlineData("application/octet-stream", "[\n {\"price\": 5, \"x\": {\"a\": {}}}, {\"price\": 6, \"x\": 1},\n\n {\n\"price\": \"two\", \"x\": 1}]\n",
        "line 4, column price|line 2, column x")]
    public async Task TheLineOfEachCellIsNamed(string mediaType, string file, string places)
    {
        var errors = (await _api.PostBytes("models/price/predict", Encoding.UTF8.GetBytes(file), mediaType)).Problem(HttpStatusCode.BadRequest).Errors!;

        errors.Keys.ShouldBe(places.Split('|'), ignoreOrder: true);
        errors.Values.SelectMany(messages => messages).ShouldAllBe(message => message.StartsWith("expected a number; got '", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnlyTheFirstOfManyCellsAreNamed()
    {
        var file = Encoding.UTF8.GetBytes("price,x\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{(i < 4000 ? "1" : "two")},{i % 7}\n")));

        var problem = (await _api.PostBytes("models/price/predict", file, "text/csv")).Problem(HttpStatusCode.BadRequest);

        problem.Detail.ShouldStartWith(
            "The file has 1000 errors; the first 10 are named. Nothing of it was kept. line 4002, column price: expected a number; got 'two'");
        problem.Errors!.Count.ShouldBe(10);
    }

    [Fact]
    public async Task TheModelStoresTheDecimalSignAndTheDateOrder()
    {
        var (day, price, flag) = (await Model("day"), await Model("price"), await Model("flag"));

        day.GetProperty("preparation").EnumerateArray().Single(column => column.GetProperty("name").GetString() == "day").GetProperty("dateOrder").GetString()
            .ShouldBe("mdy");
        price.GetProperty("decimalPoint").GetString().ShouldBe(",");
        flag.GetProperty("decimalPoint").GetString().ShouldBe(".");
        flag.GetProperty("preparation").EnumerateArray().Any(column => column.TryGetProperty("dateOrder", out _)).ShouldBeFalse();

        async Task<System.Text.Json.JsonElement> Model(string name) => (await _api.Get($"models/{name}")).Expect(HttpStatusCode.OK).Json;
    }

    [Fact]
    public async Task TheCallerMaySetDateOrderDecimalSignAndMissingWords()
    {
        var expected = (await target.Predict("day", "\"2024-02-01\"")).Expect(HttpStatusCode.OK).Numbers("probabilities")[0];
        (await Predicted("day", "dates=dmy", "day,x\n01/02/2024,1\n")).ShouldBe(expected);
        expected = (await target.Predict("price", "1.234")).Expect(HttpStatusCode.OK).Numbers("probabilities")[0];
        (await Predicted("price", "decimal=.", "price,x\n1.234,1\n")).ShouldBe(expected);
        expected = (await target.Predict("price", "null")).Expect(HttpStatusCode.OK).Numbers("probabilities")[0];
        (await Predicted("price", "nullValue=-999", "price,x\n-999,1\n")).ShouldBe(expected);
        (await _api.PostBytes("models/price/predict?nullValue=-999", "price,x\nNA,1\n"u8.ToArray(), "text/csv")).Error()
            .ShouldBe(("line 2, column price", "expected a number; got 'NA'"));

        async Task<double> Predicted(string model, string query, string csv)
        {
            var answer = (await _api.PostBytes($"models/{model}/predict?{query}", Encoding.UTF8.GetBytes(csv), "text/csv")).Expect(HttpStatusCode.OK);
            return double.Parse((await SampleFiles.Query(answer.Content, "csv", "select replace(probability, ',', '.')")).Single(),
                CultureInfo.InvariantCulture);
        }
    }

    public sealed class Target : IAsyncLifetime
    {
        private readonly TestApplication _application = new();

        public ApiClient Api => _application.Api;

        public async ValueTask InitializeAsync()
        {
            await Train("flag", ',', i => new[] { "1.0", "0.0", "", "1.0" }[i % 4]);
            await Train("price", ';', i => i % 9 == 0 ? "" : $"{i * 7 % 50},{i % 10}5");
            await Train("day", ',', i => i % 11 == 0 ? "" : new DateTime(2024, 1, 1).AddDays(i * 7 % 300).ToString("MM/dd/yyyy", CultureInfo.InvariantCulture));
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();

        /// <summary>The answer for a value in a record, in a CSV cell (<c>csv:</c>), or in Parquet by an SQL expression (<c>sql:</c>).</summary>
        public Task<ApiResponse> Predict(string column, string form) => form switch
        {
            ['c', 's', 'v', ':', .. var cell] => Api.PostBytes($"models/{column}/predict", Encoding.UTF8.GetBytes($"{column},x\n{cell},1\n"), "text/csv"),
            ['s', 'q', 'l', ':', .. var sql] =>
                Api.PostBytes($"models/{column}/predict", SampleFiles.Parquet($"select {sql} as {column}, 1 as x"), "application/x-parquet"),
            _ => Api.Post($"models/{column}/predict", $$"""{ "rows": [{ "{{column}}": {{form}}, "x": 1 }] }"""),
        };

        public async Task<double> Probability(string column, string form)
        {
            var answer = (await Predict(column, form)).Expect(HttpStatusCode.OK);
            var format = form is ['c', 's', 'v', ':', ..] ? "csv" : form is ['s', 'q', 'l', ':', ..] ? "parquet" : "json";
            if (format == "json")
                return answer.Numbers("probabilities")[0];
            return double.Parse((await SampleFiles.Query(answer.Content, format, "select replace(probability::varchar, ',', '.')")).Single(),
                CultureInfo.InvariantCulture);
        }

        private async Task Train(string column, char delimiter, Func<int, string> cell)
        {
            var rows = Enumerable.Range(0, 80).Select(i => string.Join(delimiter, cell(i), i % 7, i * i % 11 < 5 ? "a" : "b"));
            await Api.Upload($"name={column}", $"{column}{delimiter}x{delimiter}y\n" + string.Join('\n', rows));
            await Api.Train(
                $$"""{ "datasetId": "{{column}}", "target": "y", "modelName": "{{column}}", "preparation": { "numbers": { "missingIndicator": true } } }""");
        }
    }
}
