using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;

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
        var (n, factor) = (likelihood.TotalWeight, 1.0);
        if (type != CovarianceType.HC0)
        {
            if (n <= estimated)
            {
                throw new UntrainableDataException("too_few_observations",
                    $"{type} takes more observations than parameters: there are {n} observations and {estimated} parameters.");
            }
            factor = type == CovarianceType.HC1 ? n / (n - estimated) : (n - 1) / (n - estimated);
        }
        var meat = new SymmetricMatrix(inverse.Order);
        var scores = new double[likelihood.Rows.Rows];
        likelihood.Residuals(scores);
        if (type == CovarianceType.Cluster)
        {
            ArgumentNullException.ThrowIfNull(clusters);
            ArgumentOutOfRangeException.ThrowIfNotEqual(clusters.Length, scores.Length, nameof(clusters));
            var count = AddClusters(likelihood, scores, clusters, meat, cancellationToken);
            factor *= count / (count - 1.0);
        }
        else
        {
            for (var i = 0; i < scores.Length; i++)
                scores[i] *= scores[i] * likelihood.Weight(i);
            likelihood.Rows.WeightedGram(scores, meat, cancellationToken);
        }
        return Sandwich(inverse, meat, factor, cancellationToken);
    }

    /// <summary>Adds uuᵀ of each cluster to M, a batch of clusters in each pass. Returns the number of clusters.</summary>
    private static int AddClusters(LogLikelihood likelihood, double[] scores, int[] clusters, SymmetricMatrix meat, CancellationToken cancellationToken)
    {
        var numbers = new Dictionary<int, int>();
        var numbered = new int[clusters.Length];
        for (var i = 0; i < clusters.Length; i++)
        {
            var weight = likelihood.Weight(i);
            scores[i] *= weight;
            if (weight == 0)
                numbered[i] = -1;
            else if (!numbers.TryGetValue(clusters[i], out numbered[i]))
                numbers.Add(clusters[i], numbered[i] = numbers.Count);
        }
        if (numbers.Count < 2)
        {
            throw new UntrainableDataException("too_few_clusters",
                $"A clustered covariance takes at least two clusters, but there is only {numbers.Count}.");
        }

        var order = meat.Order;
        var batch = Math.Clamp(BatchValues / order, 1, numbers.Count);
        for (var first = 0; first < numbers.Count; first += batch)
        {
            var sums = new double[Math.Min(batch, numbers.Count - first) * order];
            likelihood.Rows.GroupedTransposedProduct(scores, numbered, first, sums, cancellationToken);
            for (var start = 0; start < sums.Length; start += order)
            {
                for (var i = 0; i < order; i++)
                {
                    for (var j = i; j < order; j++)
                        meat[i, j] += sums[start + i] * sums[start + j];
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
