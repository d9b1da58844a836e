using System.Net;
using System.Text.Json;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Models;
using SigmoidApi.Plots;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.Plots;

/// <summary>What is drawn are the numbers of the JSON answers.</summary>
[Trait("Speed", "Slow")]
public sealed class FigureTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task ActivationIsDrawnFromItsValues()
    {
        foreach (var activation in ActivationCatalog.All)
        {
            var figure = ActivationPlot.Of(activation);

            var body = $$"""{ "values": {{JsonSerializer.Serialize(figure.Curves[0].X)}} }""";
            (await _api.Post($"activations/{activation.Name}", body)).Numbers("values").ShouldBe(figure.Curves[0].Y);
            (await _api.Post($"activations/{activation.Name}/derivative", body)).Numbers("values").ShouldBe(figure.Curves[1].Y);
            (figure.Curves[0].X[0], figure.Curves[0].X[300], figure.Curves[0].X[600]).ShouldBe((-6, 0, 6));
        }
    }

    [Fact]
    public void EveryPointOfAShortLossCurveIsDrawn()
    {
        LossPoint[] points = [.. Enumerable.Range(0, 9).Select(step => new LossPoint(step, step / 5, step % 5, 1.0 / (step + 1), 0))];

        var figure = LossPlot.Of(points, most: 100);

        figure.Curves.Select(curve => curve.Name).ShouldBe(["fit 0", "fit 1"]);
        figure.Curves.SelectMany(curve => curve.X).ShouldBe(points.Select(point => (double)point.Step));
        figure.Curves.SelectMany(curve => curve.Y).ShouldBe(points.Select(point => point.Loss));
    }

    [Fact]
    public void LongLossCurveIsThinnedToItsPoints()
    {
        LossPoint[] points = [.. Enumerable.Range(0, 1_000).Select(step => new LossPoint(step, 0, step, Math.Exp(-step), 0))];

        var curve = LossPlot.Of(points, most: 10).Curves.ShouldHaveSingleItem();

        curve.X.Count.ShouldBe(10);
        (curve.X[0], curve.X[^1]).ShouldBe((0, 999));
        curve.Y.ShouldBe(curve.X.Select(step => points[(int)step].Loss));
    }

    [Fact]
    public void ManyFitsAreOneLossCurve()
    {
        LossPoint[] points = [.. Enumerable.Range(0, 20).Select(step => new LossPoint(step, step / 2, step % 2, 1, 0))];

        LossPlot.Of(points, most: 100).Curves.ShouldHaveSingleItem().X.Count.ShouldBe(20);
    }

    [Fact]
    public void CoefficientsWithIntervalsAreDrawnInTheirOwnUnits()
    {
        var model = Model(
            new Coefficient("small", 5, Standardized: new(0.1), ConfidenceInterval: [4, 6]),
            new Coefficient("large", -2, Standardized: new(-3), ConfidenceInterval: [null, -1]),
            new Coefficient("undetermined", 1, Standardized: new(2)));

        var figure = CoefficientPlot.Of(model, "m", rows: 2);

        figure.Title.ShouldBe("Coefficients of m (2 of 3)");
        figure.Y.Names.ShouldBe(["large", "undetermined"]);
        var series = figure.Intervals.ShouldHaveSingleItem();
        series.Estimates.ShouldBe([-2, 1]);
        series.Lower.ShouldBe([null, double.NaN]);
        series.Upper.ShouldBe([-1, double.NaN]);
    }

    [Fact]
    public void CoefficientsOfEachClassAreASeries()
    {
        var model = Model(new Coefficient("a", Estimates: [1, 2, -3], Standardized: new([0.5, 1, -1.5]))) with { Classes = [new("x"), new("y"), new("z")] };

        var figure = CoefficientPlot.Of(model, "m", rows: 10);

        figure.X.Label.ShouldBe("standardized estimate");
        figure.Intervals.Select(series => (series.Name, series.Estimates[0], series.HasIntervals))
            .ShouldBe([("x", 0.5, false), ("y", 1, false), ("z", -1.5, false)]);
    }

    [Fact]
    public void ModelWithoutTermsHasAnEmptyFigure() => CoefficientPlot.Of(Model(), "m", rows: 10).IsEmpty.ShouldBeTrue();

    [Fact]
    public void PathIsDrawnOverTheLogarithmOfC()
    {
        ModelPathPoint[] path =
        [
            new(100, 1, 7, 3, 1, new ValidationScore(0.4, null)), new(1, 1, 5, 2, 1, new ValidationScore(0.3, null)), new(1, 0.5, 6, 4, 1, null),
        ];

        var figure = PathPlot.Of(path, new ModelSelection("best", 1, 1, 1), "non_zero", "m");

        figure.Curves.Select(curve => curve.Name).ShouldBe(["l1Ratio 1", "l1Ratio 0.5"]);
        figure.Curves[0].X.ShouldBe([0, 2]);
        figure.Curves[0].Y.ShouldBe([2, 3]);
        figure.Guides.ShouldHaveSingleItem().X.ShouldBe(0);
        PathPlot.Of(path, null, "log_loss", "m").Curves[0].Y.ShouldBe([0.3, 0.4]);
        PathPlot.Of(path, null, "objective", "m").Curves[1].Y.ShouldBe([6]);
    }

    [Fact]
    public async Task HistogramCountsTheRowsOfEachClass()
    {
        await _api.Upload("name=counted", "a,y\n0,u\n1,u\n1.9,v\n2,v\n4,v\n,v\n3,\n");

        var json = (await _api.Get("datasets/counted/histogram?column=a&target=y&bins=2")).Expect(HttpStatusCode.OK).Json;

        ApiResponse.Read<double[]>(json.GetProperty("edges")).ShouldBe([0, 2, 4]);
        json.GetProperty("classes").EnumerateArray().Select(one => one.ToString()).ShouldBe(
        [
            """{"class":"u","rows":2,"missing":0,"counts":[2,0]}""", """{"class":"v","rows":4,"missing":1,"counts":[1,2]}""",
        ]);
        (await _api.Get("datasets/counted/histogram?column=a&bins=1")).Json.GetProperty("classes").ToString()
            .ShouldBe("""[{"rows":7,"missing":1,"counts":[6]}]""");
    }

    [Fact]
    public async Task HistogramOfACategoryCountsItsMostFrequentValues()
    {
        await _api.Upload("name=levels", "home,ok\nrent,true\nown,false\n자가,true\nrent,false\n자가,true\n자가,\n");

        var json = (await _api.Get("datasets/levels/histogram?column=home&target=ok&bins=2")).Expect(HttpStatusCode.OK).Json;

        ApiResponse.Read<string[]>(json.GetProperty("levels")).ShouldBe(["rent", "자가"]);
        json.GetProperty("classes").EnumerateArray().Select(one => one.ToString()).ShouldBe(
        [
            """{"class":false,"rows":2,"missing":0,"counts":[1,0]}""", """{"class":true,"rows":3,"missing":0,"counts":[1,2]}""",
        ]);
    }

    [Fact]
    public async Task HistogramOfAClassIsDrawnInSharesOfItsRows()
    {
        await _api.Upload("name=shares", "a,y\n0,0\n1,0\n2,0\n3,0\n3,1\n");
        var answer = (await _api.Get("datasets/shares/histogram?column=a&target=y&bins=3")).Expect(HttpStatusCode.OK);
        ColumnHistogram histogram = new(
            "a", "y", SigmoidApi.Tables.ColumnType.Number, answer.Numbers("edges"), null,
            [.. answer.Json.GetProperty("classes").EnumerateArray().Select(one => new ClassHistogram(
                new(one.GetProperty("class").GetDouble()), one.GetProperty("rows").GetInt64(), 0, ApiResponse.Read<long[]>(one.GetProperty("counts"))))]);

        var figure = HistogramPlot.Of(histogram, rows: 10, series: 7);

        figure.Bars.Select(bars => bars.Name).ShouldBe(["0", "1"]);
        figure.Bars[0].Heights.ShouldBe([0.25, 0.25, 0.5]);
        figure.Bars[1].Heights.ShouldBe([0, 0, 1]);
        figure.Bars[0].Edges.ShouldBe([0, 1, 2, 3]);
        HistogramPlot.Of(histogram, rows: 10, series: 1).Bars.ShouldHaveSingleItem().Name.ShouldBe("0");
    }

    private static TrainedModel Model(params Coefficient[] coefficients) => new(
        [new(0), new(1)], 0, 0, coefficients, Metrics: null!, new ModelConvergence(true, 1, 0, 0, []));
}
