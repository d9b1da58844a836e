namespace SigmoidApi.Compute.Simd;

/// <summary>How many bits of numbers one step of a loop takes.</summary>
internal enum Width
{
    /// <summary>The widest that the hardware has.</summary>
    Widest,
    Scalar,
    Vector128,
    Vector256,
    Vector512,
}
