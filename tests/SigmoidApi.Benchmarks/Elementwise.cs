using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Benchmarks;

/// <summary>
/// Nanoseconds per element of every activation and derivative, compared with a copy, with TensorPrimitives if it has the function, and with the sigmoid in C
/// with libmvec if there is a compiler. All are warmed up to the top tier and run in turn, so that changes of the machine's speed affect all equally. The
/// figure is that of the median round.
/// </summary>
public static class Elementwise
{
    private const int Short = 4096;
    private const int Long = 10_000_000;
    private const int Threads = 2;

    private delegate void Kernel<T>(ReadOnlySpan<T> x, Span<T> y);

    /// <summary>A JSON line for each of 4,096 (one thread) and 10⁷ values (two threads) of float64 and float32.</summary>
    /// <param name="args">A part of the names to measure; without it, all.</param>
    public static int Run(string[] args)
    {
        foreach (var n in (int[])[Short, Long])
        {
            Print<double>(n, "float64", args.FirstOrDefault() ?? "");
            Print<float>(n, "float32", args.FirstOrDefault() ?? "");
        }

        return 0;
    }

    /// <summary>A table of 4,096 float64 by vector width.</summary>
    /// <param name="args">A part of the names to measure; without it, all.</param>
    public static int RunWidths(string[] args)
    {
        Console.WriteLine("ns an element              scalar     128     256     512");
        var (x, y) = (Arguments<double>(Short), new double[Short]);
        var part = args.FirstOrDefault() ?? "";
        foreach (var activation in ActivationCatalog.All.Where(activation => activation.Name.Contains(part, StringComparison.Ordinal)))
        {
            var parameters = activation.Parameters.Select(parameter => parameter.Default).ToArray();
            Width[] widths = [Width.Scalar, Width.Vector128, Width.Vector256, Width.Vector512];
            PrintRow(activation.Name, [.. widths.Select(width => (Kernel<double>)((x, y) => activation.Apply(x, y, parameters, width)))]);
            PrintRow(activation.Name + "_derivative", [.. widths.Select(width => (Kernel<double>)((x, y) => activation.Derivative(x, y, parameters, width)))]);
        }

        return 0;

        void PrintRow(string label, Kernel<double>[] kernels)
        {
            var times = Measure(kernels, x, y).Select(time => time.ToString("F3", CultureInfo.InvariantCulture).PadLeft(8));
            Console.WriteLine($"{label,-24}{string.Concat(times)}");
        }
    }

    private static void Print<T>(int n, string dtype, string part)
        where T : unmanaged, IFloatingPoint<T>, IExponentialFunctions<T>, IHyperbolicFunctions<T>
    {
        var threads = n == Short ? 1 : Threads;
        using var libmvec = typeof(T) == typeof(float) ? LibmvecSigmoid.Compile() : null;
        var kernels = new Dictionary<string, Kernel<T>>
        {
            ["copy"] = Shared<T>(static (x, y) => x.CopyTo(y), threads),
            ["tensor_primitives_sigmoid"] = Shared<T>(TensorPrimitives.Sigmoid, threads),
            ["tensor_primitives_tanh"] = Shared<T>(TensorPrimitives.Tanh, threads),
            ["tensor_primitives_relu"] = Shared<T>(static (x, y) => TensorPrimitives.Max(x, T.Zero, y), threads),
        };
        if (libmvec is not null)
        {
            Kernel<T> sigmoid = (x, y) => libmvec.Apply(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y));
            kernels["c_libmvec_sigmoid"] = Shared(sigmoid, threads);
        }

        foreach (var activation in ActivationCatalog.All)
        {
            kernels[activation.Name] = (x, y) =>
            {
                if (typeof(T) == typeof(double))
                    activation.Apply(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y), threads: threads);
                else
                    activation.Apply(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), threads: threads);
            };
            kernels[activation.Name + "_derivative"] = (x, y) =>
            {
                if (typeof(T) == typeof(double))
                    activation.Derivative(MemoryMarshal.Cast<T, double>(x), MemoryMarshal.Cast<T, double>(y), threads: threads);
                else
                    activation.Derivative(MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), threads: threads);
            };
        }

        var chosen = kernels.Where(kernel => kernel.Key == "copy" || kernel.Key.Contains(part, StringComparison.Ordinal)).ToArray();
        var times = Measure([.. chosen.Select(kernel => kernel.Value)], Arguments<T>(n), new T[n]);
        var line = new Dictionary<string, object> { ["n"] = n, ["dtype"] = dtype, ["threads"] = threads };
        foreach (var (kernel, time) in chosen.Zip(times))
            line[kernel.Key] = Math.Round(time, 4);
        Console.WriteLine(JsonSerializer.Serialize(line));
    }

    /// <summary>The kernel on several threads, each with an equal share of the elements.</summary>
    private static unsafe Kernel<T> Shared<T>(Kernel<T> kernel, int threads)
        where T : unmanaged =>
        threads == 1 ? kernel : (x, y) =>
        {
            fixed (T* source = x, destination = y)
            {
                var (from, to, share) = ((nint)source, (nint)destination, x.Length / threads);
                Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
                    kernel(new ReadOnlySpan<T>((T*)from + i * share, share), new Span<T>((T*)to + i * share, share)));
            }
        };

    /// <summary>Normal numbers with a standard deviation of 4, as in the peers' script.</summary>
    private static T[] Arguments<T>(int n)
        where T : IFloatingPoint<T>
    {
        var random = new Random(1);
        var x = new T[n];
        foreach (ref var value in x.AsSpan())
            value = T.CreateChecked(4 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return x;
    }

    /// <summary>The time of each kernel in its median round, in nanoseconds per element.</summary>
    private static double[] Measure<T>(Kernel<T>[] kernels, T[] x, T[] y)
    {
        // The optimised code is compiled in the background, 100 ms after the last first call of a method; TensorPrimitives needs that several
        // times.
        for (var pass = 0; pass < 8; pass++)
        {
            foreach (var kernel in kernels)
            {
                for (var call = 0; call < 3000; call++)
                    kernel(x.AsSpan(0, 256), y);
            }

            Thread.Sleep(200);
        }

        var (rounds, calls) = x.Length == Short ? (40, 50) : (7, 1);
        var times = kernels.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var k = 0; k < kernels.Length; k++)
            {
                // After a round on several threads, those of the pool still look for work for a while.
                if (calls == 1)
                    Thread.Sleep(200);
                var start = Stopwatch.GetTimestamp();
                for (var call = 0; call < calls; call++)
                    kernels[k](x, y);
                times[k][round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)calls * x.Length);
            }
        }

        return [.. times.Select(kernel => kernel.Order().ElementAt(rounds / 2))];
    }
}
