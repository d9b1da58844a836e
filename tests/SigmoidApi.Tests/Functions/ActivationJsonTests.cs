using System.Net;
using System.Text.Json;

namespace SigmoidApi.Tests.Functions;

[Trait("Speed", "Slow")]
public sealed class ActivationJsonTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("0")]
    [InlineData("[]")]
    [InlineData("[0,1,-2.5]")]
    [InlineData("[[1,2],[3,4],[5,6]]")]
    [InlineData("[[[1],[2]],[[3],[4]]]")]
    [InlineData("[[],[]]")]
    public async Task AnswerHasTheShapeOfTheRequest(string values)
    {
        var response = (await _api.Post("activations/relu", $$"""{ "values": {{values}} }""")).Expect(HttpStatusCode.OK);

        response.Json.GetProperty("values").GetRawText().ShouldBe(values.Replace("-2.5", "0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TableOfTheArticleIsReproduced()
    {
        const string Body = """{ "values": [-10, -5, 0, 5, 10] }""";
        double[] values = [4.5397868702434395e-05, 0.0066928509242848554, 0.5, 0.99330714907571514, 0.99995460213129757];
        double[] derivatives = [4.5395807735951673e-05, 0.0066480566707901546, 0.25, 0.0066480566707901546, 4.5395807735951673e-05];

        ReferenceData.Distance((await _api.Post("sigmoid", Body)).Numbers("values"), values).ShouldBeLessThan(1e-16);
        ReferenceData.Distance((await _api.Post("sigmoid/derivative", Body)).Numbers("values"), derivatives).ShouldBeLessThan(1e-17);
    }

    [Fact]
    public async Task SigmoidIsTheActivationOfThatName()
    {
        const string Body = """{ "values": [-745, -37.5, -1e-9, 0.25, 40] }""";

        (await _api.Post("sigmoid", Body)).Text.ShouldBe((await _api.Post("activations/sigmoid", Body)).Text);
        (await _api.Post("sigmoid/derivative", Body)).Text.ShouldBe((await _api.Post("activations/sigmoid/derivative", Body)).Text);
    }

    [Fact]
    public async Task NumbersThatJsonCannotWriteTravelAsStrings()
    {
        var response = (await _api.Post("activations/relu", """{ "values": ["NaN", "Infinity", "-Infinity"] }""")).Expect(HttpStatusCode.OK);

        response.Text.ShouldBe("""{"values":["NaN","Infinity",0]}""");
    }

    [Theory]
    [InlineData("leaky_relu", """{ "values": -2 }""", -0.02)]
    [InlineData("leaky_relu", """{ "values": -2, "parameters": { "alpha": 0.5 } }""", -1)]
    [InlineData("leaky_relu", """{ "values": -2, "parameters": {} }""", -0.02)]
    [InlineData("leaky_relu", """{ "values": -2, "parameters": null }""", -0.02)]
    [InlineData("elu", """{ "values": "-Infinity", "parameters": { "alpha": 3 } }""", -3)]
    public async Task ParameterReplacesItsDefault(string name, string body, double expected)
    {
        (await _api.Post($"activations/{name}", body)).Expect(HttpStatusCode.OK).Json.GetProperty("values").GetDouble().ShouldBe(expected);
    }

    [Theory]
    [InlineData("leaky_relu", """{ "beta": 1 }""", "parameters.beta", "expected a parameter of leaky_relu (alpha), got 'beta'")]
    [InlineData("tanh", """{ "alpha": 1 }""", "parameters.alpha", "expected no parameter for tanh, got 'alpha'")]
    [InlineData("leaky_relu", """{ "alpha": "NaN" }""", "parameters.alpha", "expected a finite number, got NaN")]
    [InlineData(
        "leaky_relu",
        """{ "Alpha": "Infinity" }""",
        "parameters.Alpha",
        "expected a parameter of leaky_relu (alpha), got 'Alpha'; did you mean 'alpha'?")]
    [InlineData("leaky_relu", """{ "alpha": "x" }""", "parameters.alpha", "expected a number, got a string")]
    [InlineData("leaky_relu", """{ "a b": 1 }""", "parameters['a b']", "expected a parameter of leaky_relu (alpha), got 'a b'")]
    [InlineData("leaky_relu", "[]", "parameters", "expected an object, got an array")]
    public async Task WrongParameterIsNamed(string name, string parameters, string path, string message)
    {
        (await _api.Post($"activations/{name}", $$"""{ "values": 1, "parameters": {{parameters}} }""")).Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData("""{ "values": [1, [2]] }""", "values[1]", "expected a number, got an array")]
    [InlineData("""{ "values": [[1, 2], [3]] }""", "values[1]", "expected 2 values, as in the first row, got 1")]
    [InlineData("""{ "values": [1, null] }""", "values[1]", "expected a number, got null")]
    [InlineData("""{ "values": null }""", "values", "expected a number or an array of numbers, got null")]
    [InlineData("""{ "values": 1e999 }""", "values", "1e999 is beyond the range of a float64")]
    [InlineData("""{ "values": [0, 1E400] }""", "values[1]", "1E400 is beyond the range of a float64")]
    [InlineData("{}", "values", "required, but missing")]
    public async Task WrongValueIsNamed(string body, string path, string message)
    {
        (await _api.Post("sigmoid", body)).Error().ShouldBe((path, message));
    }

    [Fact]
    public async Task MoreValuesThanTheLimitAreTooLarge()
    {
        await using var small = new TestApplication { Settings = { ["Limits:MaxValues"] = "3" } };

        (await small.Api.Post("sigmoid", """{ "values": [1, 2, 3] }""")).Expect(HttpStatusCode.OK);
        (await small.Api.Post("sigmoid", """{ "values": [1, 2, 3, 4] }""")).Error(HttpStatusCode.RequestEntityTooLarge)
            .ShouldBe(("values[3]", "expected at most 3 values, got more (Limits:MaxValues)"));
    }

    [Theory]
    [InlineData("activations/swish")]
    [InlineData("activations/swish/derivative")]
    [InlineData("activations/Sigmoid")]
    public async Task UnknownActivationIsNotFound(string path)
    {
        (await _api.Post(path, """{ "values": 0 }""")).Problem(HttpStatusCode.NotFound).Detail.ShouldContain("GET /api/v1/activations lists them");
        (await _api.PostBytes(path, new byte[8], "application/octet-stream")).Problem(HttpStatusCode.NotFound).Detail.ShouldContain("There is no activation '");
    }

    [Fact]
    public async Task CatalogueDescribesEveryActivation()
    {
        var catalogue = (await _api.Get("activations")).Expect(HttpStatusCode.OK).Json.EnumerateArray().ToArray();

        catalogue.Select(a => a.GetProperty("name").GetString()).ShouldBe(
            ["sigmoid", "log_sigmoid", "tanh", "relu", "leaky_relu", "softplus", "silu", "gelu", "elu", "selu", "softsign", "mish"], ignoreOrder: true);
        foreach (var activation in catalogue)
        {
            activation.EnumerateObject().Select(p => p.Name).ShouldBe(
                ["name", "formula", "derivativeFormula", "range", "zeroCentered", "monotonic", "saturates", "parameters"]);
            foreach (var text in new[] { "formula", "derivativeFormula", "range" })
                activation.GetProperty(text).GetString().ShouldNotBeNullOrWhiteSpace();
            (await _api.Post($"activations/{activation.GetProperty("name").GetString()}", """{ "values": [0] }""")).Expect(HttpStatusCode.OK);
        }

        var alpha = catalogue.Single(a => a.GetProperty("name").GetString() == "leaky_relu").GetProperty("parameters").EnumerateArray().ShouldHaveSingleItem();
        alpha.GetProperty("name").GetString().ShouldBe("alpha");
        alpha.GetProperty("default").GetDouble().ShouldBe(0.01);
        alpha.GetProperty("description").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Theory]
    [InlineData("sigmoid?x=0", "[0.5]")]
    [InlineData("sigmoid?x=0&x=-Infinity&x=NaN", """[0.5,0,"NaN"]""")]
    [InlineData("sigmoid/derivative?x=0&x=1e3", "[0.25,0]")]
    public async Task SigmoidAnswersToTheAddressBar(string path, string values)
    {
        (await _api.Get(path)).Expect(HttpStatusCode.OK).Text.ShouldBe($$"""{"values":{{values}}}""");
    }

    [Theory]
    [InlineData("sigmoid", "x", "expected at least one number, as in ?x=-1&x=0.5")]
    [InlineData("sigmoid?x=1e999", "x", "expected a number that a float64 can hold, got '1e999'")]
    [InlineData("sigmoid/derivative?x=1&x=1,5", "x[1]", "expected a number that a float64 can hold, got '1,5'")]
    public async Task WrongNumberInTheAddressIsNamed(string path, string field, string message)
    {
        (await _api.Get(path)).Error().ShouldBe((field, message));
    }
}
