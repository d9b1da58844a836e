using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>A model with H in memory, which suits few columns of many rows: a change of a coordinate updates all slopes ("covariance updates").</summary>
/// <param name="hessian">H at some point, of the parameters in the model.</param>
internal sealed class GramModel(SymmetricMatrix hessian) : QuadraticModel
{
    /// <summary>A step along which the gradient changed by a smaller share of what H says is not used: it may be rounding.</summary>
    private const double LeastCurvature = 1e-3;

    /// <summary>Both triangles of H, so that each column is contiguous.</summary>
    private readonly double[] _full = hessian.ToFull(hessian.Order);
    private readonly double[] _slopes = new double[hessian.Order];
    private readonly double[] _product = new double[hessian.Order];

    protected override double[] Diagonal { get; } = [.. Enumerable.Range(0, hessian.Order).Select(j => hessian[j, j])];

    /// <summary>
    /// Corrects H by a step that was taken and by what it changed the gradient, by the formula of Broyden, Fletcher, Goldfarb and Shanno:
    /// H ← H − Hs·(Hs)ᵀ/sᵀHs + y·yᵀ/sᵀy. It costs little compared with a pass over the rows, and saves some.
    /// </summary>
    /// <param name="step">s</param>
    /// <param name="change">y</param>
    public void Correct(double[] step, double[] change)
    {
        Array.Clear(_product);
        for (var j = 0; j < step.Length; j++)
        {
            if (step[j] != 0)
                RowKernels.AddScaled(Column(j), step[j], _product);
        }
        var (expected, measured) = (DotProduct.Compute(step, _product), DotProduct.Compute(step, change));
        if (!(expected > 0) || !(measured > LeastCurvature * expected))
            return;
        for (var j = 0; j < step.Length; j++)
        {
            var column = _full.AsSpan(j * step.Length, step.Length);
            RowKernels.AddScaled(_product, -_product[j] / expected, column);
            RowKernels.AddScaled(change, change[j] / measured, column);
            Diagonal[j] = column[j];
        }
    }

    /// <summary>Starts at d = 0.</summary>
    /// <param name="gradient">g, without the penalty.</param>
    public void Begin(ReadOnlySpan<double> gradient) => gradient.CopyTo(_slopes);

    /// <summary>H·s</summary>
    public void Multiply(ReadOnlySpan<double> step, Span<double> product)
    {
        product.Clear();
        for (var j = 0; j < step.Length; j++)
        {
            if (step[j] != 0)
                RowKernels.AddScaled(Column(j), step[j], product);
        }
    }

    protected override double Slope(int coordinate) => _slopes[coordinate];

    protected override void Slopes(int[] face, double[] slopes)
    {
        for (var k = 0; k < face.Length; k++)
            slopes[k] = _slopes[face[k]];
    }

    protected override void Move(int coordinate, double change) => RowKernels.AddScaled(Column(coordinate), change, _slopes);

    protected override void Multiply(int[] face, double[] step, double[] product)
    {
        Array.Clear(_product);
        var k = 0;
        for (; k <= face.Length - 4; k += 4)
        {
            ColumnKernels.Add(
                Column(face[k]), Column(face[k + 1]), Column(face[k + 2]), Column(face[k + 3]), step.AsSpan(k, 4), _product);
        }
        for (; k < face.Length; k++)
            RowKernels.AddScaled(Column(face[k]), step[k], _product);
        for (k = 0; k < face.Length; k++)
            product[k] = _product[face[k]];
    }

    protected override void MoveAlong(double length) => RowKernels.AddScaled(_product, length, _slopes);

    private ReadOnlySpan<double> Column(int coordinate) => _full.AsSpan(coordinate * _slopes.Length, _slopes.Length);
}
