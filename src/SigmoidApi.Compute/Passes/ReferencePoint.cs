namespace SigmoidApi.Compute.Passes;

/// <summary>What a pass at some parameters leaves for each row: its margin, and its residual w·(σ(m) − y).</summary>
internal sealed class ReferencePoint(int rows)
{
    public double[] Margins { get; } = new double[rows];

    public double[] Residuals { get; } = new double[rows];
}
