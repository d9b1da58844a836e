using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// Each column's mean and population standard deviation. Standardised values are z = (x − mean) / deviation; coefficients are converted between
/// the columns' own units and standardised ones. A constant column has deviation 0, and its z and its coefficient are 0. A column that is not
/// scaled has mean 0 and deviation 1. Without an intercept the columns are scaled about 0: <see cref="AboutZero"/>.
/// </summary>
internal sealed class StandardScaling
{
    private const int ChunkRows = 1024;

    private StandardScaling(double[] means, double[] deviations, double[]? columnMeans = null)
    {
        Means = means;
        ColumnMeans = columnMeans ?? means;
        Deviations = deviations;
        Reciprocals = Array.ConvertAll(deviations, deviation => deviation == 0 ? 0 : 1 / deviation);
    }

    /// <summary>What is subtracted from each column.</summary>
    public double[] Means { get; }

    /// <summary>The mean of each column, also of those from which nothing is subtracted.</summary>
    public double[] ColumnMeans { get; }

    public double[] Deviations { get; }

    /// <summary>1 / deviation; 0 for a constant column.</summary>
    public double[] Reciprocals { get; }

    /// <summary>
    /// Computes means and deviations by the corrected two-pass algorithm (Chan, Golub and LeVeque, "Algorithms for computing the sample variance",
    /// 1983). The second pass takes differences from the means of the first pass and corrects these. It works in units of each column's range, so
    /// that no square overflows.
    /// </summary>
    /// <param name="features">All rows.</param>
    /// <param name="weights">Of each row: a row of weight 2 counts twice, one of weight 0 not at all. Null for weights of 1.</param>
    /// <param name="crew">The threads; null for the caller's thread alone.</param>
    /// <param name="cancellationToken">Checked for every chunk of rows.</param>
    /// <exception cref="UntrainableDataException">
    /// <c>numeric_range_exceeded</c>: a column's sum, range or 1 / deviation exceeds float64.
    /// </exception>
    public static StandardScaling Fit(FeatureMatrix features, double[]? weights, ThreadCrew? crew, CancellationToken cancellationToken)
    {
        crew ??= new ThreadCrew();
        return features is SparseMatrix sparse
            ? FitSparse(sparse, weights, cancellationToken)
            : FitDense(features, weights, crew, cancellationToken);
    }

    /// <summary>The same scaling, except that indicator columns (0 or 1) that are not constant are not scaled.</summary>
    public StandardScaling Leaving(IReadOnlyList<bool> indicators)
    {
        bool[] leave = [.. indicators.Select((isIndicator, j) => isIndicator && Deviations[j] != 0)];
        return new StandardScaling(
            [.. Means.Select((mean, j) => leave[j] ? 0 : mean)], [.. Deviations.Select((deviation, j) => leave[j] ? 1 : deviation)],
            ColumnMeans);
    }

    /// <summary>
    /// The same scaling, except that columns whose mean is not larger than their deviation are not centred. With an intercept that has no penalty the model is
    /// the same. By weight, only a column that has entries in more than half of the rows can be centred: its mean² / variance is at most share / (1 − share).
    /// </summary>
    public StandardScaling WithLargeMeansOnly() =>
        new([.. Means.Zip(Deviations, (mean, deviation) => deviation != 0 && Math.Abs(mean) > deviation ? mean : 0)], Deviations, ColumnMeans);

    /// <summary>
    /// For a fit without an intercept: scales columns about 0, to a root mean square of 1. Centring would add an intercept in the columns' own
    /// units.
    /// </summary>
    /// <exception cref="UntrainableDataException">
    /// <c>numeric_range_exceeded</c>: a column's root mean square, or its reciprocal, exceeds float64.
    /// </exception>
    public StandardScaling AboutZero()
    {
        double[] rootMeanSquares = [.. Means.Zip(Deviations, double.Hypot)];
        return Checked(new double[Means.Length], rootMeanSquares, j => $"a root mean square of {rootMeanSquares[j]}", ColumnMeans);
    }

    private static StandardScaling FitDense(FeatureMatrix features, double[]? weights, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var columns = features.Columns;
        var tiles = new RowTiles(features, scaling: null, hasIntercept: false);
        var width = tiles.Stride;
        var shift = new double[width];
        features.CopyRow(Math.Max(0, Array.FindIndex(weights ?? [1], weight => weight > 0)), shift.AsSpan(0, columns));
        var tree = new TreeSum(features.Rows, ChunkRows, 64, 2 * width + 1, crew);
        var workspaces = new PassWorkspace?[crew.Size];
        var (minima, maxima) = (new double[crew.Size][], new double[crew.Size][]);
        for (var worker = 0; worker < crew.Size; worker++)
            (minima[worker], maxima[worker]) = ((double[])shift.Clone(), (double[])shift.Clone());

        // Differences from the first row are exact for a constant column, and accurate where the mean is much larger than the deviation.
        var sums = Run((tile, ofRows, worker, sums) =>
            MomentKernels.AddShifted(tile.Values, tile.Stride, tile.Width, tile.Count, ofRows, shift, sums, minima[worker], maxima[worker]));
        var total = sums[2 * width];
        var (means, ranges, reciprocals) = (new double[width], new double[width], new double[width]);
        for (var j = 0; j < columns; j++)
        {
            means[j] = shift[j] + sums[j] / total;
            ranges[j] = maxima.Max(of => of[j]) - minima.Min(of => of[j]);
            reciprocals[j] = ranges[j] == 0 ? 0 : 1 / ranges[j];
        }

        var moments = Run((tile, ofRows, _, sums) =>
            MomentKernels.AddStandardized(tile.Values, tile.Stride, tile.Width, tile.Count, ofRows, means, reciprocals, sums[..width], sums[width..]));
        var deviations = new double[columns];
        for (var j = 0; j < columns; j++)
        {
            if (ranges[j] != 0)
            {
                var correction = moments[j] / total;
                means[j] += ranges[j] * correction;
                deviations[j] = ranges[j] * Math.Sqrt(moments[width + j] / total - correction * correction);
            }
        }
        return Checked(means[..columns], deviations, j => $"values {ranges[j]} apart");

        ReadOnlySpan<double> Run(TilePass pass) => tree.Run((first, count, worker, sums) =>
        {
            var workspace = workspaces[worker] ??= new PassWorkspace(tiles);
            for (var row = first; row < first + count; row += tiles.TileRows)
            {
                var tile = tiles.Read(row, Math.Min(tiles.TileRows, first + count - row), workspace);
                var ofRows = weights is null ? [] : weights.AsSpan(row, tile.Count);
                pass(tile, ofRows, worker, sums);
                if (weights is null)
                    sums[2 * width] += tile.Count;
                foreach (var weight in ofRows)
                    sums[2 * width] += weight;
            }
        }, cancellationToken);
    }

