using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SigmoidApi.Tests.Calibrations;

/// <summary>Calibration at training and afterwards, and what predictions make of it.</summary>
[Trait("Speed", "Slow")]
public sealed class CalibrationTests(CalibrationTests.Rows rows) : IClassFixture<CalibrationTests.Rows>
{
    private readonly ApiClient _api = rows.Api;

    public static TheoryData<string> Methods => ["sigmoid", "isotonic", "beta", "temperature"];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task TrainingKeepsTheMapWithTheVersion(string method)
    {
        var model = await Trained($"at-training-{method}", $$""" "calibration": { "method": "{{method}}", "folds": 4 } """);
        var calibration = model.GetProperty("calibration");

        calibration.GetProperty("method").GetString().ShouldBe(method);
        calibration.GetProperty("folds").GetInt32().ShouldBe(4);
        calibration.GetProperty("rows").GetInt32().ShouldBe(Rows.Count);
        calibration.GetProperty("logLoss").GetProperty("before").GetDouble().ShouldBeGreaterThan(0);
        calibration.GetProperty("logLoss").GetProperty("after").GetDouble().ShouldBeGreaterThan(0);
        calibration.TryGetProperty("datasetId", out _).ShouldBeFalse();
        model.TryGetProperty("calibratedFrom", out _).ShouldBeFalse();
        model.GetProperty("intercept").GetDouble().ShouldBe((await Trained("uncalibrated", null)).GetProperty("intercept").GetDouble());
        await ShouldPredictByTheMap($"at-training-{method}", calibration.GetProperty("parameters"), method);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task CalibrateMakesANewVersionOfTheSameFit(string method)
    {
        var name = $"afterwards-{method}";
        var source = await Trained(name, null);

        var answer = (await _api.Post($"models/{name}/calibrate", $$"""{ "datasetId": "held-out", "method": "{{method}}" }""")).Expect(HttpStatusCode.Created);
        var model = answer.Json;

        answer.Headers.Location!.ToString().ShouldEndWith($"/models/{name}/versions/2");
        model.GetProperty("version").GetInt32().ShouldBe(2);
        JsonSerializer.Serialize(model.GetProperty("calibratedFrom")).ShouldBe($$"""{"name":"{{name}}","version":1}""");
        model.GetProperty("coefficients").GetRawText().ShouldBe(source.GetProperty("coefficients").GetRawText());
        var calibration = model.GetProperty("calibration");
        calibration.GetProperty("rows").GetInt32().ShouldBe(Rows.Count);
        calibration.TryGetProperty("folds", out _).ShouldBeFalse();
        (await _api.Get($"models/{name}")).Expect(HttpStatusCode.OK).Json.GetRawText().ShouldBe(model.GetRawText());
        (await _api.Get($"models/{name}/versions")).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("version").GetInt32()).ShouldBe([2, 1]);
        await ShouldPredictByTheMap(name, calibration.GetProperty("parameters"), method);
        var first = (await _api.Post($"models/{name}/versions/1/predict", Some("\"raw\": true"))).Expect(HttpStatusCode.OK).Json;
        Numbers(first, "rawProbabilities").ShouldBe(Numbers(first, "probabilities"));
    }

