using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Calibration;

/// <summary>Every figure of <c>calibration.json</c>: fitted on rows 0, 2, 4 … and judged on rows 1, 3, 5 ….</summary>
public class CalibrationReferenceTests
{
    private static readonly JsonElement Reference = ReferenceData.Json("calibration.json");

    public static TheoryData<string, bool, CalibrationMethod> Cases => new MatrixTheoryData<string, bool, CalibrationMethod>(
        ["spambase", "credit"], [false, true], Enum.GetValues<CalibrationMethod>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void MapsAreThoseOfTheReference(string name, bool weighted, CalibrationMethod method)
    {
        var expected = Reference.GetProperty("cases").GetProperty(name).GetProperty(weighted ? "weighted" : "unweighted");
        var (labels, z, weights) = Half(name, weighted, first: 0);

        var map = CalibrationMap.Fit(method, labels, z, weights, threads: 2, TestContext.Current.CancellationToken);

        var key = method == CalibrationMethod.Sigmoid ? "platt" : method.ToString().ToLowerInvariant();
        var parameters = expected.GetProperty(key);
        string[] names = method switch
        {
            CalibrationMethod.Sigmoid => ["a", "b"],
            CalibrationMethod.Beta => ["a", "b", "c"],
            CalibrationMethod.Temperature => ["temperature"],
            _ => [],
        };
        Hold(names.Select(parameter => parameters.GetProperty(parameter).GetDouble()), map.Parameters);
        if (method == CalibrationMethod.Isotonic)
        {
            Hold(parameters.GetProperty("x").Numbers(), map.Knots);
            Hold(parameters.GetProperty("y").Numbers(), map.Values);
        }

        var grid = Reference.GetProperty("log_odds").Numbers();
        var calibrated = new double[grid.Length];
        map.Apply(grid, calibrated);
        Hold(expected.GetProperty("calibrated").GetProperty(key).Numbers(), calibrated);

        var (judgedLabels, judgedZ, judgedWeights) = Half(name, weighted, first: 1);
        var probabilities = new double[judgedZ.Length];
        map.Apply(judgedZ, probabilities);
        var judged = BinaryEvaluation.Of(
            ScoredRows.FromProbabilities(judgedLabels, probabilities, judgedWeights), new(), TestContext.Current.CancellationToken).Metrics;
        var scores = expected.GetProperty("judged").GetProperty(key);
        Hold(
            [.. new[] { "log_loss", "brier", "expected_calibration_error" }.Select(score => scores.GetProperty(score).GetDouble())],
            [judged.LogLoss, judged.Brier, judged.ExpectedCalibrationError]);
    }

    private static (double[] Labels, double[] LogOdds, double[]? Weights) Half(string name, bool weighted, int first)
    {
        var columns = ReferenceData.Columns($"evaluation-{name}.csv");
        return (Of("label"), Of("logit_a"), weighted ? Of("weight") : null);

        double[] Of(string column) => [.. columns[column].Where((_, i) => i % 2 == first).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
    }

    private static void Hold(IEnumerable<double> expected, IReadOnlyList<double> values)
    {
        double[] right = [.. expected];
        values.Count.ShouldBe(right.Length);
        for (var i = 0; i < right.Length; i++)
            values[i].ShouldBe(right[i], 1e-9 * Math.Max(1, Math.Abs(right[i])), $"at {i}");
    }
}
