using System.Net;
using System.Text.Json;

namespace SigmoidApi.Tests.TrainingJobs;

/// <summary>How a request determines the terms of its columns.</summary>
[Trait("Speed", "Slow")]
public sealed class PreparationRequestTests(PreparationRequestTests.Target target) : IClassFixture<PreparationRequestTests.Target>
{
    private readonly ApiClient _api = target.Api;

    [Theory]
    [InlineData(""" "columns": { "kind": { "type": "text" } } """, "preparation.columns.kind.type",
        "expected one of category, number, got the string \"text\"")]
    [InlineData(""" "numbers": { "imputation": "constant", "fillNumber": "Infinity" } """, "preparation.numbers.fillNumber", "expected a finite number")]
    [InlineData(""" "numbers": { "fillNumber": 1 } """, "preparation.numbers.imputation", "expected 'constant' with a 'fillNumber' or 'fillLevel'")]
    [InlineData(""" "categories": { "imputation": "most_frequent", "fillLevel": "x" } """, "preparation.categories.imputation",
        "expected 'constant' with a 'fillNumber' or 'fillLevel'")]
    [InlineData(""" "categories": { "minFrequency": -1 } """, "preparation.categories.minFrequency", "expected a finite number of at least 0")]
    [InlineData(""" "categories": { "maxLevels": 0 } """, "preparation.categories.maxLevels", "expected a whole number of at least 1")]
    [InlineData(""" "numbers": { "type": "category" } """, "preparation.numbers.type", "expected nothing: a type is for a single column, in 'columns'")]
    [InlineData(""" "categories": { "reference": "a" } """, "preparation.categories.reference",
        "expected nothing: a reference level is for a single column, in 'columns'")]
    [InlineData(""" "categories": { "imputation": "mean" } """, "preparation.categories.imputation",
        "expected the imputation 'most_frequent' or 'constant' for categories")]
    [InlineData(""" "categories": { "imputation": "constant" } """, "preparation.categories.fillLevel",
        "expected a 'fillLevel' with the imputation 'constant' for categories")]
    [InlineData(""" "columns": { "kind": { "reference": "a", "drop": "first" } } """, "preparation.columns.kind.drop",
        "expected nothing with a 'reference', which is the dropped level")]
    [InlineData(""" "columns": { "none": { "drop": "first" } } """, "preparation.columns.none",
        "expected a column of data set 'data', got 'none'; did you mean 'note'?")]
    public async Task EachMemberHasItsRule(string preparation, string path, string message)
    {
        (await _api.Post("training-jobs", $$"""{ "datasetId": "data", "target": "y", "preparation": { {{preparation}} } }"""))
            .Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData(""" "columns": { "kind": { "imputation": "median" } } """, "preparation.columns.kind",
        "expected the imputation 'most_frequent' or 'constant' for 'kind', which is a category")]
    [InlineData(""" "columns": { "kind": { "imputation": "constant" } } """, "preparation.columns.kind",
        "expected a 'fillLevel' with the imputation 'constant' for 'kind', which is a category")]
    [InlineData(""" "columns": { "kind": { "type": "number" } } """, "preparation.columns.kind", "expected 'category', since 'kind' is text")]
    [InlineData(""" "columns": { "kind": { "reference": "z" } } """, "preparation.columns.kind", "expected a level of 'kind' as the reference, got 'z'")]
    [InlineData(""" "columns": { "x": { "reference": "1" } } """, "preparation.columns.x", "expected no reference level of 'x', which is not a category")]
    public async Task PreparationMustSuitTheColumn(string preparation, string path, string message)
    {
        (await _api.Post("training-jobs", $$"""{ "datasetId": "data", "target": "y", "preparation": { {{preparation}} } }"""))
            .Error(HttpStatusCode.UnprocessableEntity).ShouldBe((path, message));
    }

