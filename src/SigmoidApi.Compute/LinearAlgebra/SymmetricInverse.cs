namespace SigmoidApi.Compute.LinearAlgebra;

internal static class SymmetricInverse
{
    /// <summary>A⁻¹ over the columns that the factorisation took, 0 on the others.</summary>
    public static SymmetricMatrix Of(Cholesky factor, int order, CancellationToken cancellationToken)
    {
        var inverse = new SymmetricMatrix(order);
        var column = new double[order];
        for (var j = 0; j < order; j++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(column);
            if (factor.Kept[j])
            {
                column[j] = 1;
                factor.Solve(column);
            }
            for (var i = 0; i <= j; i++)
                inverse[i, j] = column[i];
        }
        return inverse;
    }
}
