namespace SigmoidApi.Compute.Simd;

/// <summary>The one place that decides which width the loops use.</summary>
internal static class Hardware
{
    /// <summary>
    /// The widest vectors that the runtime offers. The runtime's own switches narrow it, together with the instructions that the JIT emits:
    /// <c>VECTOR_BITS</c> of test.sh sets them.
    /// </summary>
    public static Width Widest =>
        Lanes8.IsHardwareAccelerated ? Width.Vector512
        : Lanes4.IsHardwareAccelerated ? Width.Vector256
        : Lanes2.IsHardwareAccelerated ? Width.Vector128
        : Width.Scalar;

    /// <summary>The given width, or <see cref="Widest"/> if the caller leaves it open.</summary>
    public static Width Resolve(Width width) => width == Width.Widest ? Widest : width;
}
