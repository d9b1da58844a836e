using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Tests.Preprocessing;

public class FeatureTableTests
{
    [Fact]
    public void MissingNumbersAreLookedForInEveryBlock()
    {
        var numbers = new DesignMatrix(DesignMatrix.BlockRows + 1, 1);
        numbers.Row(0)[0] = double.PositiveInfinity;

        new FeatureTable(numbers.Rows, [new("x", null)], numbers).HasMissingNumbers.ShouldBeFalse();

        numbers.Row(numbers.Rows - 1)[0] = double.NaN;
        new FeatureTable(numbers.Rows, [new("x", null)], numbers).HasMissingNumbers.ShouldBeTrue();
        new FeatureTable(numbers.Rows, [new("x", null)], numbers, hasMissing: false).HasMissingNumbers.ShouldBeFalse();
    }

    [Fact]
    public void ColumnsThatDoNotFitTogetherAreRefused()
    {
        var category = new CategoryCodes([0, -1], ["a"]);

        Should.Throw<ArgumentException>(() => new FeatureTable(2, [new("x", null)], null)).Message.ShouldStartWith("There are 1 columns of numbers and 0 in the matrix.");
        Should.Throw<ArgumentException>(() => new FeatureTable(2, [new("x", null)], new DesignMatrix(3, 1))).Message.ShouldStartWith("There are 2 rows and 3 in the matrix.");
        Should.Throw<ArgumentException>(() => new FeatureTable(3, [new("kind", category)], null)).Message.ShouldStartWith("There are 3 rows and 2 codes of 'kind'.");
        Should.Throw<ArgumentException>(() => new CategoryCodes([0, 1], ["a"])).Message.ShouldStartWith("Row 1: code 1 ");
        Should.Throw<ArgumentException>(() => new CategoryCodes([-2], ["a"])).Message.ShouldStartWith("Row 0: code -2 ");
        Should.Throw<ArgumentException>(() => new CategoryCodes([0], ["a", "a"])).Message.ShouldStartWith("Level 'a' is repeated.");
    }
}
