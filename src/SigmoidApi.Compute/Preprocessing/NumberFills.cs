using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Preprocessing;

/// <summary>Learns the fills of missing numbers from the rows of weight above 0; a row of weight 2 counts twice.</summary>
internal static class NumberFills
{
    private const int ChunkRows = 1024;

    /// <param name="table">Has at least one number column.</param>
    /// <param name="options">One for each column of the table.</param>
    /// <param name="weights">Null for 1.</param>
    /// <param name="means">
    /// The means of the number columns if nothing is missing and the caller knows them, which saves a pass over the rows; null computes them.
    /// </param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Checked for every chunk of rows.</param>
    /// <returns>The table's number columns in their order.</returns>
    public static FittedNumber[] Fit(FeatureTable table, IReadOnlyList<ColumnPreparation> options, double[]? weights, double[]? means, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        var present = new double[table.Numbers!.Columns];
        var total = weights?.Sum() ?? table.Rows;
        if (means is null)
            (means, present, total) = Means(table, weights, crew, cancellationToken);
        else
            Array.Fill(present, total);
        var numbers = new FittedNumber[present.Length];
        int[] columns = [.. Enumerable.Range(0, options.Count).Where(j => table.Columns[j].Codes is null)];
        if (table.IsStreamed)
        {
            // One column after another, because sorting copies a column into memory.
            for (var k = 0; k < columns.Length; k++)
                Learn(k);
        }
        else
        {
            crew.Run(columns.Length, (k, _) => Learn(k));
        }
        return numbers;

        void Learn(int k)
        {
            var option = options[columns[k]];
            var fill = option.Imputation switch
            {
                Imputation.Constant => option.FillNumber,
                _ when present[k] == 0 => 0,
                null or Imputation.Mean => means[k],
                Imputation.Median => SortValues(table, k, weights, cancellationToken).Median(),
                _ => SortValues(table, k, weights, cancellationToken).Mode(),
            };
            var missing = total - present[k];
            numbers[k] = new FittedNumber(table.Columns[columns[k]].Name, fill, option.MissingIndicator && missing > 0, missing, present[k]);
        }
    }

    /// <summary>
    /// Sums differences from each column's first value. This makes the mean of a constant column exact, so that the column stays constant when filled.
    /// </summary>
    private static (double[] Means, double[] Present, double Total) Means(FeatureTable table, double[]? weights, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        var columns = table.Numbers!.Columns;
        var first = FirstValues(table, weights);
        var sums = new TreeSum(table.Rows, ChunkRows, 64, 2 * columns + 1, crew).Run((start, count, _, sums) =>
        {
            var i = start;
            foreach (var row in table.Numbers.RowsFrom(start, count))
            {
                var weight = weights?[i++] ?? 1;
                if (weight == 0)
                    continue;
                AddPresent(row, first, weight, sums[..columns], sums.Slice(columns, columns));
                sums[2 * columns] += weight;
            }
        }, cancellationToken);
        var means = new double[columns];
        for (var k = 0; k < columns; k++)
            means[k] = first[k] + sums[k] / sums[columns + k];
        return (means, sums.Slice(columns, columns).ToArray(), sums[2 * columns]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPresent(ReadOnlySpan<double> row, ReadOnlySpan<double> first, double weight, Span<double> sums, Span<double> present)
    {
        for (var k = 0; k < row.Length; k++)
        {
            if (!double.IsNaN(row[k]))
            {
                sums[k] += weight * (row[k] - first[k]);
                present[k] += weight;
            }
        }
    }

    private static double[] FirstValues(FeatureTable table, double[]? weights)
    {
        var first = new double[table.Numbers!.Columns];
        Array.Fill(first, double.NaN);
        var unknown = first.Length;
        var i = 0;
        foreach (var row in table.Numbers.RowsFrom(0, table.Rows))
        {
            if (weights?[i++] == 0)
                continue;
            for (var k = 0; k < row.Length; k++)
            {
                if (double.IsNaN(first[k]) && !double.IsNaN(row[k]))
                {
                    first[k] = row[k];
                    unknown--;
                }
            }
            if (unknown == 0)
                break;
        }
        return first;
    }

    private static SortedValues SortValues(FeatureTable table, int column, double[]? weights, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (values, valueWeights, count) = (new double[table.Rows], weights is null ? null : new double[table.Rows], 0);
        table.Numbers!.CopyColumn(column, values, cancellationToken);
        for (var i = 0; i < table.Rows; i++)
        {
            var value = values[i];
            if (double.IsNaN(value) || weights?[i] == 0)
                continue;
            if (valueWeights is not null)
                valueWeights[count] = weights![i];
            values[count++] = value;
        }
        if (valueWeights is null)
            Array.Sort(values, 0, count);
        else
            Array.Sort(values, valueWeights, 0, count);
        return new SortedValues(values.AsMemory(0, count), valueWeights);
    }

    /// <summary>At least one value, in rising order, and the weight of each.</summary>
    private sealed record SortedValues(ReadOnlyMemory<double> Values, double[]? Weights)
    {
        /// <summary>The value at which half of the total weight is reached; if that is between two values, their mean.</summary>
        public double Median()
        {
            var values = Values.Span;
            var total = 0.0;
            for (var i = 0; i < values.Length; i++)
                total += WeightOf(i);
            var below = 0.0;
            for (var i = 0; i < values.Length - 1; i++)
            {
                below += WeightOf(i);
                if (2 * below == total)
                    return Middle(values[i], values[i + 1]);
                if (2 * below > total)
                    return values[i];
            }
            return values[^1];
        }

        /// <summary>The value of the largest total weight; the smallest of equal ones.</summary>
        public double Mode()
        {
            var values = Values.Span;
            var (best, most, weight) = (values[0], 0.0, 0.0);
            for (var i = 0; i < values.Length; i++)
            {
                weight = i > 0 && values[i] == values[i - 1] ? weight + WeightOf(i) : WeightOf(i);
                if (weight > most)
                    (best, most) = (values[i], weight);
            }
            return best;
        }

        private double WeightOf(int i) => Weights is null ? 1 : Weights[i];

        private static double Middle(double low, double high)
        {
            var sum = low + high;
            return double.IsFinite(sum) ? sum / 2 : low / 2 + high / 2;
        }
    }
}
