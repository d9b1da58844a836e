using System.Net;
using System.Text.Json;

namespace SigmoidApi.Tests.Datasets;

/// <summary>The profile of a data set with a target.</summary>
[Trait("Speed", "Slow")]
public sealed class TargetProfileTests : IAsyncDisposable
{
    private readonly TestApplication _application = new();

    [Theory]
    [InlineData("spambase", "spambase")]
    [InlineData("credit", "credit")]
    [InlineData("credit", "credit-job")]
    public async Task AreasAndSeparatingLevelsAreThoseOfScikitLearnAndPandas(string file, string reference)
    {
        var expected = ReferenceData.Json("target-profile.json").GetProperty(reference);
        var target = expected.GetProperty("target").GetString()!;
        await _application.Api.Upload("name=rows", await File.ReadAllTextAsync(ReferenceData.PathOf($"{file}.csv"), TestContext.Current.CancellationToken));
        var profile = await Profile("rows", target);
        profile.GetProperty("column").GetString().ShouldBe(target);
        var columns = profile.GetProperty("columns").EnumerateArray().ToArray();
        var wanted = expected.GetProperty("columns").EnumerateObject().ToArray();
        columns.Select(Name).ShouldBe(wanted.Select(column => column.Name), ignoreOrder: true);
        foreach (var (name, values) in wanted.Select(column => (column.Name, column.Value)))
        {
            var column = columns.Single(column => Name(column) == name);
            column.GetProperty("area").GetDouble().ShouldBe(values.GetProperty("area").GetDouble(), 1e-12, name);
            column.GetProperty("rows").GetInt64().ShouldBe(values.GetProperty("rows").GetInt64(), name);
            Text(column, "direction").ShouldBe(Text(values, "direction"), name);
            if (!values.TryGetProperty("separating", out var separating))
                continue;
            column.GetProperty("separatingLevelCount").GetInt32().ShouldBe(separating.EnumerateObject().Count());
            column.GetProperty("separatingLevels").EnumerateArray()
                .Select(level => (level.GetProperty("value").GetString() ?? "(missing)", level.GetProperty("rows").GetInt64()))
                .ShouldBe(separating.EnumerateObject().Select(level => (level.Name, level.Value.GetInt64())), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task TheClassesHaveTheirRowsInAscendingOrder()
    {
        await Upload("a,y\n1,2\n2,10\n3,10\n4,3\n5,\n");
        var profile = await Profile("rows", "y");
        profile.GetProperty("rows").GetInt64().ShouldBe(4);
        profile.GetProperty("classes").GetRawText().ShouldBe("""[{"value":"2","count":1},{"value":"3","count":1},{"value":"10","count":2}]""");
        await Upload("a,y\n1,true\n2,false\n3,false\n");
        (await Profile("rows", "y")).GetProperty("classes").GetRawText().ShouldBe("""[{"value":"false","count":2},{"value":"true","count":1}]""");
    }

    [Fact]
    public async Task ALevelOfOneClassAloneIsNamedWithItsRowsAndWarned()
    {
        var rows = Enumerable.Range(0, 60).Select(i => $"{(i < 7 ? "x" : i < 10 ? "" : i % 2 == 0 ? "y" : "z")},{(i < 10 || i % 3 == 0 ? "no" : "yes")}\n");
        await Upload("letter,answer\n" + string.Concat(rows));
        var dataset = await Dataset("rows", "answer");
        Column(dataset, "letter").GetProperty("separatingLevels").GetRawText()
            .ShouldBe("""[{"value":"x","rows":7,"class":"no"},{"value":null,"rows":3,"class":"no"}]""");
        Column(dataset, "letter").GetProperty("separatingLevelCount").GetInt32().ShouldBe(2);
        Warnings(dataset)["letter"].ShouldBe(["separating_level"]);
    }

    [Fact]
    public async Task MissingLevelsOfOneClassAreNamedWithoutAWarning()
    {
        await Upload("letter,answer\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{(i == 0 ? "" : i % 2 == 0 ? "y" : "z")},{i % 3}\n")));
        var dataset = await Dataset("rows", "answer");
        Column(dataset, "letter").GetProperty("separatingLevels").GetRawText().ShouldBe("""[{"value":null,"rows":1,"class":"0"}]""");
        Warnings(dataset)["letter"].ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0 1 2 3", "4 5 6 7", """[{"class":"b","threshold":3.5,"above":true,"complete":true}]""")]
    [InlineData("4 5 6 7", "0 1 2 4", """[{"class":"b","threshold":4,"above":false,"complete":false}]""")]
    [InlineData("0 0 0 0", "0 0 1 1", """[{"class":"b","threshold":0,"above":true,"complete":false}]""")]
    [InlineData("0 1 5 9", "2 3 4 5", "[]")]
    public async Task AThresholdThatSeparatesTheClassesIsNamed(string ofA, string ofB, string expected)
    {
        await Upload("x,y\n" + string.Concat(ofA.Split(' ').Select(x => $"{x},a\n")) + string.Concat(ofB.Split(' ').Select(x => $"{x},b\n")));
        var dataset = await Dataset("rows", "y");
        Column(dataset, "x").GetProperty("separatingThresholds").GetRawText().ShouldBe(expected);
        Warnings(dataset)["x"].Contains("separating_threshold").ShouldBe(expected != "[]");
    }

    [Fact]
    public async Task OfMoreClassesAThresholdSeparatesOneFromAllOthers()
    {
        await Upload("x,y\n1,a\n2,a\n5,b\n7,c\n6,c\n5,c\n");
        Column(await Dataset("rows", "y"), "x").GetProperty("separatingThresholds").GetRawText().ShouldBe(
            """[{"class":"a","threshold":3.5,"above":false,"complete":true},{"class":"c","threshold":5,"above":true,"complete":false}]""");
    }

    [Fact]
    public async Task NearDuplicatesAndACopyOfTheTargetAreWarned()
    {
        var rows = Enumerable.Range(0, 300).Select(i => (I: i, X: i * 7919 % 101, Y: i * 31 % 7 < 3));
        await Upload("x,twice,word,copy,y\n" + string.Concat(rows.Select(row =>
            $"{row.X},{2 * row.X + row.I % 2},{(row.I % 5 == 0 ? "on" : "off")},{(row.Y || row.I == 1 ? "p" : "n")},{(row.Y ? 1 : 0)}\n")));
        var dataset = await Dataset("rows", "y");
        var profile = dataset.GetProperty("target");
        profile.GetProperty("comparedColumns").GetInt32().ShouldBe(5);
        profile.GetProperty("nearDuplicates").EnumerateArray().Select(pair => (Text(pair, "first"), Text(pair, "second"), Text(pair, "measure")))
            .ShouldBe([("x", "twice", "pearson"), ("copy", "y", "cramers_v")]);
        var warnings = Warnings(dataset);
        warnings["x"].ShouldBe(["near_duplicate"]);
        warnings["twice"].ShouldBe(["near_duplicate"]);
        warnings["copy"].ShouldContain("leaks_target");
        warnings["copy"].ShouldNotContain("near_duplicate");
        warnings["word"].ShouldBeEmpty();
        warnings["y"].ShouldBeEmpty();
    }

    [Fact]
    public async Task OnlyTheFirstColumnsAndTheTargetAreComparedAndFromTheSettingsCorrelationOn()
    {
        await using var application = new TestApplication
        {
            Settings = { ["Datasets:MaxComparedColumns"] = "3", ["Datasets:NearDuplicateCorrelation"] = "0.5" },
        };
        var rows = Enumerable.Range(0, 100).Select(i => $"{i},{i + i * 7919 % 101},{i},{i % 2}\n");
        await application.Api.Upload("name=rows", "a,b,c,y\n" + string.Concat(rows));
        var profile = (await application.Api.Get("datasets/rows?target=y")).Expect(HttpStatusCode.OK).Json.GetProperty("target");
        profile.GetProperty("comparedColumns").GetInt32().ShouldBe(3);
        profile.GetProperty("nearDuplicates").EnumerateArray().Select(pair => (Text(pair, "first"), Text(pair, "second"))).ShouldBe([("a", "b")]);
    }

    [Fact]
    public async Task WithManyRowsOnlyEveryNthIsReadAndTheAnswerSaysSo()
    {
        await using var application = new TestApplication { Settings = { ["Datasets:ExactProfileRows"] = "1000" } };
        await application.Api.Upload("name=rows", "x,y\n" + string.Concat(Enumerable.Range(0, 2500).Select(i => $"{i},{i % 2}\n")));
        var profile = (await application.Api.Get("datasets/rows?target=y")).Expect(HttpStatusCode.OK).Json.GetProperty("target");
        profile.GetProperty("approximate").GetBoolean().ShouldBeTrue();
        profile.GetProperty("rows").GetInt64().ShouldBe(834);
        profile.GetProperty("columns")[0].GetProperty("area").GetDouble().ShouldBe(0.5, 0.01);
    }

    [Fact]
    public async Task DegenerateColumnsHaveADefinedAnswer()
    {
        // Where 'some' has a value there is one class.
        await Upload("constant,empty,some,word,name,y\n"
            + string.Concat(Enumerable.Range(0, 40).Select(i => $"3,,{(i % 2 == 0 ? $"{i}" : "")},same,person {i},{i % 2}\n")));
        var dataset = await Dataset("rows", "y");
        var columns = dataset.GetProperty("target").GetProperty("columns");
        columns.EnumerateArray().Select(Name).ShouldBe(["constant", "empty", "some", "word"]);
        Column(dataset, "constant").GetProperty("area").GetDouble().ShouldBe(0.5);
        Column(dataset, "empty").GetProperty("area").ValueKind.ShouldBe(JsonValueKind.Null);
        Column(dataset, "empty").GetProperty("rows").GetInt64().ShouldBe(0);
        Column(dataset, "some").GetProperty("area").ValueKind.ShouldBe(JsonValueKind.Null);
        Column(dataset, "some").GetProperty("rows").GetInt64().ShouldBe(20);
        Column(dataset, "some").GetProperty("separatingThresholds").GetArrayLength().ShouldBe(0);
        Column(dataset, "word").GetProperty("area").GetDouble().ShouldBe(0.5);
        Column(dataset, "word").GetProperty("separatingLevels").GetArrayLength().ShouldBe(0);
        dataset.GetProperty("target").GetProperty("nearDuplicates").GetArrayLength().ShouldBe(0);

        await Upload("x,word,y\n1,a,0\n2,b,1\n");
        dataset = await Dataset("rows", "y");
        Column(dataset, "x").GetProperty("area").GetDouble().ShouldBe(1);
        Column(dataset, "word").GetProperty("separatingLevelCount").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task ATargetAloneOrOfOneClassIsAnsweredToo()
    {
        await Upload("y\n0\n1\n1\n");
        var profile = await Profile("rows", "y");
        profile.GetProperty("columns").GetArrayLength().ShouldBe(0);
        profile.GetProperty("rows").GetInt64().ShouldBe(3);
        await Upload("x,y\n5,1\n");
        (await _application.Api.Get("datasets/rows?target=y")).Expect(HttpStatusCode.BadRequest);
        await Upload("x,y\n5,\n6,\n");
        (await _application.Api.Get("datasets/rows?target=y")).Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task WithoutATargetNothingIsAdded()
    {
        await Upload("x,y\n1,0\n2,1\n");
        (await _application.Api.Get("datasets/rows")).Expect(HttpStatusCode.OK).Json.TryGetProperty("target", out _).ShouldBeFalse();
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static string Name(JsonElement column) => column.GetProperty("column").GetString()!;

    private static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static JsonElement Column(JsonElement dataset, string name) =>
        dataset.GetProperty("target").GetProperty("columns").EnumerateArray().Single(column => Name(column) == name);

    private static Dictionary<string, string[]> Warnings(JsonElement dataset) => dataset.GetProperty("columns").EnumerateArray().ToDictionary(
        column => column.GetProperty("name").GetString()!,
        column => column.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToArray());

    private Task<JsonElement> Upload(string csv) => _application.Api.Upload("name=rows", csv);

    private async Task<JsonElement> Dataset(string name, string target) =>
        (await _application.Api.Get($"datasets/{name}?target={target}")).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonElement> Profile(string name, string target) => (await Dataset(name, target)).GetProperty("target");
}
