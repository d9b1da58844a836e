namespace SigmoidApi.Compute.Losses;

/// <summary>Each row's label, 0 or 1, and its weight. Without weights each row has weight 1.</summary>
internal sealed record RowLabels(double[] Values, double[]? Weights)
{
    /// <summary>The weights of some rows; empty if each is 1.</summary>
    public ReadOnlySpan<double> WeightsOf(int first, int count) => Weights is null ? [] : Weights.AsSpan(first, count);

    /// <summary>The sum of the weights of some rows.</summary>
    public double WeightOf(int first, int count)
    {
        if (Weights is null)
            return count;
        var sum = 0.0;
        foreach (var weight in Weights.AsSpan(first, count))
            sum += weight;
        return sum;
    }
}