    /// <summary>The column has more levels than a profile lists, so only the fit can tell that the reference is not a level.</summary>
    [Fact]
    public async Task ReferenceThatNoRowHasFailsTheJob()
    {
        var request = JsonElement.Parse("""{ "datasetId": "data", "target": "y", "preparation": { "columns": { "note": { "reference": "no remark" } } } }""");

        var job = (await _api.Post("training-jobs", request, ("Prefer", "wait=60"))).Expect(HttpStatusCode.Created).Json;

        job.GetProperty("error").GetProperty("status").GetInt32().ShouldBe(422, job.ToString());
        job.GetProperty("error").GetProperty("detail").GetString()!.ShouldBe("The reference 'no remark' is not a level of 'note'.");
    }

    [Fact]
    public async Task DefaultIsOneTermForANumberAndOneForEachLevel()
    {
        (await Terms("", "l2")).ShouldBe(["x", "kind=a", "kind=b", "kind=c", "zip"]);
    }

    [Fact]
    public async Task WithoutAPenaltyTheFirstLevelHasNoTerm()
    {
        (await Terms("", "none")).ShouldBe(["x", "kind=b", "kind=c", "zip"]);
        (await Terms(""" "categories": { "drop": "none" } """, "l2")).ShouldBe(["x", "kind=a", "kind=b", "kind=c", "zip"]);
    }

    [Theory]
    [InlineData(""" "categories": { "drop": "first" } """, new[] { "x", "kind=b", "kind=c", "zip" })]
    [InlineData(""" "columns": { "kind": { "reference": "b" } } """, new[] { "x", "kind=a", "kind=c", "zip" })]
    [InlineData(""" "columns": { "kind": { "minFrequency": 15 } } """, new[] { "x", "kind=a", "kind=b", "kind=(infrequent)", "zip" })]
    [InlineData(""" "columns": { "kind": { "maxLevels": 1 } } """, new[] { "x", "kind=a", "kind=(infrequent)", "zip" })]
    [InlineData(""" "numbers": { "missingIndicator": true } """, new[] { "x", "x is missing", "kind=a", "kind=b", "kind=c", "zip" })]
    [InlineData(""" "columns": { "kind": { "missingIndicator": true } } """, new[] { "x", "kind=a", "kind=b", "kind=c", "kind is missing", "zip" })]
    [InlineData(""" "columns": { "zip": { "type": "category" } } """, new[] { "x", "kind=a", "kind=b", "kind=c", "zip=1", "zip=2", "zip=3" })]
    [InlineData(""" "columns": { "kind": { "imputation": "constant", "fillLevel": "none" } } """,
        new[] { "x", "kind=a", "kind=b", "kind=c", "kind=none", "zip" })]
    public async Task PreparationDeterminesTheTerms(string preparation, string[] terms)
    {
        (await Terms(preparation, "l2")).ShouldBe(terms);
    }

    [Theory]
    [InlineData("", 15.416666666666666)]
    [InlineData(""" "numbers": { "imputation": "median" } """, 15.25)]
    [InlineData(""" "numbers": { "imputation": "constant", "fillNumber": -1.5 } """, -1.5)]
    [InlineData(""" "numbers": { "imputation": "median" }, "columns": { "x": { "imputation": "constant", "fillNumber": 7 } } """, 7.0)]
    public async Task MissingNumbersAreFilled(string preparation, double fill)
    {
        var model = await Trained(preparation, "l2");

        var x = model.GetProperty("preparation").EnumerateArray().Single(column => column.GetProperty("name").GetString() == "x");
        x.GetProperty("fill").GetDouble().ShouldBe(fill, 1e-12);
        x.GetProperty("missing").GetInt32().ShouldBe(4);
        var name = model.GetProperty("name").GetString();
        var rows = new[] { new { x = (double?)null, kind = "a", zip = 1 }, new { x = (double?)fill, kind = "a", zip = 1 } };
        var probabilities = (await _api.Post($"models/{name}/predict", new { rows })).Numbers("probabilities");
        probabilities[0].ShouldBe(probabilities[1]);
    }