    /// <summary>The same for a sparse matrix. It reads the stored entries; of the zeros it needs only the total weight.</summary>
    private static StandardScaling FitSparse(SparseMatrix features, double[]? weights, CancellationToken cancellationToken)
    {
        var columns = features.Columns;
        var (means, deviations, ranges) = (new double[columns], new double[columns], new double[columns]);
        var (minima, maxima, stored) = (new double[columns], new double[columns], new double[columns]);
        var total = 0.0;
        ForEntries((column, value, weight) =>
        {
            means[column] += weight * value;
            minima[column] = Math.Min(minima[column], value);
            maxima[column] = Math.Max(maxima[column], value);
            stored[column] += weight;
        });
        for (var i = 0; i < features.Rows; i++)
            total += weights?[i] ?? 1;
        var full = new bool[columns];
        for (var j = 0; j < columns; j++)
        {
            means[j] /= total;
            ranges[j] = maxima[j] - minima[j];
            // A column without zeros may be constant at another value.
            full[j] = stored[j] >= total;
        }
        if (Array.Exists(full, isFull => isFull))
        {
            Array.Fill(minima, double.PositiveInfinity);
            Array.Fill(maxima, double.NegativeInfinity);
            ForEntries((column, value, _) => (minima[column], maxima[column]) = (Math.Min(minima[column], value), Math.Max(maxima[column], value)));
            for (var j = 0; j < columns; j++)
                ranges[j] = full[j] ? maxima[j] - minima[j] : ranges[j];
        }
        var (first, second) = (new double[columns], new double[columns]);
        ForEntries((column, value, weight) =>
        {
            if (ranges[column] != 0)
            {
                var z = (value - means[column]) / ranges[column];
                first[column] += weight * z;
                second[column] += weight * z * z;
            }
        });
        for (var j = 0; j < columns; j++)
        {
            if (ranges[j] != 0)
            {
                var zero = -means[j] / ranges[j];
                var absent = Math.Max(0, total - stored[j]);
                var correction = (first[j] + absent * zero) / total;
                means[j] += ranges[j] * correction;
                deviations[j] = ranges[j] * Math.Sqrt((second[j] + absent * zero * zero) / total - correction * correction);
            }
            else if (full[j])
            {
                means[j] = minima[j];
            }
        }
        return Checked(means, deviations, j => $"values {ranges[j]} apart");

        void ForEntries(Action<int, double, double> action)
        {
            for (var i = 0; i < features.Rows; i++)
            {
                if (i % ChunkRows == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                var weight = weights?[i] ?? 1;
                var indices = features.Row(i, out var values);
                for (var k = 0; k < indices.Length && weight > 0; k++)
                    action(indices[k], values.IsEmpty ? 1 : values[k], weight);
            }
        }
    }

    /// <param name="means">What is subtracted from each column.</param>
    /// <param name="deviations">What each column is divided by.</param>
    /// <param name="spread">Describes the spread of a column, for the message.</param>
    /// <param name="columnMeans">The columns' means, if others are subtracted.</param>
    private static StandardScaling Checked(double[] means, double[] deviations, Func<int, string> spread, double[]? columnMeans = null)
    {
        for (var j = 0; j < means.Length; j++)
        {
            if (!double.IsFinite(means[j]) || !double.IsFinite(deviations[j]) || (deviations[j] != 0 && !double.IsFinite(1 / deviations[j])))
            {
                throw new UntrainableDataException("numeric_range_exceeded",
                    $"Column {j} has {spread(j)}, which float64 cannot standardise; rescale it.");
            }
        }
        return new StandardScaling(means, deviations, columnMeans);
    }

    /// <summary>Adds the rows of a tile, which have these weights (none: all 1), to <paramref name="sums"/>.</summary>
    private delegate void TilePass(TileOfRows tile, ReadOnlySpan<double> weights, int worker, Span<double> sums);

    /// <summary>The indices of the columns with deviation 0.</summary>
    public IEnumerable<int> ConstantColumns() => Enumerable.Range(0, Deviations.Length).Where(j => Deviations[j] == 0);

    /// <summary>Converts coefficients in the columns' own units to those for standardised columns.</summary>
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

    /// <summary>Converts coefficients for standardised columns to the columns' own units.</summary>
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
}
