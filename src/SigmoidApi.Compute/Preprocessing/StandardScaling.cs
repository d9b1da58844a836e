using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Preprocessing;

/// <summary>
/// Each column's mean and population standard deviation, and the way of coefficients between the columns' own units and the
/// standardised ones: z = (x − mean) / deviation. A constant column has deviation 0; there z is 0 and so is the coefficient.
/// </summary>
internal sealed class StandardScaling
{
    private StandardScaling(double[] means, double[] deviations)
    {
        Means = means;
        Deviations = deviations;
    }

    public double[] Means { get; }

    public double[] Deviations { get; }

    /// <summary>
    /// The corrected two-pass algorithm (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983): the second pass
    /// is about the means of the first and corrects them; it counts in units of each column's range, so that no square overflows.
    /// </summary>
    /// <exception cref="UntrainableDataException"><c>numeric_range_exceeded</c>: a column's sum, range or 1 / deviation is not a float64.</exception>
    public static StandardScaling Fit(DesignMatrix features, CancellationToken cancellationToken)
    {
        var columns = features.Columns;
        var shift = features.Row(0).ToArray();
        var (minima, maxima) = ((double[])shift.Clone(), (double[])shift.Clone());
        var means = new double[columns];
        SumRows(features, means, (row, sums) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                minima[j] = Math.Min(minima[j], row[j]);
                maxima[j] = Math.Max(maxima[j], row[j]);
                // About the first row: exact for a constant column, and close for one whose mean dwarfs its deviation.
                sums[j] += row[j] - shift[j];
            }
        }, cancellationToken);
        for (var j = 0; j < columns; j++)
            means[j] = shift[j] + means[j] / features.Rows;

        var moments = new double[2 * columns];
        var ranges = new double[columns];
        for (var j = 0; j < columns; j++)
            ranges[j] = maxima[j] - minima[j];
        SumRows(features, moments, (row, sums) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                var z = (row[j] - means[j]) / ranges[j];
                sums[j] += z;
                sums[columns + j] += z * z;
            }
        }, cancellationToken);
        var deviations = new double[columns];
        for (var j = 0; j < columns; j++)
        {
            if (ranges[j] != 0)
            {
                var correction = moments[j] / features.Rows;
                means[j] += ranges[j] * correction;
                deviations[j] = ranges[j] * Math.Sqrt(moments[columns + j] / features.Rows - correction * correction);
            }
            if (!double.IsFinite(means[j]) || !double.IsFinite(deviations[j]) || (deviations[j] != 0 && !double.IsFinite(1 / deviations[j])))
            {
                throw new UntrainableDataException("numeric_range_exceeded",
                    $"Column {j} runs from {minima[j]} to {maxima[j]}, which float64 cannot standardise; rescale it.");
            }
        }
        return new StandardScaling(means, deviations);
    }

    public IEnumerable<int> ConstantColumns() => Enumerable.Range(0, Deviations.Length).Where(j => Deviations[j] == 0);

    /// <summary>Coefficients for standardised columns from those in the columns' own units.</summary>
    public (double Intercept, double[] Coefficients) ToStandardized(double intercept, ReadOnlySpan<double> coefficients)
    {
        var standardized = new double[coefficients.Length];
        for (var j = 0; j < standardized.Length; j++)
        {
            standardized[j] = coefficients[j] * Deviations[j];
            intercept += coefficients[j] * Means[j];
        }
        return (intercept, standardized);
    }

    /// <summary>Coefficients in the columns' own units from those for standardised columns.</summary>
    public (double Intercept, double[] Coefficients) ToOwnUnits(double intercept, ReadOnlySpan<double> coefficients)
    {
        var own = new double[coefficients.Length];
        for (var j = 0; j < own.Length; j++)
        {
            if (Deviations[j] != 0)
            {
                own[j] = coefficients[j] / Deviations[j];
                intercept -= coefficients[j] * (Means[j] / Deviations[j]);
            }
        }
        return (intercept, own);
    }

    private delegate void RowAction(ReadOnlySpan<double> row, double[] sums);

    /// <summary>Sums within each block of rows first, then over the blocks: the error grows with neither's number alone.</summary>
    private static void SumRows(DesignMatrix features, double[] totals, RowAction action, CancellationToken cancellationToken)
    {
        var sums = new double[totals.Length];
        for (var b = 0; b < features.BlockCount; b++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var block = features.Block(b);
            Array.Clear(sums);
            for (; !block.IsEmpty; block = block[features.Columns..])
                action(block[..features.Columns], sums);
            for (var j = 0; j < totals.Length; j++)
                totals[j] += sums[j];
        }
    }
}
