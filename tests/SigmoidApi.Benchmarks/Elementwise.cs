using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Benchmarks;

/// <summary>ns an element of every activation and derivative on 4,096 float64, beside TensorPrimitives where it has the function.</summary>
public static class Elementwise
{
    private const int Length = 4096;
    private const int WarmUpCalls = 5000;
    private const int Rounds = 40;
    private const int CallsPerRound = 50;

    private delegate void Kernel(ReadOnlySpan<double> x, Span<double> y);

    /// <param name="args">A part of the names to measure; none measures all.</param>
    public static int Run(string[] args)
    {
        var x = new double[Length];
        var random = new Random(1);
        foreach (ref var value in x.AsSpan())
            value = random.NextDouble() * 20 - 10;
        var y = new double[Length];

        Console.WriteLine("ns an element      scalar     128     256     512  TensorPrimitives");
        foreach (var activation in ActivationCatalog.All)
        {
            if (args.Length > 0 && !activation.Name.Contains(args[0], StringComparison.Ordinal))
                continue;
            var parameters = activation.Parameters.Select(parameter => parameter.Default).ToArray();
            Print(activation.Name, width => (x, y) => activation.Apply(x, y, parameters, width), Peer(activation.Name), x, y);
            Print("  derivative", width => (x, y) => activation.Derivative(x, y, parameters, width), null, x, y);
        }

        return 0;
    }

    private static Kernel? Peer(string name) => name switch
    {
        "sigmoid" => TensorPrimitives.Sigmoid,
        "tanh" => TensorPrimitives.Tanh,
        "relu" => static (x, y) => TensorPrimitives.Max(x, 0.0, y),
        _ => null,
    };

    private static void Print(string label, Func<Width, Kernel> form, Kernel? peer, double[] x, double[] y)
    {
        Kernel[] kernels = [form(Width.Scalar), form(Width.Vector128), form(Width.Vector256), form(Width.Vector512), .. peer is null ? [] : new[] { peer }];
        var times = Measure(kernels, x, y);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label,-16} {string.Join(' ', times.Select(time => time.ToString("F3", CultureInfo.InvariantCulture).PadLeft(7)))}"));
    }

    /// <summary>The median round of each, the kernels taking turns so that the machine's moods fall on all alike.</summary>
    private static double[] Measure(Kernel[] kernels, double[] x, double[] y)
    {
        // The optimised code is compiled in the background, 100 ms after the last method was met for the first time.
        for (var pass = 0; pass < 3; pass++)
        {
            foreach (var kernel in kernels)
            {
                for (var call = 0; call < WarmUpCalls; call++)
                    kernel(x.AsSpan(0, 256), y);
            }

            Thread.Sleep(200);
        }

        var rounds = kernels.Select(_ => new double[Rounds]).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var k = 0; k < kernels.Length; k++)
            {
                var start = Stopwatch.GetTimestamp();
                for (var call = 0; call < CallsPerRound; call++)
                    kernels[k](x, y);
                rounds[k][round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)CallsPerRound * Length);
            }
        }

        return [.. rounds.Select(times => times.Order().ElementAt(Rounds / 2))];
    }
}
