using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.Inspection;

/// <summary>Summary, influence, marginal effects, tests and comparison of models over HTTP.</summary>
[Trait("Speed", "Slow")]
public sealed partial class InspectionTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const double Tolerance = 1e-9;

    private readonly ApiClient _api = application.Api;

    /// <summary>What statsmodels 0.13.5 prints of the same fit, with its <c>const</c> called <c>intercept</c>.</summary>
    private const string Table = """
                                   Logit Regression Results
        ==============================================================================
        Dep. Variable:                  GRADE   No. Observations:                   32
        Model:                          Logit   Df Residuals:                       28
        Method:                           MLE   Df Model:                            3
        Date:                            DATE   Pseudo R-squ.:                  0.3740
        Time:                            TIME   Log-Likelihood:                -12.890
        converged:                       True   LL-Null:                       -20.592
        Covariance Type:            nonrobust   LLR p-value:                  0.001502
        ==============================================================================
                         coef    std err          z      P>|z|      [0.025      0.975]
        ------------------------------------------------------------------------------
        intercept    -13.0213      4.931     -2.641      0.008     -22.687      -3.356
        GPA            2.8261      1.263      2.238      0.025       0.351       5.301
        TUCE           0.0952      0.142      0.672      0.501      -0.182       0.373
        PSI            2.3787      1.065      2.234      0.025       0.292       4.465
        ==============================================================================

        """;

    [GeneratedRegex("(Date: |Time: ) +(.*?)(?=   (Pseudo|Log))")]
    private static partial Regex Times();

    [Fact]
    public async Task TextSummaryIsTheTableOfStatsmodels()
    {
        await Spector("table");
        foreach (var (query, accept) in new[] { ("?format=text", "*/*"), ("", "text/plain"), ("", "text/plain, application/json;q=0.5") })
        {
            var answer = (await _api.Get($"models/table/summary{query}", ("Accept", accept))).Expect(HttpStatusCode.OK);
            answer.ContentHeaders.ContentType!.MediaType.ShouldBe("text/plain");
            Times().Replace(answer.Text, found => $"{found.Groups[1]}{(found.Value[0] == 'D' ? "DATE" : "TIME").PadLeft(31)}").ShouldBe(Table);
        }
    }

    [Fact]
    public async Task SummaryHasTheFiguresOfTheReference()
    {
        await Spector("figures");
        var summary = (await _api.Get("models/figures/versions/1/summary")).Expect(HttpStatusCode.OK).Json;
        foreach (var (member, value) in new[]
        {
            ("coxSnellR2", 0.3820705379740319), ("nagelkerkeR2", 0.5277964599691146), ("tjurR2", 0.42859468594370226),
            ("pearsonChiSquared", 27.25711880439522), ("aic", 33.779268444262826), ("bic", 39.642212055461734),
        })
        {
            summary.GetProperty(member).GetDouble().ShouldBe(value, Tolerance * Math.Max(1, value), member);
        }

        var gpa = summary.GetProperty("parameters")[1];
        gpa.GetProperty("oddsRatio").GetDouble().ShouldBe(16.879714826987932, 1e-8);
        ReferenceData.Distance(gpa.Numbers("oddsRatioInterval"), [1.4201941279029133, 200.62382109772673]).ShouldBeLessThan(2e-7);
        var inflation = summary.GetProperty("varianceInflation")[0];
        inflation.GetProperty("column").GetString().ShouldBe("GPA");
        inflation.GetProperty("value").GetDouble().ShouldBe(1.1881550063359685, Tolerance);
    }

    [Fact]
    public async Task MarkdownHasATableOfParameters()
    {
        await _api.Upload("name=piped", "a|b,y\n1,0\n2,1\n3,0\n4,1\n");
        await _api.Train("""{ "datasetId": "piped", "target": "y", "modelName": "piped", "penalty": "none", "confidenceLevel": 0.9 }""");
        var answer = (await _api.Get("models/piped/summary", ("Accept", "text/markdown"))).Expect(HttpStatusCode.OK);
        answer.ContentHeaders.ContentType!.MediaType.ShouldBe("text/markdown");
        answer.Headers.Vary.ShouldContain("Accept");
        answer.Text.ShouldStartWith("# piped 1\n\n| term | estimate | std. error | z | p | [0.05 | 0.95] | odds ratio | [0.05 | 0.95] |\n| --- | ---: |");
        answer.Text.ShouldContain("\n| a\\|b | ");
        answer.Text.ShouldContain("\n| observations | 4 |\n");
    }

    [Fact]
    public async Task OtherFormatsAreRefused()
    {
        await Spector("formats");
        (await _api.Get("models/formats/summary?format=html")).Error().ShouldBe(("format", "expected json or text or markdown, got 'html'"));
        (await _api.Get("models/formats/summary", ("Accept", "image/png"))).Problem(HttpStatusCode.NotAcceptable).Detail
            .ShouldBe("Expected an Accept of application/json, text/plain or text/markdown, got image/png.");
    }

    [Fact]
    public async Task InfluenceTestsAndMarginsAreThoseOfTheReference()
    {
        await Spector("reference");

        var influence = (await _api.Get("models/reference/influence?top=2")).Expect(HttpStatusCode.OK).Json;
        influence.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("row").GetInt32()).ShouldBe([31, 23]);
        var first = influence.GetProperty("rows")[0];
        first.GetProperty("cooksDistance").GetDouble().ShouldBe(0.3434293536489806, Tolerance);
        first.GetProperty("leverage").GetDouble().ShouldBe(0.12989620510276084, Tolerance);
        first.GetProperty("studentized").GetDouble().ShouldBe(2.364565769666884, 3e-9);
        influence.GetProperty("sumCooksDistance").GetDouble().ShouldBe(1.3851959033648247, 2e-9);
        influence.GetProperty("parameters").GetInt32().ShouldBe(4);

        var tests = (await _api.Get("models/reference/tests")).Expect(HttpStatusCode.OK).Json.GetProperty("tests").EnumerateArray().ToArray();
        tests.Select(test => test.GetProperty("column").GetString()).ShouldBe(["GPA", "TUCE", "PSI"]);
        ReferenceData.Distance(
            tests.Select(test => test.GetProperty("likelihoodRatio").GetDouble()),
            [6.784213764073257, 0.4738788290004834, 6.203697621531795]).ShouldBeLessThan(7e-9);

        var margins = (await _api.Get("models/reference/margins")).Expect(HttpStatusCode.OK).Json;
        margins.GetProperty("method").GetString().ShouldBe("dydx");
        margins.GetProperty("at").GetString().ShouldBe("overall");
        var psi = margins.GetProperty("effects")[2];
        psi.GetProperty("isDiscrete").GetBoolean().ShouldBeTrue();
        psi.GetProperty("effect").GetDouble().ShouldBe(0.3575151636218341, Tolerance);
        psi.GetProperty("standardError").GetDouble().ShouldBe(0.14200339068867654, 1e-7);

        var elasticity = (await _api.Get("models/reference/margins?method=eyex&at=mean&asNumbers=true")).Json.GetProperty("effects");
        elasticity.GetArrayLength().ShouldBe(3);
        elasticity[0].GetProperty("effect").GetDouble().ShouldBe(6.582296977471618, 7e-9);
        (await _api.Get("models/reference/margins?method=eyex")).Json.GetProperty("effects").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task RowsAreNumberedAsInTheDataSet()
    {
        // Every third row has no target, and the last has weight 0 and would be far out.
        var csv = new StringBuilder("x,w,y\n");
        for (var i = 0; i < 30; i++)
            csv.Append(i % 3 == 0 ? $"{i},1,\n" : $"{(i * 7) % 11},1,{i % 2}\n");
        csv.Append("1000,0,0\n");
        await _api.Upload("name=lacking", csv.ToString());
        await _api.Train("""{ "datasetId": "lacking", "target": "y", "sampleWeight": "w", "features": ["x"], "penalty": "none", "modelName": "lacking" }""");

        var influence = (await _api.Get("models/lacking/influence?top=100")).Expect(HttpStatusCode.OK).Json;

        influence.GetProperty("observations").GetDouble().ShouldBe(20);
        var rows = influence.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("row").GetInt32()).Order().ToArray();
        rows.ShouldBe(Enumerable.Range(0, 30).Where(i => i % 3 != 0));
        var labels = influence.GetProperty("rows").EnumerateArray()
            .ToDictionary(row => row.GetProperty("row").GetInt32(), row => row.GetProperty("pearson").GetDouble() > 0);
        labels.ShouldAllBe(row => row.Value == (row.Key % 2 == 1));
    }

    [Fact]
    public async Task RowsThatAreGoneAreAConflict()
    {
        await _api.Train("""
            { "data": { "features": [[1], [2], [3], [4]], "labels": [0, 1, 0, 1] }, "penalty": "none", "modelName": "gone-inline" }
            """);
        var id = await Spector("gone");
        (await _api.Get("models/gone/summary")).Json.TryGetProperty("tjurR2", out _).ShouldBeTrue();
        (await _api.Delete($"datasets/{id}")).Expect(HttpStatusCode.NoContent);

        foreach (var path in new[] { "influence", "margins", "tests" })
        {
            (await _api.Get($"models/gone-inline/{path}")).Problem(HttpStatusCode.Conflict).Detail.ShouldContain("data in its request, which are not kept");
            (await _api.Get($"models/gone/versions/1/{path}")).Problem(HttpStatusCode.Conflict).Detail.ShouldContain("has been deleted");
        }

        var summary = (await _api.Get("models/gone/summary")).Expect(HttpStatusCode.OK).Json;
        summary.TryGetProperty("tjurR2", out _).ShouldBeFalse();
        summary.GetProperty("aic").GetDouble().ShouldBe(33.779268444262826, 1e-7);
    }

    [Fact]
    public async Task RequestIsKeptAsLongAsTheVersion()
    {
        await Spector("kept");
        await using var db = await application.Database();
        var id = await db.ModelVersions.Where(v => v.Name == "kept").Select(v => v.JobId).SingleAsync(TestContext.Current.CancellationToken);
        await db.TrainingJobs.Where(job => job.Id == id).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        (await _api.Get("models/kept/tests")).Expect(HttpStatusCode.OK);

        (await _api.Delete("models/kept")).Expect(HttpStatusCode.NoContent);
        (await db.ModelRequests.AnyAsync(r => r.JobId == id, TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public async Task VersionOfAnOlderServiceIsReadByItsJob()
    {
        await Spector("older");
        await using var db = await application.Database();
        var id = await db.ModelVersions.Where(v => v.Name == "older").Select(v => v.JobId).SingleAsync(TestContext.Current.CancellationToken);
        await db.ModelRequests.Where(r => r.JobId == id).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        (await _api.Get("models/older/influence")).Expect(HttpStatusCode.OK);

        await db.TrainingJobs.Where(job => job.Id == id).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        (await _api.Get("models/older/influence")).Problem(HttpStatusCode.Conflict).Detail.ShouldContain("its job has been deleted");
        (await _api.Get("models/older/summary")).Expect(HttpStatusCode.OK).Json.TryGetProperty("penalty", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task PenalizedFitHasEffectsWithoutErrorsAndOddsRatios()
    {
        await Spector("ridge", "l2");
        foreach (var path in new[] { "influence", "tests" })
            (await _api.Get($"models/ridge/{path}")).Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("trained with 'l2'");
        var effect = (await _api.Get("models/ridge/margins")).Expect(HttpStatusCode.OK).Json.GetProperty("effects")[0];
        double.IsFinite(effect.GetProperty("effect").GetDouble()).ShouldBeTrue();
        effect.GetProperty("standardError").ValueKind.ShouldBe(JsonValueKind.Null);
        var parameter = (await _api.Get("models/ridge/summary")).Json.GetProperty("parameters")[1];
        parameter.EnumerateObject().Select(member => member.Name).ShouldBe(["term", "estimate", "oddsRatio"]);
        parameter.GetProperty("oddsRatio").GetDouble().ShouldBe(Math.Exp(parameter.GetProperty("estimate").GetDouble()), 1e-12);
        (await _api.Get("models/ridge/summary?format=text")).Text.ShouldContain("coef  exp(coef)\n");
    }

    [Fact]
    public async Task FirthsFitHasLeveragesButNoLikelihoodRatioTests()
    {
        await Spector("firth", "firth");
        (await _api.Get("models/firth/influence")).Expect(HttpStatusCode.OK).Json.GetProperty("parameters").GetInt32().ShouldBe(4);
        (await _api.Get("models/firth/margins")).Json.GetProperty("effects")[0].GetProperty("standardError").ValueKind.ShouldBe(JsonValueKind.Number);
        (await _api.Get("models/firth/tests")).Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("trained with 'firth'");
        (await _api.Get("models/firth/summary")).Json.TryGetProperty("coxSnellR2", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task SeparatedClassesAreRefused()
    {
        await _api.Upload("name=separate", "x,y\n1,0\n2,0\n3,1\n4,1\n");
        await _api.Train("""{ "datasetId": "separate", "target": "y", "penalty": "none" }""");
        foreach (var path in new[] { "influence", "tests" })
            (await _api.Get($"models/separate/{path}")).Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("are separated by its columns");
    }

    [Fact]
    public async Task MoreClassesHaveASummaryOnly()
    {
        await _api.Upload("name=three", "x,y\n1,a\n2,b\n3,c\n4,a\n5,b\n6,c\n7,a\n8,c\n2,a\n9,b\n");
        await _api.Train("""{ "datasetId": "three", "target": "y", "penalty": "none" }""");
        foreach (var path in new[] { "influence", "margins", "tests" })
            (await _api.Get($"models/three/{path}")).Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("has 3");
        var parameters = (await _api.Get("models/three/summary")).Json.GetProperty("parameters").EnumerateArray().ToArray();
        parameters.Select(parameter => $"{parameter.GetProperty("class").GetString()} {parameter.GetProperty("term").GetString()}")
            .ShouldBe(["b intercept", "b x", "c intercept", "c x"]);
        var text = (await _api.Get("models/three/summary?format=text")).Text;
        text.ShouldContain("MNLogit Regression Results");
        text.ShouldContain("\ny=b ");
        text.ShouldContain("\ny=c ");
    }

    [Fact]
    public async Task ComparisonListsTheTermsOfBoth()
    {
        await Spector("compared");
        await _api.Train("""{ "datasetId": "compared", "target": "GRADE", "features": ["PSI", "GPA"], "modelName": "compared" }""");
        var comparison = (await _api.Get("models/compared/versions/1/compare?with=2")).Expect(HttpStatusCode.OK).Json;
        var coefficients = comparison.GetProperty("coefficients").EnumerateArray().ToArray();
        coefficients.Select(one => one.GetProperty("term").GetString()).ShouldBe(["GPA", "TUCE", "PSI"]);
        coefficients[1].GetProperty("estimate").GetProperty("with").ValueKind.ShouldBe(JsonValueKind.Null);
        coefficients[1].GetProperty("difference").ValueKind.ShouldBe(JsonValueKind.Null);
        var estimate = coefficients[0].GetProperty("estimate");
        coefficients[0].GetProperty("difference").GetDouble()
            .ShouldBe(estimate.GetProperty("model").GetDouble() - estimate.GetProperty("with").GetDouble());
        comparison.GetProperty("preparation").EnumerateArray().Select(column => column.GetProperty("isSame").GetBoolean()).ShouldBe([true, false, true]);
        (await _api.Get("models/compared/compare?with=compared:1")).Expect(HttpStatusCode.OK).Json
            .GetProperty("model").GetProperty("version").GetInt32().ShouldBe(2);

        await Spector("uncompared");
        await _api.Train("""{ "datasetId": "uncompared", "target": "PSI", "features": ["GPA"], "positiveClass": "0", "modelName": "reversed" }""");
        (await _api.Get("models/compared/compare")).Error().ShouldBe(("with", "expected the number of a version, or name:version, got nothing"));
        (await _api.Get("models/compared/compare?with=x")).Error().Message.ShouldEndWith("got 'x'");
        (await _api.Get("models/compared/compare?with=9")).Problem(HttpStatusCode.NotFound).Detail.ShouldStartWith("There is no version 9 of model 'compared'");
        (await _api.Get("models/compared/compare?with=reversed:1")).Error(HttpStatusCode.UnprocessableEntity).Path.ShouldBe("with");
    }

    [Theory]
    [InlineData("influence?top=0", "top", "expected a whole number from 1 to 1000, got '0'")]
    [InlineData("influence?top=x", "top", "expected a whole number from 1 to 1000, got 'x'")]
    [InlineData("margins?method=dxdy", "method", "expected dydx or eydx or dyex or eyex, got 'dxdy'")]
    [InlineData("margins?at=median", "at", "expected overall or mean, got 'median'")]
    [InlineData("margins?asNumbers=1", "asNumbers", "expected true or false, got '1'")]
    public async Task WrongParameterIsNamed(string path, string parameter, string message)
    {
        var (field, found) = (await _api.Get($"models/any/{path}")).Error();
        field.ShouldBe(parameter);
        found.ShouldStartWith(message);
    }

    [Fact]
    public async Task RowsBeyondTheLimitsAreRefused()
    {
        await using var small = new TestApplication { Settings = { ["Training:MaxInspectedRows"] = "31", ["Training:InspectionWaitSeconds"] = "0" } };
        var csv = await File.ReadAllBytesAsync(ReferenceData.PathOf("spector.csv"), TestContext.Current.CancellationToken);
        await small.Api.Upload("name=long", csv);
        await small.Api.Upload("name=short", "x,y\n1,0\n2,1\n3,0\n4,1\n");
        await small.Api.Train("""{ "datasetId": "long", "target": "GRADE", "penalty": "none" }""");
        await small.Api.Train("""{ "datasetId": "short", "target": "y", "penalty": "none" }""");

        (await small.Api.Get("models/long/tests")).Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("Training:MaxInspectedRows");
        var budget = small.Services.GetRequiredService<MemoryBudget>();
        using (budget.Reserve(budget.Limit))
            (await small.Api.Get("models/short/tests")).Problem(HttpStatusCode.ServiceUnavailable).Detail.ShouldContain("taken by running fits");
        (await small.Api.Get("models/short/tests")).Expect(HttpStatusCode.OK);
    }

    /// <summary>Uploads the data under a name, and trains a model of that name. Returns the data set's id.</summary>
    private async Task<string> Spector(string name, string penalty = "none")
    {
        var csv = await File.ReadAllBytesAsync(ReferenceData.PathOf("spector.csv"), TestContext.Current.CancellationToken);
        var dataset = await _api.Upload($"name={name}", csv);
        await _api.Train($$"""{ "datasetId": "{{name}}", "target": "GRADE", "penalty": "{{penalty}}", "modelName": "{{name}}" }""");
        return dataset.GetProperty("id").GetString()!;
    }
}
