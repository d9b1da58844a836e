using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests.Data;

public class DesignMatrixTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(DesignMatrix.BlockRows)]
    [InlineData(DesignMatrix.BlockRows + 1)]
    [InlineData(2 * DesignMatrix.BlockRows + 17)]
    public void RowsAreReadAsWrittenAcrossBlocks(int rows)
    {
        var matrix = Numbered(rows, 3);

        for (var i = 0; i < rows; i++)
            matrix.Row(i).ToArray().ShouldBe([3.0 * i, 3.0 * i + 1, 3.0 * i + 2]);
        matrix.Rows.ShouldBe(rows);
        matrix.Columns.ShouldBe(3);
    }

    [Fact]
    public void SelectCopiesRowsInTheGivenOrder()
    {
        var matrix = Numbered(DesignMatrix.BlockRows + 2, 1);

        var selected = matrix.Select([DesignMatrix.BlockRows + 1, 0, 0, 5]);
        matrix.Row(0)[0] = -1;

        Enumerable.Range(0, 4).Select(i => selected.Row(i)[0]).ShouldBe([DesignMatrix.BlockRows + 1.0, 0, 0, 5]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void FromRowsRefusesAWrongNumberOfValues(int length) =>
        Should.Throw<ArgumentException>(() => DesignMatrix.FromRows(new double[length], 2, 3)).Message
            .ShouldStartWith($"Expected 2 × 3 values, got {length}.");

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void RowIndexOutOfRangeIsRefused(int row) => Should.Throw<ArgumentOutOfRangeException>(() => _ = new DesignMatrix(2, 1).Row(row).Length);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, int.MaxValue)]
    public void InvalidShapeIsRefused(int rows, int columns) => Should.Throw<ArgumentOutOfRangeException>(() => new DesignMatrix(rows, columns));

    [Theory]
    [InlineData(0, 0, double.NaN)]
    [InlineData(DesignMatrix.BlockRows + 3, 4, double.PositiveInfinity)]
    [InlineData(DesignMatrix.BlockRows - 1, 8, double.NegativeInfinity)]
    public void FirstNonFiniteCellIsNamed(int row, int column, double value)
    {
        var matrix = new DesignMatrix(DesignMatrix.BlockRows + 4, 9);
        matrix.Row(row)[column] = value;
        matrix.Row(DesignMatrix.BlockRows + 3)[8] = double.NaN;

        var problem = Should.Throw<UntrainableDataException>(matrix.RequireFinite);

        problem.Code.ShouldBe("non_finite_value");
        problem.Message.ShouldStartWith($"Row {row}, column {column} is {value};");
    }

    private static DesignMatrix Numbered(int rows, int columns) =>
        DesignMatrix.FromRows(Enumerable.Range(0, rows * columns).Select(i => (double)i).ToArray(), rows, columns);
}
