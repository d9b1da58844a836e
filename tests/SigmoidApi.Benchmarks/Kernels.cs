using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using SigmoidApi.Compute.Activations;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// The sigmoid with data from the first-level cache to memory, compared with a copy and the peer. In process, because a generated project would not find the
/// central package versions.
/// </summary>
[InProcess]
public class Kernels
{
    private double[] _x = [];
    private double[] _y = [];
    private float[] _x32 = [];
    private float[] _y32 = [];

    [Params(64, 4096, 1 << 20)]
    public int N { get; set; }

    /// <param name="args">Arguments of BenchmarkDotNet, such as <c>--filter *Sigmoid*</c>.</param>
    public static int Run(string[] args)
    {
        BenchmarkSwitcher.FromTypes([typeof(Kernels)]).Run(args is [] ? ["--filter", "*"] : args);
        return 0;
    }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _x = [.. Enumerable.Range(0, N).Select(_ => random.NextDouble() * 20 - 10)];
        _y = new double[N];
        _x32 = Array.ConvertAll(_x, value => (float)value);
        _y32 = new float[N];
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _x.AsSpan().CopyTo(_y);

    [Benchmark]
    public void Sigmoid() => ActivationCatalog.Sigmoid.Apply(_x, _y);

    [Benchmark]
    public void SigmoidDerivative() => ActivationCatalog.Sigmoid.Derivative(_x, _y);

    [Benchmark]
    public void TensorPrimitivesSigmoid() => TensorPrimitives.Sigmoid<double>(_x, _y);

    [Benchmark]
    public void SigmoidFloat32() => ActivationCatalog.Sigmoid.Apply(_x32, _y32);

    [Benchmark]
    public void TensorPrimitivesSigmoidFloat32() => TensorPrimitives.Sigmoid<float>(_x32, _y32);
}
