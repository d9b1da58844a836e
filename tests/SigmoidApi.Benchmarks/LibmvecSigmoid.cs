using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Benchmarks;

/// <summary>The peer in C: <c>Peers/sigmoid.c</c>, compiled for the vectors that the .NET runtime uses too.</summary>
internal sealed unsafe class LibmvecSigmoid : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly nint _library;
    private readonly delegate* unmanaged<float*, float*, int, void> _sigmoid;

    private LibmvecSigmoid()
    {
        var library = _directory.File("sigmoid.so");
        string[] vectors = Avx512F.IsSupported ? ["-march=native", "-mprefer-vector-width=512"] : ["-mavx2", "-mfma"];
        string[] arguments =
        [
            "-O3", "-ffast-math", .. vectors, "-shared", "-fPIC", Path.Combine(Peers.ProjectDirectory(), "Peers", "sigmoid.c"), "-o", library, "-lmvec", "-lm",
        ];
        using var compiler = Process.Start("cc", arguments);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException($"cc {string.Join(' ', arguments)} ended with {compiler.ExitCode}.");
        _library = NativeLibrary.Load(library);
        _sigmoid = (delegate* unmanaged<float*, float*, int, void>)NativeLibrary.GetExport(_library, "sigmoid_float32");
    }

    /// <summary>Null if the machine has no C compiler.</summary>
    public static LibmvecSigmoid? Compile()
    {
        try
        {
            return new LibmvecSigmoid();
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        fixed (float* source = x, destination = y)
            _sigmoid(source, destination, x.Length);
    }

    public void Dispose()
    {
        NativeLibrary.Free(_library);
        _directory.Dispose();
    }
}
