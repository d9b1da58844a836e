namespace SigmoidApi.Compute.Losses;

/// <summary>Each row's label, 0 or 1, and what the row weighs; without weights each weighs 1.</summary>
internal sealed record RowLabels(double[] Values, double[]? Weights)
{
    public ReadOnlySpan<double> WeightsOf(int first, int count) => Weights is null ? [] : Weights.AsSpan(first, count);

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