    [Fact]
    public async Task ColumnsThatAreLeftOutAreNamedWithAReason()
    {
        var model = await Trained("", "l2");

        var columns = model.GetProperty("preparation").EnumerateArray();
        var leftOut = columns.Where(column => column.GetProperty("treatment").GetString() == "left_out").ToArray();
        leftOut.Select(column => column.GetProperty("name").GetString()).ShouldBe(["id", "note"]);
        leftOut[0].ToString().ShouldContain("identifier");
        leftOut[1].ToString().ShouldContain("text");
    }

    [Fact]
    public async Task ColumnNamedInTheRequestIsAFeatureEvenIfItIsLeftOutByDefault()
    {
        (await Terms(""" "columns": { "id": { "maxLevels": 1 } } """, "l2"))
            .ShouldBe(["id=k1000", "id=(infrequent)", "x", "kind=a", "kind=b", "kind=c", "zip"]);

        var named = await _api.TrainModel(new { datasetId = "data", target = "y", features = new[] { "id", "x" }, modelName = "named" });

        named.GetProperty("coefficients").GetArrayLength().ShouldBe(65);
    }

    [Fact]
    public async Task RowsWithoutATargetAreLeftOut()
    {
        await _api.Upload("name=half", "x,y\n1,yes\n2,no\n3,\n4,yes\n5,no\n6,\n");

        var model = await _api.TrainModel(new { datasetId = "half", target = "y" });

        var confusion = model.GetProperty("metrics").GetProperty("training").GetProperty("confusion");
        confusion.EnumerateObject().Sum(count => count.Value.GetInt32()).ShouldBe(4);
        ApiResponse.Read<string[]>(model.GetProperty("classes")).ShouldBe(["no", "yes"]);
    }

    /// <summary>Each row lacks its target or its weight.</summary>
    [Fact]
    public async Task DataWithoutACompleteRowFailTheJob()
    {
        await _api.Upload("name=none-whole", "x,w,y\n1,,1\n2,,0\n3,1,\n4,2,\n");

        var answer = await _api.Post("training-jobs", """{ "datasetId": "none-whole", "target": "y", "sampleWeight": "w" }""", ("Prefer", "wait=60"));

        var job = answer.Expect(HttpStatusCode.Created).Json;
        job.GetProperty("status").GetString().ShouldBe("failed", answer.Text);
        job.GetProperty("error").GetProperty("status").GetInt32().ShouldBe(422, answer.Text);
    }

    private async Task<string[]> Terms(string preparation, string penalty)
    {
        var coefficients = (await Trained(preparation, penalty)).GetProperty("coefficients").EnumerateArray();
        return [.. coefficients.Select(coefficient => coefficient.GetProperty("term").GetString()!)];
    }

    private async Task<JsonElement> Trained(string preparation, string penalty)
    {
        var request = JsonElement.Parse($$"""{ "datasetId": "data", "target": "y", "penalty": "{{penalty}}", "preparation": { {{preparation}} } }""");
        return await _api.TrainModel(request);
    }

    public sealed class Target : IAsyncLifetime
    {
        private readonly TestApplication _application = new();

        public ApiClient Api => _application.Api;

        public async ValueTask InitializeAsync()
        {
            var rows = Enumerable.Range(0, 64).Select(i =>
            {
                var x = i % 16 == 5 ? "" : (i % 32 < 16 ? i % 32 : i % 32 - 0.5).ToString(System.Globalization.CultureInfo.InvariantCulture);
                var kind = i % 20 == 3 ? "" : i % 8 < 4 ? "a" : i % 8 < 7 ? "b" : "c";
                return $"k{1000 + i},{x},{kind},{1 + i % 3},remark {i % 60},{(i * 7 % 10 < 5 ? 0 : 1)}";
            });
            await Api.Upload("name=data", "id,x,kind,zip,note,y\n" + string.Join('\n', rows));
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();
    }
}
