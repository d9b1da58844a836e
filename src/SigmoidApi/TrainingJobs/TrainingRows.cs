using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.TrainingJobs;

/// <summary>What a fit reads: of each row its features, its target, its weight and its cluster.</summary>
/// <param name="Features">A column for each of the request's features.</param>
/// <param name="Target">Two different values in all.</param>
/// <param name="SampleWeight">Null where every row weighs 1.</param>
/// <param name="Clusters">Null where the covariance has none.</param>
internal sealed record TrainingRows(DesignMatrix Features, double[] Target, double[]? SampleWeight, double[]? Clusters)
{
    /// <param name="request">Says which there are of the others.</param>
    /// <param name="features">A column for each of the request's features.</param>
    /// <param name="others">The target, then the weights where there are any, then the clusters where there are any.</param>
    public static TrainingRows Of(TrainingRequest request, DesignMatrix features, double[][] others)
    {
        var clusters = request.CovarianceType == CovarianceType.Cluster ? others[^1] : null;
        var weights = others.Length > (clusters is null ? 1 : 2) ? others[1] : null;
        return new(features, others[0], weights, clusters);
    }

    /// <summary>The clusters counted from 0, in the order in which they come.</summary>
    public int[]? ClusterNumbers()
    {
        var numbers = new Dictionary<double, int>();
        return Clusters is null ? null : Array.ConvertAll(Clusters, cluster =>
        {
            if (!numbers.TryGetValue(cluster, out var number))
                numbers[cluster] = number = numbers.Count;
            return number;
        });
    }
}
