using CsCheck;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Tests.Preprocessing;

namespace SigmoidApi.Compute.Tests.Regression;

public class MultinomialModelTests
{
    private static readonly MultinomialModel Model = new([0.5, -0.5, 0], [[1, 2], [0, -1], [-1, 0]]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void ProbabilitiesAreTheSoftmaxOfTheMargins()
    {
        var (margins, probabilities) = (new double[6], new double[6]);

        Model.PredictMargins([1, 2, 0, -1], margins);
        Model.PredictProbabilities([1, 2, 0, -1], probabilities);

        margins.ShouldBe([5.5, -2.5, -1, -1.5, 0.5, 0]);
        for (var i = 0; i < 6; i++)
            probabilities[i].ShouldBe(Math.Exp(margins[i]) / margins.Skip(i / 3 * 3).Take(3).Sum(margin => Math.Exp(margin)), 1e-15);
        (Model.Classes, Model.Columns).ShouldBe((3, 2));
    }

    [Fact]
    public void OneVsRestDividesSigmoidsByTheirSumEvenWhereAllAre0()
    {
        var model = new MultinomialModel([0, 0, 0], [[1], [2], [3]], MultiClass.OneVsRest);
        var probabilities = new double[6];

        model.PredictProbabilities([0.7, -2000], probabilities);

        double[] sigmoids = [.. new[] { 0.7, 1.4, 2.1 }.Select(margin => 1 / (1 + Math.Exp(-margin)))];
        for (var k = 0; k < 3; k++)
            probabilities[k].ShouldBe(sigmoids[k] / sigmoids.Sum(), 1e-15);
        probabilities[3..].ShouldBe([1, 0, 0]);
    }

    [Fact]
    public void LabelIsTheFirstClassOfGreatestProbability()
    {
        var labels = new int[3];

        MultinomialModel.Labels([0.2, 0.5, 0.3, 0.4, 0.2, 0.4, 1 / 3.0, 1 / 3.0, 1 / 3.0], 3, labels);

        labels.ShouldBe([1, 0, 0]);
    }

    [Fact]
    public void MeanLogLossIsFiniteWhereProbabilitiesRoundTo0() =>
        new MultinomialModel([0, 0, 0], [[1], [0], [-1]]).MeanLogLoss([1000, 0], [2, 1]).ShouldBe((2000 + Math.Log(3)) / 2, 1e-12);

    [Fact]
    public void PredictionsAllocateNothing()
    {
        double[] rows = [1, 2, 0, -1];
        var probabilities = new double[6];
        Model.PredictProbabilities(rows, probabilities);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
            Model.PredictProbabilities(rows, probabilities);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void LengthsThatDoNotAgreeAreRefused()
    {
        Should.Throw<ArgumentException>(() => Model.PredictMargins([1, 2, 3], new double[3]));
        Should.Throw<ArgumentException>(() => Model.PredictMargins([1, 2], new double[4]));
        Should.Throw<ArgumentException>(() => new MultinomialModel([1, 2], [[1], [1, 2]]));
        Should.Throw<ArgumentException>(() => new MultinomialModel([1], [[1]]));
        Should.Throw<ArgumentException>(() => Model.MeanLogLoss([1, 2], [3])).Message.ShouldContain("from 0 to 2");
    }

    [Fact]
    public void PreparedMarginsAgreeWithTheDesignRows() =>
        Gen.Select(RandomTable.Tables, RandomTable.Tables, RandomTable.Options.Array[4], Gen.Int).Sample((training, table, options, seed) =>
        {
            options = [.. options.Select(option => option.Unknown == UnknownLevel.Error ? option with { Unknown = UnknownLevel.Ignore } : option)];
            var preparation = Preparation.Fit(training, options, null, Token);
            var random = new Random(seed);
            double[][] coefficients = [.. Enumerable.Range(0, 3).Select(_ => preparation.Terms.Select(_ => 4 * random.NextDouble() - 2).ToArray())];
            var model = new MultinomialModel([0.3, 0, -0.3], coefficients);
            var (numbers, codes) = ServedRows.Of(table, preparation, [.. Enumerable.Range(0, table.Rows)]);
            var margins = new double[3 * table.Rows];

            new PreparedMultinomialModel(preparation, model).PredictMargins(numbers, codes, margins);

            var design = preparation.Transform(table, Token);
            for (var i = 0; i < margins.Length; i++)
            {
                var expected = model.Intercepts[i % 3] + design.RowOf(i / 3).Zip(coefficients[i % 3], (x, w) => x * w).Sum();
                margins[i].ShouldBe(expected, 1e-12);
            }
        }, iter: 200);
}
