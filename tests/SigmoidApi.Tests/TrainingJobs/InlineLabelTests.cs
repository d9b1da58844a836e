using System.Globalization;
using System.Text.Json;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.TrainingJobs;

public sealed class SqliteInlineLabelTests(SqliteApplication store) : InlineLabelTests(store), IClassFixture<SqliteApplication>;

[Trait("Speed", "Slow")]
public sealed class PostgresInlineLabelTests(PostgresApplication store) : InlineLabelTests(store), IClassFixture<PostgresApplication>;

/// <summary>Labels of inline data: numbers, texts, or true and false. The same rows give the same fit, whatever their labels are called.</summary>
public abstract class InlineLabelTests(StoreApplication application)
{
    private const string Features = "[[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4], [0.7, 2], [0.3, 1]]";

    private readonly ApiClient _api = application.Api;

    public static TheoryData<string, string, string> Kinds => new()
    {
        { "[0, 1, 1, 0, 1, 0]", "[0,1]", "0" },
        { "[2, 7.5, 7.5, 2, 7.5, 2]", "[2,7.5]", "2" },
        { "[false, true, true, false, true, false]", "[false,true]", "false" },
        { """["ham", "spam", "spam", "ham", "spam", "ham"]""", """["ham","spam"]""", "\"ham\"" },
        { """["남", "여", "여", "남", "여", "남"]""", """["남","여"]""", "\"남\"" },
        { """["0", "1", "1", "0", "1", "0"]""", """["0","1"]""", "\"0\"" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task LabelsOfEachKindAreTheClassesOfTheModel(string labels, string classes, string first)
    {
        var name = await Train($"\"labels\": {labels}");
        var model = await Model(name);
        var numbered = await Model(await Train("\"labels\": [0, 1, 1, 0, 1, 0]"));

        model.GetProperty("classes").GetRawText().ShouldBe(classes);
        model.GetProperty("intercept").GetDouble().ShouldBe(numbered.GetProperty("intercept").GetDouble());
        var predicted = (await _api.Post($"models/{name}/predict", """{ "features": [[0.1, 3]] }""")).Json;
        predicted.GetProperty("labels").GetRawText().ShouldBe($"[{first}]");
    }

    [Fact]
    public async Task LabelsMayBeginWithTheSecondClass()
    {
        var model = await Model(await Train("""  "labels": ["spam", "ham", "ham", "spam", "ham", "spam"] """));
        var turned = await Model(await Train("\"labels\": [0, 1, 1, 0, 1, 0]"));

        model.GetProperty("classes").GetRawText().ShouldBe("""["ham","spam"]""");
        model.GetProperty("intercept").GetDouble().ShouldBe(-turned.GetProperty("intercept").GetDouble(), 1e-12);
    }

    [Theory]
    [InlineData("""["no", "yes", "yes", "no", "yes", "no"]""", """ "no" """, """ "no": 3 """)]
    [InlineData("[false, true, true, false, true, false]", "false", """ "false": 3 """)]
    [InlineData("[-1, 1, 1, -1, 1, -1]", "-1", """ "-1": 3 """)]
    public async Task PositiveClassAndClassWeightsAreNamedByLabel(string labels, string positive, string weight)
    {
        var given = await Model(await Train($"\"labels\": {labels}", $$""", "positiveClass": {{positive}}, "classWeight": { {{weight}} }"""));
        var numbered = await Model(await Train("\"labels\": [1, 0, 0, 1, 0, 1]", """, "classWeight": { "1": 3 }"""));

        given.GetProperty("intercept").GetDouble().ShouldBe(numbered.GetProperty("intercept").GetDouble());
        given.GetProperty("coefficients").GetRawText().ShouldBe(numbered.GetProperty("coefficients").GetRawText());
    }

    [Fact]
    public async Task TextThatIsTooLongIsRefused()
    {
        var labels = JsonSerializer.Serialize(new[] { new string('a', 201), "b" });

        (await _api.Post("training-jobs", $$"""{ "data": { "features": [[1], [2]], "labels": {{labels}} } }""")).Error()
            .ShouldBe(("data.labels", "expected texts of at most 200 characters, which every prediction repeats, got one of 201"));
    }

    private async Task<string> Train(string labels, string rest = "")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"labels-{Guid.NewGuid():n}");
        await _api.Train($$"""{ "data": { "features": {{Features}}, {{labels}} }, "modelName": "{{name}}"{{rest}} }""");
        return name;
    }

    private async Task<JsonElement> Model(string name) => (await _api.Get($"models/{name}")).Expect(System.Net.HttpStatusCode.OK).Json;
}
