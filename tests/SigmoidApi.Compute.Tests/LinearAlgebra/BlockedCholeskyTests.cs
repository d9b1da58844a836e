using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Tests.LinearAlgebra;

public class BlockedCholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(101)]
    [InlineData(300)]
    public void SolutionsSatisfyTheEquations(int order)
    {
        var (matrix, full) = Gram(order, order + 50, dependent: false);
        var random = new Random(2);
        double[] right = [.. Enumerable.Range(0, order).Select(_ => random.NextDouble() - 0.5)];
        var solution = (double[])right.Clone();
        var blocked = new BlockedCholesky(matrix);

        blocked.Factorize(1e-10).ShouldBeTrue();
        blocked.Solve(solution);

        for (var i = 0; i < order; i++)
        {
            var (sum, size) = (0.0, 0.0);
            for (var j = 0; j < order; j++)
                (sum, size) = (sum + full[i * order + j] * solution[j], size + Math.Abs(full[i * order + j] * solution[j]));
            sum.ShouldBe(right[i], 1e-12 * size);
        }
    }

    [Fact]
    public void ItAgreesWithThePivotingFactorisationOnDependentColumns()
    {
        foreach (var dependent in new[] { false, true })
        {
            var (matrix, _) = Gram(90, 200, dependent);
            new Cholesky(90).Factorize(matrix, default, 1e-4).ShouldBe(!dependent);
            new BlockedCholesky(matrix).Factorize(1e-4).ShouldBe(!dependent);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ADiagonalThatCannotBeScaledFails(double value)
    {
        var (matrix, _) = Gram(40, 90, dependent: false);
        matrix[35, 35] = value;

        new BlockedCholesky(matrix).Factorize(1e-4).ShouldBeFalse();
    }

    /// <summary>Column 77 of the rows is the sum of columns 3 and 50 if they are dependent. Units differ by column.</summary>
    private static (SymmetricMatrix Matrix, double[] Full) Gram(int order, int rows, bool dependent)
    {
        var random = new Random(order);
        var values = new double[rows * order];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < order; j++)
                values[i * order + j] = (random.NextDouble() - 0.5) * Math.Pow(10, j % 9 - 4);
            if (dependent)
                values[i * order + 77] = values[i * order + 3] + values[i * order + 50];
        }
        var matrix = new SymmetricMatrix(order);
        matrix.Values.Fill(7);
        for (var i = 0; i < order; i++)
        {
            for (var j = i; j < order; j++)
                matrix[i, j] = Enumerable.Range(0, rows).Sum(k => values[k * order + i] * values[k * order + j]);
        }
        return (matrix, matrix.ToFull(order));
    }
}
