using CsCheck;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests.Data;

public class StratifiedSplitTests
{
    private static readonly Gen<double[]> Labels =
        Gen.Select(Gen.Int[5, 60], Gen.Int[5, 60], Gen.Int).Select((zeros, ones, seed) =>
        {
            double[] labels = [.. Enumerable.Repeat(0.0, zeros), .. Enumerable.Repeat(1.0, ones)];
            new Random(seed).Shuffle(labels);
            return labels;
        });

    [Fact]
    public void PartsAreDisjointCompleteAndStratified() =>
        Gen.Select(Labels, Gen.Double[0.2, 0.8], Gen.Long).Sample((labels, fraction, seed) =>
        {
            var (training, validation) = StratifiedSplit.Holdout(labels, fraction, seed);

            training.Concat(validation).Order().ShouldBe(Enumerable.Range(0, labels.Length));
            training.ShouldBeInOrder();
            validation.ShouldBeInOrder();
            foreach (var label in new[] { 0.0, 1.0 })
            {
                var members = labels.Count(value => value == label);
                validation.Count(row => labels[row] == label).ShouldBe((int)Math.Round(members * fraction));
            }
        }, iter: 200);

    [Fact]
    public void SeedGivesTheSameSplitOnEveryMachine()
    {
        double[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 3 == 0 ? 1.0 : 0.0)];

        var (training, validation) = StratifiedSplit.Holdout(labels, 0.25, 42);

        validation.ShouldBe([3, 6, 8, 13, 19]);
        training.ShouldBe(Enumerable.Range(0, 20).Except(validation));
    }

    [Fact]
    public void DifferentSeedsGiveDifferentSplits()
    {
        double[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? 1.0 : 0.0)];

        StratifiedSplit.Holdout(labels, 0.5, 1).Validation.ShouldNotBe(StratifiedSplit.Holdout(labels, 0.5, 2).Validation);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public void ClassMissingFromOnePartIsRefused(double fraction)
    {
        var problem = Should.Throw<UntrainableDataException>(() => StratifiedSplit.Holdout([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1], fraction, 0));

        problem.Code.ShouldBe("class_missing_from_split");
        problem.Message.ShouldContain("3 rows of class 1");
    }

    [Fact]
    public void SingleClassIsRefused() =>
        Should.Throw<UntrainableDataException>(() => StratifiedSplit.Holdout([1, 1, 1, 1], 0.5, 0)).Code.ShouldBe("class_missing_from_split");

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void LabelThatIsNeither0Nor1IsNamed(double label)
    {
        var problem = Should.Throw<UntrainableDataException>(() => StratifiedSplit.Holdout([0, 1, label], 0.5, 0));

        problem.Code.ShouldBe("invalid_label");
        problem.Message.ShouldBe($"Label 2 is {label}; labels are 0 or 1.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void FractionOutOfRangeIsRefused(double fraction) =>
        Should.Throw<ArgumentOutOfRangeException>(() => StratifiedSplit.Holdout([0, 1], fraction, 0)).ParamName.ShouldBe("fraction");
}
