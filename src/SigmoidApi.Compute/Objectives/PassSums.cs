namespace SigmoidApi.Compute.Objectives;

/// <summary>What a pass over some rows adds up: it is what a block answers with, and two of them add up to the sums of both.</summary>
internal sealed class PassSums(int stride, SymmetricMatrix? curvature)
{
    public double Loss { get; set; }

    /// <summary>The largest |margin| of a row: a maximum, where the others are sums.</summary>
    public double LargestMargin { get; set; }

    public double[] Gradient { get; } = new double[stride];

    /// <summary>Null in a pass that asks for no Hessian.</summary>
    public SymmetricMatrix? Curvature { get; } = curvature;

    public void Clear()
    {
        Loss = 0;
        LargestMargin = 0;
        Array.Clear(Gradient);
        if (Curvature is not null)
            Curvature.Values.Clear();
    }

    public void Add(PassSums other)
    {
        Loss += other.Loss;
        LargestMargin = Math.Max(LargestMargin, other.LargestMargin);
        for (var j = 0; j < Gradient.Length; j++)
            Gradient[j] += other.Gradient[j];
        if (Curvature is not null)
        {
            var values = Curvature.Values;
            var others = other.Curvature!.Values;
            for (var i = 0; i < values.Length; i++)
                values[i] += others[i];
        }
    }
}
