using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>log(1 + u) for 0 ≤ u ≤ 1, with a small relative error even where u is tiny.</summary>
internal static class Log1p
{
    private const double Ln2 = 0.6931471805599453;
    private const double Ln2Low = 2.3190468138462996e-17;

    /// <summary>The sum of both parts has a relative error of about 2^-57. The high part alone is only a rough value.</summary>
    /// <remarks>
    /// For u ≥ 1/2, 1 + u = 2 (1 + f) with the exact f = (u − 1)/2; otherwise f = u. With s = f/(2 + f),
    /// log(1 + f) = 2 artanh s = f − (f²/2 − s (f²/2 + R)), R = 2s²/3 + 2s⁴/5 + …, as in K. C. Ng's log in FDLIBM (1993).
    /// R/s² is interpolated at Chebyshev nodes on 0 ≤ s² ≤ 0.04, with an error of 2^-62. The low part of u adds its product with the slope
    /// 1/(1 + u). A few bits of the slope are enough, so 1/(1 + f) = (1 − s)/(1 + s) is replaced by (1 − s)².
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Of<T>(Pair<T> u)
        where T : struct, ILanes<T>
    {
        var large = u.High >= 0.5;
        var f = T.Select(large, u.High * 0.5 - 0.5, u.High);
        var s = f / (f + 2.0);
        var s2 = s * s;
        var s4 = s2 * s2;
        var r01 = T.MultiplyAdd(s2, 0.4000000000000794, 0.6666666666666666);
        var r23 = T.MultiplyAdd(s2, 0.2222222304835159, 0.28571428567275936);
        var r45 = T.MultiplyAdd(s2, 0.15388867805613718, 0.18181737626302938);
        var r67 = T.MultiplyAdd(s2, 0.13609030262858499, 0.13209708242059462);
        var r = T.MultiplyAdd(T.MultiplyAdd(T.MultiplyAdd(r67, s4, r45), s4, r23), s4, r01);
        var halfSquare = f * f * 0.5;
        var tail = T.NegatedMultiplyAdd(s, T.MultiplyAdd(s2, r, halfSquare), halfSquare);

        var slope = ((T)1.0 - s) * ((T)1.0 - s);
        var start = Pair<T>.Sum(T.Select(large, Ln2, 0.0), f);
        var low = T.MultiplyAdd(u.Low, T.Select(large, slope * 0.5, slope), start.Low + T.Select(large, Ln2Low, 0.0));
        return new(start.High, low - tail);
    }
}
