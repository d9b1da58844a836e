using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Passes;

/// <summary>Products and sums of a sparse row's stored entries.</summary>
internal static class SparseKernel
{
    /// <summary>A row times a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Product(SparseMatrix features, int row, ReadOnlySpan<double> weights)
    {
        var columns = features.Row(row, out var values);
        var (even, odd) = (0.0, 0.0);
        var k = 0;
        if (values.IsEmpty)
        {
            for (; k < columns.Length - 1; k += 2)
            {
                even += weights[columns[k]];
                odd += weights[columns[k + 1]];
            }
            if (k < columns.Length)
                even += weights[columns[k]];
        }
        else
        {
            for (; k < columns.Length; k++)
                even = Math.FusedMultiplyAdd(values[k], weights[columns[k]], even);
        }
        return even + odd;
    }

    /// <summary><paramref name="sums"/> += weight · row</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(SparseMatrix features, int row, double weight, Span<double> sums)
    {
        var columns = features.Row(row, out var values);
        if (values.IsEmpty)
        {
            foreach (var column in columns)
                sums[column] += weight;
            return;
        }
        for (var k = 0; k < columns.Length; k++)
            sums[columns[k]] = Math.FusedMultiplyAdd(weight, values[k], sums[columns[k]]);
    }
}
