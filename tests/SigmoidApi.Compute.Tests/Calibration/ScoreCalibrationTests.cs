using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Calibration;

namespace SigmoidApi.Compute.Tests.Calibration;

/// <summary>Calibration of more than two classes, and its judgement on rows that a map has not seen.</summary>
public class ScoreCalibrationTests
{
    public static TheoryData<CalibrationMethod> Methods => [.. Enum.GetValues<CalibrationMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void ProbabilitiesOfClassesSumToOne(CalibrationMethod method)
    {
        var (labels, scores) = Rows(300, 4, seed: 1);

        var calibration = ScoreCalibration.Fit(method, 4, labels, scores, cancellationToken: TestContext.Current.CancellationToken);
        calibration.ToProbabilities(scores);

        scores.ShouldAllBe(p => p >= 0 && p <= 1);
        foreach (var row in scores.Chunk(4))
            row.Sum().ShouldBe(1, 1e-14);
    }

    /// <summary>A shift of all scores of a row changes no probability, and so no map.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void ShiftedScoresHaveTheSameMap(CalibrationMethod method)
    {
        var (labels, scores) = Rows(300, 3, seed: 2);
        double[] shifted = [.. scores.Select((score, i) => score + 7 * (i / 3 % 5))];

        var (one, other) = (
            ScoreCalibration.Fit(method, 3, labels, scores, cancellationToken: TestContext.Current.CancellationToken),
            ScoreCalibration.Fit(method, 3, labels, shifted, cancellationToken: TestContext.Current.CancellationToken));
        one.ToProbabilities(scores);
        other.ToProbabilities(shifted);

        for (var i = 0; i < scores.Length; i++)
            shifted[i].ShouldBe(scores[i], 1e-9);
    }

    /// <summary>Of the scores (0, z) of two classes the softmax temperature is that of the log-odds z.</summary>
    [Fact]
    public void TemperatureOfTwoScoresIsThatOfTheLogOdds()
    {
        var (labels, scores) = Rows(200, 3, seed: 3);
        int[] kept = [.. labels.Index().Where(row => row.Item < 2).Select(row => row.Index)];
        double[] ofTwo = [.. kept.Select(i => labels[i])];
        double[] z = [.. kept.Select(i => scores[3 * i + 1] - scores[3 * i])];
        double[] withThird = [.. z.SelectMany(value => new[] { 0, value, -1e6 })];

        var expected = CalibrationMap.Fit(CalibrationMethod.Temperature, ofTwo, z, cancellationToken: Token).Parameters[0];
        var found = ScoreCalibration.Fit(CalibrationMethod.Temperature, 3, ofTwo, withThird, cancellationToken: TestContext.Current.CancellationToken);

        found.Maps[0].Parameters[0].ShouldBe(expected, 1e-9);
    }

    /// <summary>Scores twice as large as those that the labels were drawn from have a temperature near 2, where the slope of the loss is 0.</summary>
    [Fact]
    public void OverconfidentScoresHaveATemperatureAboveOne()
    {
        var (labels, scores) = Rows(4_000, 3, seed: 4);
        double[] doubled = [.. scores.Select(score => 2 * score)];

        var calibration = ScoreCalibration.Fit(CalibrationMethod.Temperature, 3, labels, doubled, cancellationToken: TestContext.Current.CancellationToken);

        var temperature = calibration.Maps[0].Parameters[0];
        temperature.ShouldBeInRange(1.8, 2.2);
        double[] probabilities = [.. doubled];
        calibration.ToProbabilities(probabilities);
        var slope = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            for (var k = 0; k < 3; k++)
                slope += (probabilities[3 * i + k] - (labels[i] == k ? 1 : 0)) * doubled[3 * i + k];
        }
        slope.ShouldBe(0, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void ScoresGiveTheProbabilities(CalibrationMethod method)
    {
        var (labels, scores) = Rows(300, 3, seed: 5);
        var calibration = ScoreCalibration.Fit(method, 3, labels, scores, cancellationToken: TestContext.Current.CancellationToken);
        var (probabilities, calibrated) = (scores.ToArray(), scores.ToArray());
        calibration.ToProbabilities(probabilities);
        calibration.ToScores(calibrated);
        Softmax.Values(calibrated, 3, calibrated);

        for (var i = 0; i < probabilities.Length; i++)
            calibrated[i].ShouldBe(probabilities[i], 1e-12);
    }

    [Fact]
    public void ClassesWithoutASharedProbabilityAreEquallyProbable()
    {
        var zero = new CalibrationMap(CalibrationMethod.Isotonic, [], [0], [0]);
        double[] scores = [1, 2, 3, 4];

        new ScoreCalibration(4, [zero, zero, zero, zero]).ToProbabilities(scores);

        scores.ShouldBe([0.25, 0.25, 0.25, 0.25]);
    }

    /// <summary>A map of three classes is that of each class's log-odds against the others on its own.</summary>
    [Fact]
    public void EachClassHasTheMapOfItsLogOdds()
    {
        var (labels, scores) = Rows(300, 3, seed: 6);
        var probabilities = scores.ToArray();
        Softmax.Values(probabilities, 3, probabilities);

        var calibration = ScoreCalibration.Fit(CalibrationMethod.Sigmoid, 3, labels, scores, cancellationToken: TestContext.Current.CancellationToken);

        for (var k = 0; k < 3; k++)
        {
            double[] logOdds = [.. Enumerable.Range(0, labels.Length).Select(i => Math.Log(probabilities[3 * i + k] / (1 - probabilities[3 * i + k])))];
            var alone = CalibrationMap.Fit(CalibrationMethod.Sigmoid, [.. labels.Select(label => label == k ? 1.0 : 0)], logOdds, cancellationToken: Token);
            calibration.Maps[k].Parameters[0].ShouldBe(alone.Parameters[0], 1e-9);
            calibration.Maps[k].Parameters[1].ShouldBe(alone.Parameters[1], 1e-9);
        }
    }

    /// <summary>Each part is judged by the map of the others: of two parts, that of the other one.</summary>
    [Fact]
    public void LossIsThatOfRowsTheMapHasNotSeen()
    {
        var (labels, scores) = Rows(200, 3, seed: 7);
        double[] y = [.. labels.Select(label => label == 0 ? 0.0 : 1)];
        double[] z = [.. Enumerable.Range(0, 200).Select(i => scores[3 * i + 1] - scores[3 * i])];
        int[] foldOf = [.. Enumerable.Range(0, 200).Select(i => i % 2)];

        var judged = HeldOutCalibration.Fit(
            CalibrationMethod.Beta, 2, y, z, weights: null, foldOf, cancellationToken: TestContext.Current.CancellationToken);

        var loss = 0.0;
        for (var fold = 0; fold < 2; fold++)
        {
            var map = CalibrationMap.Fit(CalibrationMethod.Beta, [.. y.Where((_, i) => foldOf[i] != fold)],
                [.. z.Where((_, i) => foldOf[i] != fold)], cancellationToken: Token);
            double[] own = [.. z.Where((_, i) => foldOf[i] == fold)];
            map.Apply(own, own);
            loss -= y.Where((_, i) => foldOf[i] == fold).Zip(own, (label, p) => label == 1 ? Math.Log(p) : Math.Log(1 - p)).Sum();
        }
        judged.LogLossAfter!.Value.ShouldBe(loss / 200, 1e-12);
        judged.LogLossBefore.ShouldBe(y.Zip(z, (label, margin) => Math.Log(1 + Math.Exp(label == 1 ? -margin : margin))).Sum() / 200, 1e-12);
        judged.Rows.ShouldBe(200);
    }

    [Fact]
    public void PartsThatDetermineNoMapAreNotJudged() =>
        HeldOutCalibration.Fit(
            CalibrationMethod.Temperature, 2, [0, 1, 0, 1, 0], [-2, 2, -1, 1, 0.5], weights: null, [0, 0, 0, 0, 1],
            cancellationToken: TestContext.Current.CancellationToken).LogLossAfter.ShouldBeNull();

    [Fact]
    public void OtherNumbersOfMapsAreRefused()
    {
        var map = new CalibrationMap(CalibrationMethod.Sigmoid, [-1, 0]);

        Should.Throw<ArgumentException>(() => new ScoreCalibration(3, [map]));
        Should.Throw<ArgumentException>(() => new ScoreCalibration(2, [map, map]));
        Should.Throw<ArgumentException>(() => new ScoreCalibration(3, [map, map, new(CalibrationMethod.Isotonic, [], [0], [0.5])]));
    }

    /// <summary>Scores, and labels drawn from their softmax.</summary>
    private static (double[] Labels, double[] Scores) Rows(int rows, int classes, int seed)
    {
        var random = new Random(seed);
        double[] scores = [.. Enumerable.Range(0, rows * classes).Select(_ => 4 * random.NextDouble() - 2)];
        var (labels, probabilities) = (new double[rows], new double[classes]);
        for (var i = 0; i < rows; i++)
        {
            Softmax.Values(scores.AsSpan(i * classes, classes), classes, probabilities);
            var (draw, k) = (random.NextDouble(), 0);
            for (; k < classes - 1 && draw >= probabilities[k]; k++)
                draw -= probabilities[k];
            labels[i] = k;
        }
        return (labels, scores);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
