namespace SigmoidApi.Compute.Losses;

/// <summary>The input and output of <see cref="LogisticLoss"/> for a few rows.</summary>
/// <param name="capacity">The most rows, a multiple of 8.</param>
internal sealed class RowLosses(int capacity)
{
    public int Capacity { get; } = capacity;

    public double[] Margins { get; } = new double[capacity];

    public double[] Residuals { get; } = new double[capacity];

    public double[] Curvatures { get; } = new double[capacity];

    public double[] Labels { get; } = new double[capacity];

    public double[] Weights { get; } = new double[capacity];

    public LossSum Loss { get; } = new();

    /// <summary>Pads to a whole number of lanes with rows of loss and slope 0.</summary>
    public void Pad(int count, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights)
    {
        labels.CopyTo(Labels);
        weights.CopyTo(Weights);
        var padded = (count + 7) & ~7;
        Margins.AsSpan(count, padded - count).Fill(double.NegativeInfinity);
        Labels.AsSpan(count, padded - count).Clear();
        Weights.AsSpan(count, padded - count).Clear();
    }
}
