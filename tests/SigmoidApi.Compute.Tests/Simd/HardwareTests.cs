using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Simd;

public class HardwareTests
{
    private static readonly int[] KnownBits = [512, 256, 128, 0];

    /// <summary>
    /// test.sh turns <c>VECTOR_BITS</c> into switches of the .NET runtime. A run in which they have no effect, or that asks for vectors that this
    /// machine does not have, fails here instead of testing another width than it says.
    /// </summary>
    [Fact]
    public void LoopsUseTheWidthThatVectorBitsAsksFor()
    {
        var asked = Environment.GetEnvironmentVariable("VECTOR_BITS");
        int[] accelerated = [.. KnownBits.Where(IsAccelerated)];

        Bits(Hardware.Widest).ShouldBe(string.IsNullOrEmpty(asked) ? accelerated[0] : int.Parse(asked, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Some loops are written with Vector512 only, and the JIT compiles them to the widest instructions that are enabled, whatever the width that
    /// the other loops choose.
    /// </summary>
    [Fact]
    public void NoInstructionIsWiderThanVectorBits()
    {
        var widest = Avx512F.IsSupported ? 512 : Avx.IsSupported ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

        widest.ShouldBeLessThanOrEqualTo(int.TryParse(Environment.GetEnvironmentVariable("VECTOR_BITS"), out var asked) ? asked : 512);
    }

    [Theory]
    [InlineData(nameof(Width.Scalar))]
    [InlineData(nameof(Width.Vector128))]
    [InlineData(nameof(Width.Vector256))]
    [InlineData(nameof(Width.Vector512))]
    public void GivenWidthIsUsed(string width) => Hardware.Resolve(Enum.Parse<Width>(width)).ShouldBe(Enum.Parse<Width>(width));

    [Fact]
    public void WithoutAGivenWidthTheWidestIsUsed() => Hardware.Resolve(Width.Widest).ShouldBe(Hardware.Widest);

    private static bool IsAccelerated(int bits) => bits switch
    {
        512 => Vector512.IsHardwareAccelerated,
        256 => Vector256.IsHardwareAccelerated,
        128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };

    private static int Bits(Width width) => width switch
    {
        Width.Vector512 => 512,
        Width.Vector256 => 256,
        Width.Vector128 => 128,
        Width.Scalar => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "not a width of its own"),
    };
}
