namespace SigmoidApi.Compute.Losses;

/// <summary>The input and output of <see cref="LogisticLoss"/> or <see cref="SoftmaxLoss"/> for a few rows.</summary>
/// <param name="capacity">The most rows, a multiple of 8.</param>
/// <param name="outputs">The margins of a row.</param>
internal sealed class RowLosses(int capacity, int outputs = 1)
{
    public int Capacity { get; } = capacity;

    public int Outputs { get; } = outputs;

    /// <summary>Output by output: margin o of row i is at o · <see cref="Capacity"/> + i. So are the residuals and the probabilities.</summary>
    public double[] Margins { get; } = new double[capacity * outputs];

    public double[] Residuals { get; } = new double[capacity * outputs];

    /// <summary>Of each output's class; empty with one output.</summary>
    public double[] Probabilities { get; } = outputs == 1 ? [] : new double[capacity * outputs];

    /// <summary>1 − the greatest probability, without cancellation; empty with one output.</summary>
    public double[] Others { get; } = outputs == 1 ? [] : new double[capacity];

    /// <summary>With one output, the second derivative of each row's loss.</summary>
    public double[] Curvatures { get; } = new double[capacity];

    public double[] Labels { get; } = new double[capacity];

    public double[] Weights { get; } = new double[capacity];

    public LossSum Loss { get; } = new();

    /// <summary>The margins of an output.</summary>
    public Span<double> MarginsOf(int output) => Margins.AsSpan(output * Capacity, Capacity);

    /// <summary>The residuals of an output.</summary>
    public ReadOnlySpan<double> ResidualsOf(int output, int count) => Residuals.AsSpan(output * Capacity, count);

    /// <summary>
    /// The second derivative of each row's loss in the margins of outputs a and b, in <see cref="Curvatures"/>: w·pₐ(1 − pₐ) or −w·pₐ·p_b. With one output
    /// it is there already.
    /// </summary>
    public double[] CurvaturesOf(int a, int b, int count)
    {
        if (Outputs == 1)
            return Curvatures;
        var left = Probabilities.AsSpan(a * Capacity, count);
        var right = Probabilities.AsSpan(b * Capacity, count);
        var target = Curvatures.AsSpan(0, count);
        var (weights, others) = (Weights, Others);
        for (var i = 0; i < target.Length; i++)
        {
            var factor = a != b ? -right[i] : left[i] > 0.5 ? others[i] : 1 - left[i];
            target[i] = weights[i] > 0 ? weights[i] * left[i] * factor : 0;
        }
        return Curvatures;
    }

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
