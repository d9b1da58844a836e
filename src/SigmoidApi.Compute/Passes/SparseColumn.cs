using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Passes;

/// <summary>A copy of a column's entries x, in arrays that it shares with others; its z = (x − mean) · reciprocal.</summary>
/// <param name="Rows">Of the entries, in rising order.</param>
/// <param name="Values">Null if each is 1.</param>
/// <param name="Start">Of its entries in the arrays.</param>
/// <param name="Count">Of its entries.</param>
/// <param name="Mean">0 if it is not centred. The intercept has no entries, and mean −1.</param>
/// <param name="Reciprocal">1 / deviation</param>
internal sealed record SparseColumn(int[] Rows, double[]? Values, int Start, int Count, double Mean, double Reciprocal)
{
    /// <summary>How many of its entries are in the first half of the rows.</summary>
    public int Half { get; set; }

    /// <summary>The same column of mean 0, with an entry in every row.</summary>
    /// <param name="count">Of the rows.</param>
    public SparseColumn InEveryRow(int count)
    {
        var values = new double[count];
        Array.Fill(values, -Mean);
        Add(0, Count, 1, values);
        return new SparseColumn([.. Enumerable.Range(0, count)], values, 0, count, 0, Reciprocal) { Half = count / 2 };
    }

    /// <summary>Σ x · vector</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Product(double[] vector)
    {
        var rows = Rows.AsSpan(Start, Count);
        var (even, odd) = (0.0, 0.0);
        var k = 0;
        if (Values is null)
        {
            for (; k < rows.Length - 1; k += 2)
            {
                even += vector[rows[k]];
                odd += vector[rows[k + 1]];
            }
            if (k < rows.Length)
                even += vector[rows[k]];
            return even + odd;
        }
        var values = Values.AsSpan(Start, rows.Length);
        for (; k < rows.Length - 1; k += 2)
        {
            even = Math.FusedMultiplyAdd(values[k], vector[rows[k]], even);
            odd = Math.FusedMultiplyAdd(values[k + 1], vector[rows[k + 1]], odd);
        }
        if (k < rows.Length)
            even = Math.FusedMultiplyAdd(values[k], vector[rows[k]], even);
        return even + odd;
    }

    /// <summary>Σ x · weights · (margins − means)</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Product(double[] weights, double[] margins, double[] means)
    {
        var rows = Rows.AsSpan(Start, Count);
        var values = Values is null ? [] : Values.AsSpan(Start, Count);
        var (even, odd) = (0.0, 0.0);
        var k = 0;
        for (; k < rows.Length - 1; k += 2)
        {
            var (i, j) = (rows[k], rows[k + 1]);
            var (first, second) = (weights[i] * (margins[i] - means[i]), weights[j] * (margins[j] - means[j]));
            if (values.IsEmpty)
            {
                even += first;
                odd += second;
                continue;
            }
            even = Math.FusedMultiplyAdd(values[k], first, even);
            odd = Math.FusedMultiplyAdd(values[k + 1], second, odd);
        }
        if (k < rows.Length)
            even += (values.IsEmpty ? 1 : values[k]) * weights[rows[k]] * (margins[rows[k]] - means[rows[k]]);
        return even + odd;
    }

    /// <summary>Σ v·x and Σ v·x²</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (double Weighted, double Squares) Moments(double[] weights)
    {
        if (Values is null)
        {
            var sum = Product(weights);
            return (sum, sum);
        }
        var rows = Rows.AsSpan(Start, Count);
        var values = Values.AsSpan(Start, rows.Length);
        var (weighted, squares) = (0.0, 0.0);
        for (var k = 0; k < rows.Length; k++)
        {
            var product = weights[rows[k]] * values[k];
            weighted += product;
            squares = Math.FusedMultiplyAdd(product, values[k], squares);
        }
        return (weighted, squares);
    }

    /// <summary>sums += factor · x, for some of the entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int first, int count, double factor, double[] sums)
    {
        var rows = Rows.AsSpan(Start + first, count);
        if (Values is null)
        {
            foreach (var row in rows)
                sums[row] += factor;
            return;
        }
        var values = Values.AsSpan(Start + first, count);
        for (var k = 0; k < rows.Length; k++)
            sums[rows[k]] = Math.FusedMultiplyAdd(factor, values[k], sums[rows[k]]);
    }

    /// <summary>sums += factor · weights · x</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddProducts(double[] weights, double factor, double[] sums)
    {
        var rows = Rows.AsSpan(Start, Count);
        if (Values is null)
        {
            foreach (var row in rows)
                sums[row] = Math.FusedMultiplyAdd(factor, weights[row], sums[row]);
            return;
        }
        var values = Values.AsSpan(Start, rows.Length);
        for (var k = 0; k < rows.Length; k++)
            sums[rows[k]] = Math.FusedMultiplyAdd(factor * values[k], weights[rows[k]], sums[rows[k]]);
    }

    /// <summary>margins += factor · x, and means += factor · probabilities · x</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(double factor, double[] margins, double[] probabilities, double[] means)
    {
        var rows = Rows.AsSpan(Start, Count);
        var values = Values is null ? [] : Values.AsSpan(Start, Count);
        for (var k = 0; k < rows.Length; k++)
        {
            var (row, change) = (rows[k], values.IsEmpty ? factor : factor * values[k]);
            margins[row] += change;
            means[row] = Math.FusedMultiplyAdd(change, probabilities[row], means[row]);
        }
    }
}
