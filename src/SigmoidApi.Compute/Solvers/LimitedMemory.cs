using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// What the last steps show about the Hessian: pairs of a step s and the change y of the gradient along it. They improve a metric M ≈ H⁻¹ to the BFGS
/// approximation of H⁻¹ (Nocedal and Wright, "Numerical Optimization" (2006), algorithm 7.4).
/// </summary>
/// <param name="dimension">The number of parameters.</param>
/// <param name="capacity">The number of pairs to keep: the latest ones.</param>
internal sealed class LimitedMemory(int dimension, int capacity)
{
    private readonly List<(double[] Step, double[] Change, double Product)> _pairs = new(capacity);
    private readonly double[] _weights = new double[capacity];
    private readonly double[] _scaled = new double[dimension];

    /// <summary>Removes all pairs. Returns whether there were any.</summary>
    public bool Clear()
    {
        var any = _pairs.Count > 0;
        _pairs.Clear();
        return any;
    }

    /// <summary>Saves or loads the pairs.</summary>
    public void SaveOrLoad(StateArchive archive)
    {
        var pairs = archive.Items(_pairs.ToArray(), pair => (archive.Numbers(pair.Step), archive.Numbers(pair.Change), archive.Number(pair.Product)));
        _pairs.Clear();
        _pairs.AddRange(pairs);
    }

    /// <summary>Adds the pair of two points and their gradients, unless f is too flat between them for the pair to carry information.</summary>
    public void Add(ReadOnlySpan<double> from, ReadOnlySpan<double> to, ReadOnlySpan<double> gradientFrom, ReadOnlySpan<double> gradientTo)
    {
        if (capacity == 0)
            return;
        var (step, change, _) = _pairs.Count == capacity ? _pairs[0] : (new double[dimension], new double[dimension], 0);
        var (stepSquared, changeSquared) = (0.0, 0.0);
        var product = 0.0;
        for (var j = 0; j < dimension; j++)
        {
            step[j] = to[j] - from[j];
            change[j] = gradientTo[j] - gradientFrom[j];
            product += step[j] * change[j];
            stepSquared += step[j] * step[j];
            changeSquared += change[j] * change[j];
        }
        if (_pairs.Count == capacity)
            _pairs.RemoveAt(0);
        if (product > 1e-12 * Math.Sqrt(stepSquared) * Math.Sqrt(changeSquared))
            _pairs.Add((step, change, product));
    }

    /// <summary>Multiplies a vector by the approximation of H⁻¹, in place.</summary>
    /// <param name="vector">The gradient, for example.</param>
    /// <param name="metric">Multiplies by M in place.</param>
    /// <param name="rescale">Whether to scale M by the last pair, as M has the right shape but not the right size.</param>
    public void Apply(double[] vector, Action<double[]> metric, bool rescale)
    {
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            var (step, change, product) = _pairs[i];
            _weights[i] = DotProduct.Compute(step, vector) / product;
            Subtract(vector, _weights[i], change);
        }
        metric(vector);
        if (rescale && _pairs.Count > 0)
        {
            var (_, change, product) = _pairs[^1];
            change.CopyTo(_scaled, 0);
            metric(_scaled);
            var factor = product / DotProduct.Compute(_scaled, change);
            for (var j = 0; j < dimension; j++)
                vector[j] *= factor;
        }
        for (var i = 0; i < _pairs.Count; i++)
        {
            var (step, change, product) = _pairs[i];
            Subtract(vector, DotProduct.Compute(change, vector) / product - _weights[i], step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Subtract(double[] vector, double factor, double[] other)
    {
        var j = 0;
        for (; j <= vector.Length - Vector512<double>.Count; j += Vector512<double>.Count)
            (Vector512.Create(vector, j) - factor * Vector512.Create(other, j)).CopyTo(vector, j);
        for (; j < vector.Length; j++)
            vector[j] -= factor * other[j];
    }
}
