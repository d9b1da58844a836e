namespace SigmoidApi.Compute.Simd;

/// <summary>The width of the vectors that a loop uses.</summary>
internal enum Width
{
    /// <summary>The widest that the machine has: <see cref="Hardware.Widest"/>.</summary>
    Widest,

    /// <summary>One number at a time.</summary>
    Scalar,
    Vector128,
    Vector256,
    Vector512,
}
