using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Tests.Preprocessing;

public class FeatureTableTests
{
    [Fact]
    public void MissingNumbersAreFoundInEveryBlock()
    {
        var numbers = new DesignMatrix(DesignMatrix.BlockRows + 1, 1);
        numbers.Row(0)[0] = double.PositiveInfinity;

        new FeatureTable(numbers.Rows, [new("x", null)], numbers).HasMissingNumbers.ShouldBeFalse();

        numbers.Row(numbers.Rows - 1)[0] = double.NaN;
        new FeatureTable(numbers.Rows, [new("x", null)], numbers).HasMissingNumbers.ShouldBeTrue();
        new FeatureTable(numbers.Rows, [new("x", null)], numbers, hasMissing: false).HasMissingNumbers.ShouldBeFalse();
    }

    [Fact]
    public void InconsistentColumnsAreRefused()
    {
        var category = new CategoryCodes([0, -1], ["a"]);

        Refusal(() => new FeatureTable(2, [new("x", null)], null)).ShouldStartWith("There are 1 columns of numbers and 0 in the matrix.");
        Refusal(() => new FeatureTable(2, [new("x", null)], new DesignMatrix(3, 1))).ShouldStartWith("There are 2 rows and 3 in the matrix.");
        Refusal(() => new FeatureTable(3, [new("kind", category)], null)).ShouldStartWith("There are 3 rows and 2 codes of 'kind'.");
        Refusal(() => new CategoryCodes([0, 1], ["a"])).ShouldStartWith("Row 1: code 1 ");
        Refusal(() => new CategoryCodes([-2], ["a"])).ShouldStartWith("Row 0: code -2 ");
        Refusal(() => new CategoryCodes([0], ["a", "a"])).ShouldStartWith("Level 'a' is repeated.");

        static string Refusal(Func<object> create) => Should.Throw<ArgumentException>(create).Message;
    }
}
