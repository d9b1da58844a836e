using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Inference;

/// <summary>
/// I⁻¹·M·I⁻¹, with M the sum of uuᵀ over the scores u of independent units, u = Σ wᵢ(yᵢ − pᵢ)zᵢ. The units are rows (White, "Maximum
/// likelihood estimation of misspecified models", 1982) or clusters of rows (Liang and Zeger, "Longitudinal data analysis using generalized linear models",
/// 1986). The small-sample factors are those of statsmodels and Stata.
/// </summary>
internal static class SandwichCovariance
{
    /// <summary>The most numbers that the scores of a batch of clusters may hold: 32 MB.</summary>
    private const int BatchValues = 1 << 22;

    /// <param name="likelihood">Evaluated at the estimates.</param>
    /// <param name="inverse">I⁻¹; 0 for parameters that were not estimated.</param>
    /// <param name="estimated">The number of estimated parameters.</param>
    /// <param name="type">Which covariance to compute.</param>
    /// <param name="clusters">The cluster of each row, for <see cref="CovarianceType.Cluster"/>.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    /// <exception cref="UntrainableDataException"><c>too_few_observations</c>, <c>too_few_clusters</c>: a small-sample factor does not exist.</exception>
    public static SymmetricMatrix Compute(LogLikelihood likelihood, SymmetricMatrix inverse, int estimated, CovarianceType type, int[]? clusters,
        CancellationToken cancellationToken)
    {
        var factor = SmallSampleFactor(likelihood.TotalWeight, estimated, type);
        if (type == CovarianceType.Cluster)
            ArgumentNullException.ThrowIfNull(clusters);
        var scores = new double[likelihood.Rows.Rows];
        likelihood.Residuals(scores);
        return Compute(likelihood.Rows, [scores], likelihood.Weight, inverse, factor, type == CovarianceType.Cluster ? clusters : null, cancellationToken);
    }

    /// <summary>The same for a row with several residuals y − p, one for each output, whose scores are w·(y − p)·z one after the other.</summary>
    /// <param name="rows">z of each row.</param>
    /// <param name="residuals">For each output those of all rows; overwritten.</param>
    /// <param name="weight">The weight of a row.</param>
    /// <param name="totalWeight">The number of observations.</param>
    /// <param name="inverse">I⁻¹; 0 for parameters that were not estimated.</param>
    /// <param name="estimated">The number of estimated parameters.</param>
    /// <param name="type">Which covariance to compute.</param>
    /// <param name="clusters">The cluster of each row, for <see cref="CovarianceType.Cluster"/>.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    /// <exception cref="UntrainableDataException"><c>too_few_observations</c>, <c>too_few_clusters</c>: a small-sample factor does not exist.</exception>
    public static SymmetricMatrix OfOutputs(DesignRows rows, double[][] residuals, Func<int, double> weight, double totalWeight, SymmetricMatrix inverse,
        int estimated, CovarianceType type, int[]? clusters, CancellationToken cancellationToken) =>
        Compute(rows, residuals, weight, inverse, SmallSampleFactor(totalWeight, estimated, type), type == CovarianceType.Cluster ? clusters : null,
            cancellationToken);

    private static SymmetricMatrix Compute(DesignRows rows, double[][] residuals, Func<int, double> weight, SymmetricMatrix inverse, double factor,
        int[]? clusters, CancellationToken cancellationToken)
    {
        var meat = new SymmetricMatrix(inverse.Order);
        if (clusters is not null)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(clusters.Length, rows.Rows, nameof(clusters));
            var count = AddClusters(rows, residuals, weight, clusters, meat, cancellationToken);
            factor *= count / (count - 1.0);
            return Sandwich(inverse, meat, factor, cancellationToken);
        }
        var blocks = new CurvatureBlocks(residuals.Length, rows.Dimension, subset: null);
        var products = new double[rows.Rows];
        blocks.Scatter(meat, (block, target) =>
        {
            var (left, right) = (residuals[blocks[block].A], residuals[blocks[block].B]);
            for (var i = 0; i < products.Length; i++)
                products[i] = left[i] * (right[i] * weight(i));
            rows.WeightedGram(products, target, cancellationToken);
        });
        return Sandwich(inverse, meat, factor, cancellationToken);
    }

    private static double SmallSampleFactor(double n, int estimated, CovarianceType type)
    {
        if (type == CovarianceType.HC0)
            return 1;
        if (n <= estimated)
        {
            throw new UntrainableDataException("too_few_observations",
                $"{type} takes more observations than parameters: there are {n} observations and {estimated} parameters.");
        }
        return type == CovarianceType.HC1 ? n / (n - estimated) : (n - 1) / (n - estimated);
    }

    /// <summary>Adds uuᵀ of each cluster to M, a batch of clusters in each pass. Returns the number of clusters.</summary>
    private static int AddClusters(
        DesignRows rows, double[][] residuals, Func<int, double> weight, int[] clusters, SymmetricMatrix meat, CancellationToken cancellationToken)
    {
        var numbers = new Dictionary<int, int>();
        var numbered = new int[clusters.Length];
        for (var i = 0; i < clusters.Length; i++)
        {
            foreach (var scores in residuals)
                scores[i] *= weight(i);
            if (weight(i) == 0)
                numbered[i] = -1;
            else if (!numbers.TryGetValue(clusters[i], out numbered[i]))
                numbers.Add(clusters[i], numbered[i] = numbers.Count);
        }
        if (numbers.Count < 2)
        {
            throw new UntrainableDataException("too_few_clusters",
                $"A clustered covariance takes at least two clusters, but there is only {numbers.Count}.");
        }

        var (order, dimension) = (meat.Order, rows.Dimension);
        var batch = Math.Clamp(BatchValues / order, 1, numbers.Count);
        for (var first = 0; first < numbers.Count; first += batch)
        {
            var count = Math.Min(batch, numbers.Count - first);
            double[][] sums = [.. residuals.Select(_ => new double[count * dimension])];
            for (var o = 0; o < sums.Length; o++)
                rows.GroupedTransposedProduct(residuals[o], numbered, first, sums[o], cancellationToken);
            for (var cluster = 0; cluster < count; cluster++)
            {
                double Score(int parameter) => sums[parameter / dimension][cluster * dimension + parameter % dimension];
                for (var i = 0; i < order; i++)
                {
                    for (var j = i; j < order; j++)
                        meat[i, j] += Score(i) * Score(j);
                }
            }
        }
        return numbers.Count;
    }

    /// <summary>factor · A·M·A</summary>
    private static SymmetricMatrix Sandwich(SymmetricMatrix inverse, SymmetricMatrix meat, double factor, CancellationToken cancellationToken)
    {
        var order = inverse.Order;
        var sandwich = new SymmetricMatrix(order);
        var left = new double[order];
        for (var i = 0; i < order; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var j = 0; j < order; j++)
            {
                left[j] = 0;
                for (var k = 0; k < order; k++)
                    left[j] += inverse[i, k] * meat[k, j];
            }
            for (var j = i; j < order; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < order; k++)
                    sum += left[k] * inverse[k, j];
                sandwich[i, j] = factor * sum;
            }
        }
        return sandwich;
    }
}
