using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Regression;

public class LogisticModelTests
{
    [Fact]
    public void ProbabilityIsTheSigmoidOfTheMargin()
    {
        var model = new LogisticModel(0.5, [2, -1]);
        var probabilities = new double[3];

        model.PredictProbabilities([0, 0, 1, 2.5, 1000, 0], probabilities);

        probabilities[0].ShouldBe(1 / (1 + Math.Exp(-0.5)), 1e-16);
        probabilities[1].ShouldBe(0.5);
        probabilities[2].ShouldBe(1);
    }

    [Fact]
    public void PredictingAllocatesNothing()
    {
        var model = new LogisticModel(0.5, [2, -1]);
        var (rows, probabilities) = (new double[200], new double[100]);
        model.PredictProbabilities(rows, probabilities);

        var before = GC.GetAllocatedBytesForCurrentThread();
        model.PredictProbabilities(rows, probabilities);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void MeanLogLossIsFiniteWhereTheSigmoidSaturates()
    {
        var model = new LogisticModel(0, [1]);

        model.MeanLogLoss([1000, -1000, 0], [0, 0, 1]).ShouldBe((1000 + Math.Log(2)) / 3, 1e-12);
    }

    [Fact]
    public void RowsOfAnotherLengthAreRefused()
    {
        var model = new LogisticModel(0, [1, 2]);

        Should.Throw<ArgumentException>(() => model.PredictProbabilities([1, 2, 3], new double[2])).Message
            .ShouldStartWith("Expected 2 rows of 2 columns, got 3 values.");
        Should.Throw<ArgumentException>(() => model.MeanLogLoss([1, 2, 3], [0, 1]));
        Should.Throw<ArgumentException>(() => model.MeanLogLoss([], []));
    }

    [Fact]
    public void LabelsOtherThan0And1AreRefused() =>
        Should.Throw<UntrainableDataException>(() => new LogisticModel(0, [1]).MeanLogLoss([1, 2], [0, 0.5])).Code.ShouldBe("invalid_label");

    [Fact]
    public void AModelCopiesItsCoefficients()
    {
        double[] coefficients = [1, 2];
        var model = new LogisticModel(0, coefficients);

        coefficients[0] = 9;

        model.Coefficients.ToArray().ShouldBe([1, 2]);
    }
}
