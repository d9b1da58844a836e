using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Plots;

/// <summary>Pictures of models, jobs, data sets, activations and evaluations.</summary>
[Trait("Speed", "Slow")]
public sealed class PlotTests(TestApplication application) : IClassFixture<TestApplication>, IAsyncLifetime
{
    private const string Column = "금액 <&> \"a\"";

    private readonly ApiClient _api = application.Api;

    public async ValueTask InitializeAsync()
    {
        if ((await _api.Get("models/drawn")).Status == HttpStatusCode.OK)
            return;
        var rows = Enumerable.Range(0, 60).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{i * 7 % 11 + i / 10},{(i % 3 == 0 ? "자가" : "rent")},{(i * 5 % 13 > 6 ? "나쁨" : "good")},{i % 3}"));
        await _api.Upload("name=drawn", Encoding.UTF8.GetBytes($"\"금액 <&> \"\"a\"\"\",home,status,kind\n{string.Join('\n', rows)}\n"));
        await _api.Train("""{ "datasetId": "drawn", "target": "status", "modelName": "drawn", "penalty": "none", "features": ["금액 <&> \"a\"", "home"] }""");
        await _api.Train("""{ "datasetId": "drawn", "target": "status", "modelName": "path", "penalty": "l1", "cs": 5 }""");
        await _api.Train("""{ "datasetId": "drawn", "target": "kind", "modelName": "three", "features": ["home", "status"] }""");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string> Paths =>
    [
        "activations/leaky_relu.EXT?",
        "training-jobs/latest/loss.EXT?",
        "models/drawn/coefficients.EXT?",
        "models/drawn/versions/1/coefficients.EXT?",
        "models/three/coefficients.EXT?",
        "models/path/path.EXT?",
        "models/path/versions/1/path.EXT?show=objective&",
        "datasets/drawn/histogram.EXT?column=home&target=status&",
        $"datasets/drawn/histogram.EXT?column={Uri.EscapeDataString(Column)}&target=kind&bins=7&",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task PngHasTheSizeThatWasAskedFor(string path)
    {
        foreach (var (width, height) in new[] { (200, 200), (400, 300), (1_000, 640) })
        {
            var answer = (await _api.Get(Of(path, "png", $"width={width}&height={height}"))).Expect(HttpStatusCode.OK);

            answer.ContentHeaders.ContentType!.ToString().ShouldBe("image/png");
            answer.Content[..8].ShouldBe([137, 80, 78, 71, 13, 10, 26, 10]);
            BinaryPrimitives.ReadInt32BigEndian(answer.Content.AsSpan(16)).ShouldBe(width);
            BinaryPrimitives.ReadInt32BigEndian(answer.Content.AsSpan(20)).ShouldBe(height);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task SvgIsXmlWithoutScriptsLinksAndTexts(string path)
    {
        var answer = (await _api.Get(Of(path, "svg", "width=400&height=300"))).Expect(HttpStatusCode.OK);

        answer.ContentHeaders.ContentType!.ToString().ShouldBe("image/svg+xml");
        var root = XDocument.Parse(answer.Text).Root!;
        (root.Attribute("width")!.Value, root.Attribute("height")!.Value).ShouldBe(("400", "300"));
        // Texts are outlines, so that a browser without the font shows them as they are.
        root.Descendants().Select(element => element.Name.LocalName).Distinct()
            .ShouldBeSubsetOf(["title", "desc", "rect", "path", "g", "clipPath", "ellipse", "circle", "line", "polygon", "polyline", "defs"]);
        root.Descendants().Attributes().Select(attribute => attribute.Name.LocalName)
            .ShouldAllBe(name => !name.StartsWith("on", StringComparison.Ordinal) && name != "href");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task SameNumbersAreTheSameBytes(string path)
    {
        foreach (var format in new[] { "svg", "png" })
        {
            var first = (await _api.Get(Of(path, format, "theme=light"))).Expect(HttpStatusCode.OK);
            var others = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _api.Get(Of(path, format, "theme=light"))));

            others.Where(other => !other.Content.AsSpan().SequenceEqual(first.Content)).ShouldBeEmpty();
            (await _api.Get(Of(path, format, "theme=light"), ("If-None-Match", first.Headers.ETag!.ToString()))).Expect(HttpStatusCode.NotModified);
            var dark = (await _api.Get(Of(path, format, "theme=dark"), ("If-None-Match", first.Headers.ETag.ToString()))).Expect(HttpStatusCode.OK);
            dark.Content.AsSpan().SequenceEqual(first.Content).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task SvgNamesWhatItShows()
    {
        var root = XDocument.Parse((await _api.Get("models/drawn/coefficients.svg")).Text).Root!;

        var texts = string.Join('\n', root.Elements().Take(2).Select(element => element.Value));
        texts.ShouldContain("Coefficients of drawn, version 1");
        texts.ShouldContain(Column);
        texts.ShouldContain("estimate with 95% interval");
    }

    [Theory]
    [InlineData("width=199", "width", "expected a whole number of pixels from 200 to 2000, got '199'")]
    [InlineData("width=2001", "width", "expected a whole number of pixels from 200 to 2000, got '2001'")]
    [InlineData("width=4e2", "width", "expected a whole number of pixels from 200 to 2000, got '4e2'")]
    [InlineData("height=-300", "height", "expected a whole number of pixels from 200 to 2000, got '-300'")]
    [InlineData("height=", "height", "expected a whole number of pixels from 200 to 2000, got ''")]
    [InlineData("theme=drak", "theme", "expected 'light' or 'dark', got 'drak'; did you mean 'dark'?")]
    [InlineData("colour=red", "colour", "unknown query parameter: this path takes height, theme, width")]
    public async Task StyleThatIsNoneIsAProblem(string query, string field, string message)
    {
        var (path, text) = (await _api.Get($"activations/tanh.svg?{query}")).Error();

        (path, text).ShouldBe((field, message));
    }

    [Theory]
    [InlineData("activations/tahn.svg", "There is no activation 'tahn'")]
    [InlineData("training-jobs/none/loss.png", "There is no training job 'none'.")]
    [InlineData("models/none/coefficients.svg", "There is no model 'none'")]
    [InlineData("models/drawn/versions/7/coefficients.svg", "There is no version 7 of model 'drawn'")]
    [InlineData("models/none/path.svg", "There is no model 'none'")]
    [InlineData("models/drawn/path.svg", "There is no path of model 'drawn': only a training with 'cs' has one.")]
    [InlineData("models/path/path.svg?show=log_loss", "There is no log loss of held-out rows of model 'path': its training held none out.")]
    [InlineData("datasets/none/histogram.svg?column=a", "There is no data set 'none'")]
    [InlineData("datasets/none/histogram?column=a", "There is no data set 'none'")]
    [InlineData("evaluations/00000000-0000-0000-0000-000000000000/curves/roc.svg", "There is no evaluation")]
    public async Task WhatIsNotThereIsNotFound(string path, string detail) =>
        (await _api.Get(path)).Problem(HttpStatusCode.NotFound).Detail.ShouldStartWith(detail);

    [Theory]
    [InlineData("models/path/path.svg?show=loss", "show", "expected log_loss, non_zero, objective, got 'loss'")]
    [InlineData("datasets/drawn/histogram.svg", "column", "expected the name of a column, as in ?column=Amount")]
    [InlineData("datasets/drawn/histogram.svg?column=hmoe", "column", "hmoe")]
    [InlineData("datasets/drawn/histogram?column=home&target=hmoe", "target", "hmoe")]
    [InlineData("datasets/drawn/histogram?column=home&bins=0", "bins", "expected a whole number from 1 to 1000, got '0'")]
    public async Task ParameterThatIsNoneIsAProblem(string path, string field, string message)
    {
        var (at, text) = (await _api.Get(path)).Error();

        at.ShouldBe(field);
        text.ShouldContain(message);
    }

    [Fact]
    public async Task TargetOfMeasurementsIsAProblem()
    {
        await _api.Upload("name=measured", "a,y\n1,0.5\n2,1.5\n3,2.25\n");

        (await _api.Get("datasets/measured/histogram.svg?column=a&target=y")).Problem(HttpStatusCode.UnprocessableEntity).Detail
            .ShouldContain("expected a column of classes");
    }

    /// <summary>One class, one row, a constant, and a column without values are drawn too.</summary>
    [Theory]
    [InlineData("a,y\n1,0\n", "a", "y")]
    [InlineData("a,y\n1,0\n1,0\n", "a", "y")]
    [InlineData("a,y\n,0\n,1\n3,\n", "a", "y")]
    [InlineData("a,y\n1,\n2,\n3,x\n", "y", null)]
    [InlineData("a,y\n2024-01-31,1\n2024-03-01,0\n", "a", "y")]
    public async Task FewValuesAreDrawn(string csv, string column, string? target)
    {
        await _api.Upload("name=few", csv);

        foreach (var format in new[] { "svg", "png" })
        {
            var query = $"column={column}{(target is null ? "" : $"&target={target}")}&width=400&height=300";
            (await _api.Get($"datasets/few/histogram.{format}?{query}")).Expect(HttpStatusCode.OK).Content.Length.ShouldBeGreaterThan(1_000);
        }
    }

    [Fact]
    public async Task LossOfAJobWithoutIterationsIsDrawn()
    {
        var job = await _api.Enqueue(LongFit.Request());

        (await _api.Get($"training-jobs/{job}/loss.svg")).Expect(HttpStatusCode.OK);

        (await _api.Post($"training-jobs/{job}/cancel", "")).Expect(HttpStatusCode.Accepted);
        await _api.Ended(job);
    }

    [Fact]
    public async Task SettingLimitsTheSize()
    {
        await using var small = new TestApplication { Settings = { ["Plots:MaxPixels"] = "300" } };

        (await small.Api.Get("activations/tanh.png?width=301")).Error().Message.ShouldBe("expected a whole number of pixels from 200 to 300, got '301'");
        BinaryPrimitives.ReadInt32BigEndian((await small.Api.Get("activations/tanh.png")).Content.AsSpan(16)).ShouldBe(300);
    }

    private static string Of(string path, string format, string style) => path.Replace("EXT", format, StringComparison.Ordinal) + style;
}