    /// <summary>An earlier map is replaced, not applied twice.</summary>
    [Fact]
    public async Task ACalibratedVersionIsCalibratedFromItsFit()
    {
        await Trained("again", null);
        const string Request = """{ "datasetId": "held-out", "method": "beta" }""";
        var once = (await _api.Post("models/again/calibrate", Request)).Expect(HttpStatusCode.Created).Json;
        var twice = (await _api.Post("models/again/versions/2/calibrate", Request)).Expect(HttpStatusCode.Created).Json;

        twice.GetProperty("calibration").GetRawText().ShouldBe(once.GetProperty("calibration").GetRawText());
        twice.GetProperty("calibratedFrom").GetProperty("version").GetInt32().ShouldBe(2);
        twice.GetProperty("version").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task ARepeatedRequestMakesOneVersion()
    {
        await Trained("once", null);
        const string Request = """{ "datasetId": "held-out", "method": "sigmoid" }""";
        var first = (await _api.Post("models/once/versions/1/calibrate", Request, ("Idempotency-Key", "calibrate-once"))).Expect(HttpStatusCode.Created);
        var second = (await _api.Post("models/once/versions/1/calibrate", Request, ("Idempotency-Key", "calibrate-once"))).Expect(HttpStatusCode.Created);

        second.Text.ShouldBe(first.Text);
        (await _api.Get("models/once")).Json.GetProperty("version").GetInt32().ShouldBe(2);
        (await _api.Post("models/once/versions/1/calibrate", Request.Replace("sigmoid", "beta"), ("Idempotency-Key", "calibrate-once")))
            .Problem(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("""{ "datasetId": "none", "method": "sigmoid" }""", HttpStatusCode.NotFound, "none")]
    [InlineData("""{ "datasetId": "", "method": "sigmoid" }""", HttpStatusCode.BadRequest, "expected the id or name of a data set")]
    [InlineData("""{ "datasetId": "held-out", "method": "platt" }""", HttpStatusCode.BadRequest, "platt")]
    [InlineData("""{ "datasetId": "held-out" }""", HttpStatusCode.BadRequest, "method")]
    [InlineData("""{ "datasetId": "held-out", "method": "sigmoid", "target": "color" }""", HttpStatusCode.BadRequest, "color")]
    [InlineData("""{ "datasetId": "held-out", "method": "sigmoid", "sampleWeight": "color" }""", HttpStatusCode.BadRequest, "color")]
    [InlineData("""{ "datasetId": "one-class", "method": "sigmoid" }""", HttpStatusCode.UnprocessableEntity, "none of '1'")]
    [InlineData("""{ "datasetId": "lacking", "method": "sigmoid" }""", HttpStatusCode.UnprocessableEntity, "'b'")]
    [InlineData("""{ "datasetId": "separated", "method": "beta" }""", HttpStatusCode.UnprocessableEntity, "do not overlap")]
    [InlineData("""{ "datasetId": "constant", "method": "sigmoid" }""", HttpStatusCode.UnprocessableEntity, "same log-odds")]
    public async Task ImpossibleCalibrationIsAProblem(string request, HttpStatusCode status, string part)
    {
        await Trained("impossible", null);

        (await _api.Post("models/impossible/calibrate", request)).Problem(status).Detail.ShouldContain(part);
        (await _api.Post("models/no-such-model/calibrate", """{ "datasetId": "held-out", "method": "sigmoid" }""")).Problem(HttpStatusCode.NotFound);
    }

    /// <summary>Labels that do not depend on the log-odds: no map helps rows that it has not seen, and a flexible one harms.</summary>
    [Fact]
    public async Task AMapThatDoesNotHelpOtherRowsIsAWarning()
    {
        var model = (await _api.Post("models/flat/calibrate", """{ "datasetId": "flat", "method": "isotonic" }""")).Expect(HttpStatusCode.Created).Json;

        var loss = model.GetProperty("calibration").GetProperty("logLoss");
        loss.GetProperty("after").GetDouble().ShouldBeGreaterThan(loss.GetProperty("before").GetDouble());
        Warnings(model).ShouldContain("calibration_no_improvement");
    }

    [Fact]
    public async Task TooFewRowsToJudgeAreAWarning()
    {
        await Trained("few", null);
        var model = (await _api.Post("models/few/calibrate", """{ "datasetId": "two-rows", "method": "sigmoid" }""")).Expect(HttpStatusCode.Created).Json;

        model.GetProperty("calibration").GetProperty("logLoss").GetProperty("after").ValueKind.ShouldBe(JsonValueKind.Null);
        Warnings(model).ShouldContain("calibration_not_judged");
    }

    /// <summary>The same bits from records, rows of numbers and a file, with the labels by the calibrated probabilities.</summary>
    [Fact]
    public async Task FilesAndRecordsHaveTheSameProbabilities()
    {
        await Trained("files", """ "calibration": { "method": "beta" } """);
        var records = (await _api.Post("models/files/predict", Some("\"raw\": true"))).Expect(HttpStatusCode.OK).Json;
        var features = (await _api.Post("models/files/predict", """{ "features": [[-1, 0.5], [0.2, 0.1], [2, -1]], "raw": true }"""))
            .Expect(HttpStatusCode.OK).Json;
        var file = (await _api.PostBytes("models/files/predict?raw=true", "a,b\n-1,0.5\n0.2,0.1\n2,-1\n"u8.ToArray(), "text/csv")).Expect(HttpStatusCode.OK);
        var plain = (await _api.PostBytes("models/files/predict", "a,b\n-1,0.5\n0.2,0.1\n2,-1\n"u8.ToArray(), "text/csv")).Expect(HttpStatusCode.OK);

        var lines = file.Text.Trim().Split('\n').Select(line => line.Split(',')).ToArray();
        lines[0].ShouldBe(["a", "b", "probability", "label", "raw_probability"]);
        Column(lines, 2).ShouldBe(Numbers(records, "probabilities"));
        Column(lines, 4).ShouldBe(Numbers(records, "rawProbabilities"));
        Column(lines, 3).ShouldBe(Numbers(records, "labels"));
        Column(lines, 3).ShouldBe(Numbers(records, "probabilities").Select(p => p >= 0.5 ? 1.0 : 0));
        Numbers(features, "probabilities").ShouldBe(Numbers(records, "probabilities"));
        Numbers(features, "rawProbabilities").ShouldBe(Numbers(records, "rawProbabilities"));
        plain.Text.Split('\n')[0].ShouldBe("a,b,probability,label");
        (await _api.PostBytes("models/files/predict?raw=yes", "a,b\n1,1\n"u8.ToArray(), "text/csv")).Problem(HttpStatusCode.BadRequest).Detail
            .ShouldContain("expected true or false, got 'yes'");
        (await _api.Post("models/files/predict", Some("\"threshold\": 0.5"))).Json.TryGetProperty("rawProbabilities", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("multinomial", "sigmoid")]
    [InlineData("one_vs_rest", "isotonic")]
    [InlineData("one_vs_rest", "temperature")]
    public async Task ClassesAreCalibratedTogether(string multiClass, string method)
    {
        var name = $"{multiClass}-{method}";
        var job = await _api.Train($$"""
            { "datasetId": "classes", "target": "kind", "modelName": "{{name}}", "multiClass": "{{multiClass}}", "calibration": { "method": "{{method}}" } }
            """);
        job.GetProperty("status").GetString().ShouldBe("succeeded");
        var calibration = (await _api.Get($"models/{name}")).Json.GetProperty("calibration");

        calibration.TryGetProperty("parameters", out _).ShouldBe(method == "temperature");
        if (method != "temperature")
            calibration.GetProperty("classParameters").GetArrayLength().ShouldBe(3);
        var records = (await _api.Post($"models/{name}/predict", Some("\"raw\": true"))).Expect(HttpStatusCode.OK).Json;
        foreach (var member in new[] { "probabilities", "rawProbabilities" })
            records.GetProperty(member).EnumerateArray().ShouldAllBe(row => Math.Abs(row.EnumerateArray().Sum(p => p.GetDouble()) - 1) < 1e-12);
        var file = (await _api.PostBytes($"models/{name}/predict?raw=true", "a,b\n-1,0.5\n0.2,0.1\n2,-1\n"u8.ToArray(), "text/csv")).Expect(HttpStatusCode.OK);
        var lines = file.Text.Trim().Split('\n').Select(line => line.Split(',')).ToArray();
        lines[0].ShouldBe(
            ["a", "b", "probability_x", "probability_y", "probability_z", "label", "raw_probability_x", "raw_probability_y", "raw_probability_z"]);
        for (var k = 0; k < 3; k++)
        {
            Column(lines, 2 + k).ShouldBe(records.GetProperty("probabilities").EnumerateArray().Select(row => row[k].GetDouble()));
            Column(lines, 6 + k).ShouldBe(records.GetProperty("rawProbabilities").EnumerateArray().Select(row => row[k].GetDouble()));
        }

        lines.Skip(1).Select(line => line[5]).ShouldBe(records.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
    }

    /// <summary>The evaluation of a version is that of the probabilities that it predicts.</summary>
    [Fact]
    public async Task EvaluationsAreOfCalibratedProbabilities()
    {
        await Trained("evaluated", null);
        var model = (await _api.Post("models/evaluated/calibrate", """{ "datasetId": "held-out", "method": "temperature" }"""))
            .Expect(HttpStatusCode.Created).Json;
        async Task<double> Loss(int version) => (await _api.Post($"models/evaluated/versions/{version}/evaluations", """{ "datasetId": "held-out" }"""))
            .Expect(HttpStatusCode.Created).Json.GetProperty("metrics").GetProperty("logLoss").GetDouble();

        (await Loss(1)).ShouldBe(model.GetProperty("calibration").GetProperty("logLoss").GetProperty("before").GetDouble(), 1e-12);
        (await Loss(2)).ShouldBeLessThan(await Loss(1));
    }

    [Theory]
    [InlineData("""{ "method": "sigmoid", "folds": 1 }""", HttpStatusCode.BadRequest, "calibration.folds")]
    [InlineData("""{ "method": "sigmoid", "folds": 101 }""", HttpStatusCode.BadRequest, "calibration.folds")]
    [InlineData("""{ "method": "logistic" }""", HttpStatusCode.BadRequest, "calibration.method")]
    [InlineData("""{ "folds": 5 }""", HttpStatusCode.BadRequest, "calibration")]
    public async Task AnInvalidCalibrationIsRefused(string calibration, HttpStatusCode status, string field) =>
        (await _api.Post("training-jobs", $$"""{ "datasetId": "held-out", "target": "y", "calibration": {{calibration}} }""")).Problem(status).Detail
            .ShouldContain(field);

    [Fact]
    public async Task MoreFoldsThanRowsOfAClassAreRefused() =>
        (await _api.Post("training-jobs", """{ "datasetId": "rare", "target": "kind", "calibration": { "method": "sigmoid", "folds": 3 } }"""))
            .Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("calibration.folds");

    /// <summary>The data themselves decide whether a temperature exists, so the job fails with the reason.</summary>
    [Fact]
    public async Task AJobWhoseRowsDetermineNoMapFails()
    {
        var id = await _api.Enqueue("""
            { "datasetId": "separated", "target": "y", "features": ["a", "b"], "calibration": { "method": "temperature", "folds": 2 } }
            """);
        var job = await _api.Ended(id);

        job.GetProperty("status").GetString().ShouldBe("failed");
        job.GetProperty("error").GetProperty("code").GetString().ShouldBe("no_temperature");
    }

    private async Task<JsonElement> Trained(string name, string? calibration)
    {
        var job = await _api.Train($$"""
            { "datasetId": "rows", "target": "y", "modelName": "{{name}}"{{(calibration is null ? "" : ", " + calibration)}} }
            """);
        return (await _api.Get($"models/{name}/versions/{job.GetProperty("model").GetProperty("version").GetInt32()}")).Expect(HttpStatusCode.OK).Json;
    }

    /// <summary>Three records, and other members of the request.</summary>
    private static string Some(string other) => $$"""{ "rows": [{ "a": -1, "b": 0.5 }, { "a": 0.2, "b": 0.1 }, { "a": 2, "b": -1 }], {{other}} }""";

    private async Task ShouldPredictByTheMap(string name, JsonElement parameters, string method)
    {
        var predicted = (await _api.Post($"models/{name}/predict", Some("\"raw\": true"))).Expect(HttpStatusCode.OK).Json;
        var (calibrated, raw) = (Numbers(predicted, "probabilities"), Numbers(predicted, "rawProbabilities"));
        double Of(string parameter) => parameters.GetProperty(parameter).GetDouble();
        for (var i = 0; i < raw.Length; i++)
        {
            var z = Math.Log(raw[i] / (1 - raw[i]));
            var expected = method switch
            {
                "sigmoid" => 1 / (1 + Math.Exp(Of("a") * z + Of("b"))),
                "beta" => 1 / (1 + Math.Exp(-(Of("a") * Math.Log(raw[i]) - Of("b") * Math.Log(1 - raw[i]) + Of("c")))),
                "temperature" => 1 / (1 + Math.Exp(-z / Of("temperature"))),
                _ => Interpolated(Numbers(parameters, "logOdds"), Numbers(parameters, "probabilities"), z),
            };
            calibrated[i].ShouldBe(expected, 1e-9);
        }
    }

    private static double Interpolated(double[] x, double[] y, double z)
    {
        if (z <= x[0] || z >= x[^1])
            return z <= x[0] ? y[0] : y[^1];
        var next = Array.FindIndex(x, knot => knot > z);
        return y[next - 1] + (y[next] - y[next - 1]) * (z - x[next - 1]) / (x[next] - x[next - 1]);
    }

    private static double[] Numbers(JsonElement json, string member) => ApiResponse.Read<double[]>(json.GetProperty(member));

    private static double[] Column(string[][] lines, int place) =>
        [.. lines.Skip(1).Select(line => double.Parse(line[place], CultureInfo.InvariantCulture))];

    private static IEnumerable<string> Warnings(JsonElement model) =>
        model.GetProperty("convergence").GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString()!);

    /// <summary>A service with rows to train and to calibrate on.</summary>
    public sealed class Rows : IAsyncLifetime
    {
        public const int Count = 400;

        private readonly TestApplication _application = new();

        public ApiClient Api => _application.Api;

        public async ValueTask InitializeAsync()
        {
            await Api.Upload("name=rows", Labelled(seed: 1, slope: 2));
            // The labels depend less on the columns than in the rows that a model is trained on, so that its probabilities are too extreme.
            await Api.Upload("name=held-out", Labelled(seed: 2, slope: 0.8));
            await Api.Upload("name=flat", Labelled(seed: 3, slope: 0.1));
            await Api.Upload("name=one-class", "a,b,y\n1,2,0\n2,1,0\n");
            await Api.Upload("name=lacking", "a,y\n1,0\n2,1\n");
            await Api.Upload("name=separated", "a,b,y\n-3,0,0\n-2,0,0\n-2,0,0\n-3,0,0\n3,0,1\n2,0,1\n2,0,1\n3,0,1\n");
            await Api.Upload("name=constant", "a,b,y\n1,1,0\n1,1,1\n1,1,0\n1,1,1\n");
            await Api.Upload("name=two-rows", "a,b,y\n-1,0,0\n1,1,1\n");
            await Api.Upload("name=classes", Classes());
            await Api.Upload("name=rare", "a,kind\n1,x\n2,x\n3,x\n4,y\n5,y\n6,y\n7,z\n8,z\n");
            await Api.Train("""{ "datasetId": "flat", "target": "y", "modelName": "flat" }""");
        }

        public ValueTask DisposeAsync() => _application.DisposeAsync();

        private static string Labelled(int seed, double slope)
        {
            var random = new Random(seed);
            return "a,b,y\n" + string.Concat(Enumerable.Range(0, Count).Select(_ =>
            {
                var (a, b) = (Math.Round(4 * random.NextDouble() - 2, 3), Math.Round(2 * random.NextDouble() - 1, 3));
                var isPositive = random.NextDouble() < 1 / (1 + Math.Exp(-slope * (a + b)));
                return string.Create(CultureInfo.InvariantCulture, $"{a},{b},{(isPositive ? 1 : 0)}\n");
            }));
        }

        private static string Classes()
        {
            var random = new Random(4);
            return "a,b,kind\n" + string.Concat(Enumerable.Range(0, Count).Select(_ =>
            {
                var (a, b) = (Math.Round(4 * random.NextDouble() - 2, 3), Math.Round(2 * random.NextDouble() - 1, 3));
                var kind = a + 2 * random.NextDouble() - 1 > 0.7 ? "z" : b + random.NextDouble() - 0.5 > 0 ? "y" : "x";
                return string.Create(CultureInfo.InvariantCulture, $"{a},{b},{kind}\n");
            }));
        }
    }
}
