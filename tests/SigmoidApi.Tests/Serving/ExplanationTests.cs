using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace SigmoidApi.Tests.Serving;

/// <summary>Explained predictions and counterfactuals over HTTP.</summary>
[Trait("Speed", "Slow")]
public sealed class ExplanationTests(ExplanationTests.Target target) : IClassFixture<ExplanationTests.Target>
{
    private const string Row = """{ "age": 40, "income": 12.5, "kind": "b", "member": true }""";

    private readonly ApiClient _api = target.Api;

    [Fact]
    public async Task ContributionsAndBaselineAddUpToTheLogOdds()
    {
        var plain = (await _api.Post("models/two/predict", $$"""{ "rows": [{{Row}}, { "age": null, "income": 3, "kind": "new", "member": false }] }"""))
            .Expect(HttpStatusCode.OK).Json;
        var explained = (await _api.Post(
            "models/two/predict", $$"""{ "rows": [{{Row}}, { "age": null, "income": 3, "kind": "new", "member": false }], "explain": true }"""))
            .Expect(HttpStatusCode.OK).Json;

        plain.TryGetProperty("explanations", out _).ShouldBeFalse();
        explained.GetProperty("probabilities").GetRawText().ShouldBe(plain.GetProperty("probabilities").GetRawText());
        var explanations = explained.GetProperty("explanations").EnumerateArray().ToArray();
        explanations.Length.ShouldBe(2);
        foreach (var (explanation, probability) in explanations.Zip(explained.GetProperty("probabilities").EnumerateArray()))
        {
            var contributions = Contributions(explanation);
            contributions.Select(one => one.Name).Order(StringComparer.Ordinal).ShouldBe(["age", "income", "kind", "member"]);
            contributions.Select(one => Math.Abs(one.Value)).ShouldBe(contributions.Select(one => Math.Abs(one.Value)).OrderDescending());
            var logOdds = explanation.GetProperty("logOdds").GetDouble();
            (explanation.GetProperty("baseline").GetDouble() + contributions.Sum(one => one.Value)).ShouldBe(logOdds, 1e-12);
            (1 / (1 + Math.Exp(-logOdds))).ShouldBe(probability.GetDouble(), 1e-12);
            explanation.TryGetProperty("other", out _).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task OtherIsTheSumOfTheRest()
    {
        var all = Contributions((await Explain("true")).GetProperty("explanations")[0]);
        var explanation = (await Explain("""{ "top": 1 }""")).GetProperty("explanations")[0];

        Contributions(explanation).ShouldBe([all[0]]);
        explanation.GetProperty("other").GetDouble().ShouldBe(all.Skip(1).Sum(one => one.Value), 1e-12);
        (await Explain("false")).TryGetProperty("explanations", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task TheMeanRowOfTheTrainingRowsIsTheBaseline()
    {
        var model = (await _api.Get("models/numbers")).Json;
        // x1 is 0 to 19, x2 its square.
        var mean = Enumerable.Range(0, 20).Average(i => (double)(i * i));
        var explanation = (await _api.Post("models/numbers/predict", new { features = new[] { new[] { 9.5, mean } }, explain = true }))
            .Expect(HttpStatusCode.OK).Json.GetProperty("explanations")[0];

        explanation.GetProperty("baseline").GetDouble().ShouldBe(explanation.GetProperty("logOdds").GetDouble(), 1e-9);
        foreach (var (name, value) in Contributions(explanation))
            value.ShouldBe(0, 1e-9, name);
        model.TryGetProperty("termMeans", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task FeaturesAreExplainedByTerm()
    {
        var terms = (await _api.Get("models/two")).Json.GetProperty("coefficients").EnumerateArray()
            .Select(one => one.GetProperty("term").GetString()!).ToArray();
        var explanation = (await _api.Post("models/two/predict", new { features = new[] { terms.Select(_ => 1.0).ToArray() }, explain = true }))
            .Expect(HttpStatusCode.OK).Json.GetProperty("explanations")[0];

        Contributions(explanation).Select(one => one.Name).Order(StringComparer.Ordinal).ShouldBe(terms.Order(StringComparer.Ordinal));
        (explanation.GetProperty("baseline").GetDouble() + Contributions(explanation).Sum(one => one.Value))
            .ShouldBe(explanation.GetProperty("logOdds").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task OfMoreClassesThePredictedOneIsExplained()
    {
        var json = (await _api.Post("models/three/predict", """{ "columns": { "x1": [1, 7] , "x2": [4, 30] }, "explain": { "top": 1 } }"""))
            .Expect(HttpStatusCode.OK).Json;

        var model = (await _api.Get("models/three")).Json;
        double[][] rows = [[1, 4], [7, 30]];
        foreach (var (i, explanation) in json.GetProperty("explanations").EnumerateArray().Index())
        {
            var label = json.GetProperty("labels")[i].GetInt32();
            explanation.GetProperty("class").GetInt32().ShouldBe(label);
            // The score of the predicted class, from the coefficients.
            var score = model.GetProperty("intercepts")[label].GetDouble()
                + model.GetProperty("coefficients").EnumerateArray().Zip(rows[i])
                    .Sum(term => term.First.GetProperty("estimates")[label].GetDouble() * term.Second);
            explanation.GetProperty("logOdds").GetDouble().ShouldBe(score, 1e-12);
            (explanation.GetProperty("baseline").GetDouble() + Contributions(explanation).ShouldHaveSingleItem().Value
                + explanation.GetProperty("other").GetDouble()).ShouldBe(score, 1e-12);
        }
    }

    [Theory]
    [InlineData("1", "explain", "expected true, false or an object such as { \"top\": 5 }, got a number")]
    [InlineData("""{ "top": 0 }""", "explain.top", "expected a whole number of at least 1")]
    [InlineData("""{ "most": 3 }""", "explain", "expected true, false or an object such as { \"top\": 5 }, got the field 'most'")]
    public async Task OtherFormsOfExplainAreRefused(string explain, string path, string message) =>
        (await _api.Post("models/two/predict", $$"""{ "rows": [{{Row}}], "explain": {{explain}} }""")).Error().ShouldBe((path, message));

    [Fact]
    public async Task ACounterfactualReachesItsTarget()
    {
        var before = await Probability(Row);
        var goal = before < 0.5 ? before + 0.05 : before - 0.05;
        var found = await Counterfactual(Row, goal, """{ "income": [-1000.5, 1000.5] }""");

        found.GetProperty("reached").GetBoolean().ShouldBeTrue();
        found.GetProperty("originalProbability").GetDouble().ShouldBe(before);
        found.GetProperty("probability").GetDouble().ShouldBe(goal, 1e-9);
        var change = found.GetProperty("changes").EnumerateArray().ShouldHaveSingleItem();
        change.GetProperty("from").GetDouble().ShouldBe(12.5);
        (await Probability(Row.Replace("12.5", change.GetProperty("to").GetRawText(), StringComparison.Ordinal)))
            .ShouldBe(found.GetProperty("probability").GetDouble());
    }

    [Fact]
    public async Task CategoriesBooleansAndWholeNumbersStaySuch()
    {
        var found = await Counterfactual(Row, 0.999999, """{ "age": [10, 90], "kind": true, "member": true }""");

        found.GetProperty("reached").GetBoolean().ShouldBeFalse();
        foreach (var change in found.GetProperty("changes").EnumerateArray())
        {
            var to = change.GetProperty("to");
            switch (change.GetProperty("column").GetString())
            {
                case "age":
                    to.GetInt32().ShouldBeOneOf(10, 90);
                    break;
                case "kind":
                    to.GetString().ShouldBeOneOf("a", "c");
                    break;
                default:
                    to.GetBoolean().ShouldBeFalse();
                    break;
            }
        }

        found.GetProperty("changes").GetArrayLength().ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData("0.5", """{ "salary": [1, 2] }""", "vary.salary", "expected a column of the model")]
    [InlineData("0.5", """{ "age": true }""", "vary.age", "expected [low, high]: the model does not keep the range of a number")]
    [InlineData("0.5", """{ "age": [2, 1] }""", "vary.age", "expected [low, high]: the least and the greatest value, both finite")]
    [InlineData("0.5", """{ "kind": ["z"] }""", "vary.kind[0]", "expected a level that the model knows")]
    [InlineData("0.5", """{ "kind": [] }""", "vary.kind", "expected at least one level, or true for every level that the model knows")]
    [InlineData("0.5", """{ "kind": 3 }""", "vary.kind", "expected [low, high] for a number, an array of levels for a category, or true, got a number")]
    [InlineData("0.5", "{}", "vary", "expected at least one column that may change")]
    [InlineData("1", """{ "kind": true }""", "targetProbability", "expected a number above 0 and below 1, got 1")]
    public async Task WrongCounterfactualsAreNamed(string goal, string vary, string path, string message) =>
        (await _api.Post("models/two/counterfactuals", $$"""{ "row": {{Row}}, "targetProbability": {{goal}}, "vary": {{vary}} }""")).Error()
            .ShouldBe((path, message));

    [Fact]
    public async Task AMissingNumberCannotChange() =>
        (await _api.Post("models/two/counterfactuals", $$"""
            { "row": {{Row.Replace("40", "null", StringComparison.Ordinal)}}, "targetProbability": 0.5, "vary": { "age": [1, 2] } }
            """)).Error().Path.ShouldBe("row.age");

    [Fact]
    public async Task MoreClassesHaveNoCounterfactual() =>
        (await _api.Post("models/three/counterfactuals", """{ "row": { "x1": 1, "x2": 2 }, "targetProbability": 0.5, "vary": { "x1": [0, 9] } }"""))
            .Problem(HttpStatusCode.Conflict).Detail.ShouldStartWith("Expected a model of two classes, but version 1 of model 'three' has 3;");

    [Fact]
    public async Task AVersionWithoutMeansIsNotExplained()
    {
        (await _api.Post("models/older/predict", """{ "features": [[1, 2]], "explain": true }""")).Problem(HttpStatusCode.Conflict).Detail
            .ShouldContain("version 1 of 'older' has not kept the means of its terms; train it again");
        (await _api.Post("models/older/predict", """{ "features": [[1, 2]] }""")).Expect(HttpStatusCode.OK);
        (await _api.Post("models/older/counterfactuals", """{ "row": { "x1": 1, "x2": 2 }, "targetProbability": 0.5, "vary": { "x1": [-99, 99] } }"""))
            .Expect(HttpStatusCode.OK);
    }

    private static (string Name, double Value)[] Contributions(JsonElement explanation) =>
        [.. explanation.GetProperty("contributions").EnumerateObject().Select(one => (one.Name, one.Value.GetDouble()))];

    private async Task<JsonElement> Explain(string explain) =>
        (await _api.Post("models/two/predict", $$"""{ "rows": [{{Row}}], "explain": {{explain}} }""")).Expect(HttpStatusCode.OK).Json;

    private async Task<double> Probability(string row) =>
        (await _api.Post("models/two/predict", $$"""{ "rows": [{{row}}] }""")).Numbers("probabilities")[0];

    private async Task<JsonElement> Counterfactual(string row, double goal, string vary) =>
        (await _api.Post("models/two/versions/1/counterfactuals", FormattableString.Invariant(
            $$"""{ "row": {{row}}, "targetProbability": {{goal:R}}, "vary": {{vary}} }"""))).Expect(HttpStatusCode.OK).Json;

    public sealed class Target : IAsyncLifetime
    {
        private readonly TestApplication _application = new();

        public ApiClient Api => _application.Api;

        public async ValueTask InitializeAsync()
        {
            var rows = Enumerable.Range(0, 200).Select(i => FormattableString.Invariant(
                $"{(i % 9 == 0 ? "" : $"{20 + i % 50}")},{i * 37 % 1000 / 40.0},{"abc"[i % 3]},{(i % 4 == 0 ? "true" : "false")},{(i * i % 7 > 2 ? 1 : 0)}"));
            await Api.Upload("name=people", string.Join('\n', rows.Prepend("age,income,kind,member,y")) + "\n");
            await Api.Train("""{ "datasetId": "people", "target": "y", "modelName": "two" }""");
            var features = string.Join(", ", Enumerable.Range(0, 20).Select(i => $"[{i}, {i * i}]"));
            string Inline(string name, int classes) => $$"""
                { "data": { "features": [{{features}}], "labels": [{{string.Join(", ", Enumerable.Range(0, 20).Select(i => i * 7 % classes))}}] },
                  "modelName": "{{name}}" }
                """;
            await Api.Train(Inline("numbers", 2));
            await Api.Train(Inline("three", 3));
            await Api.Train(Inline("older", 2));
            await using var db = await _application.Database();
            (await db.Database.ExecuteSqlRawAsync(
                "update ModelVersions set Trained = json_remove(Trained, '$.termMeans') where Name = 'older'")).ShouldBe(1);
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();
    }
}
