using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>
/// softmax(m)ₖ = e^mₖ / Σ e^m of rows of K margins, with its log-sum-exp and derivatives. The greatest margin is subtracted, with the rounding error of the
/// difference, and the sum of the others is kept apart from its 1: values, derivatives and log-sum-exp are below 2 ULP for finite margins of any size
/// (log-sum-exp, where it cancels: 2 ULP of a sixteenth of the greatest margin). The lanes hold classes. Sums run over eight lanes whatever the width of a
/// vector, so that every width gives the same bits. A row with NaN, with ∞, or with −∞ alone gives NaN; other margins of −∞ have probability 0.
/// </summary>
public static class Softmax
{
    private const int Lanes = 8;

    // ln 2 in two parts. The high part has 42 bits, so its product with a small integer is exact.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    /// <summary>The probabilities of n rows.</summary>
    /// <param name="rows">n × K margins, row-major.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="values">Receives n × K probabilities; may be <paramref name="rows"/>.</param>
    /// <exception cref="ArgumentException">The lengths are not multiples of K, or differ.</exception>
    public static void Values(ReadOnlySpan<double> rows, int classes, Span<double> values) => Values(rows, classes, values, Width.Widest);

    /// <summary>log Σ e^m of n rows.</summary>
    /// <param name="rows">n × K margins, row-major.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="results">Receives n numbers.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void LogSumExp(ReadOnlySpan<double> rows, int classes, Span<double> results) => LogSumExp(rows, classes, results, Width.Widest);

    /// <summary>∂pₖ/∂mₖ = pₖ(1 − pₖ), the diagonal of the Jacobian diag(p) − p·pᵀ, without cancellation.</summary>
    /// <param name="rows">n × K margins, row-major.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="slopes">Receives n × K numbers; may be <paramref name="rows"/>.</param>
    /// <exception cref="ArgumentException">The lengths are not multiples of K, or differ.</exception>
    public static void Slopes(ReadOnlySpan<double> rows, int classes, Span<double> slopes) => Slopes(rows, classes, slopes, Width.Widest);

    /// <summary>
    /// The Jacobian times a vector, p ∘ (v − pᵀv), row by row: the derivative of the probabilities along v. The Jacobian is symmetric, so this is also the
    /// gradient of a function of the probabilities, from its gradient v in them. The error is a few ULP of pₖ·max |v|.
    /// </summary>
    /// <param name="rows">n × K margins, row-major.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="vectors">n × K numbers, v of each row.</param>
    /// <param name="products">Receives n × K numbers; none of the others.</param>
    /// <exception cref="ArgumentException">The lengths are not multiples of K, or differ.</exception>
    public static void JacobianProducts(ReadOnlySpan<double> rows, int classes, ReadOnlySpan<double> vectors, Span<double> products)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(vectors.Length, rows.Length, nameof(vectors));
        Values(rows, classes, products);
        for (var first = 0; first < products.Length; first += classes)
        {
            var v = vectors.Slice(first, classes);
            var p = products.Slice(first, classes);
            var mean = DotProduct.Compute(p, v);
            for (var k = 0; k < classes; k++)
                p[k] *= v[k] - mean;
        }
    }

    internal static void Values(ReadOnlySpan<double> rows, int classes, Span<double> values, Width width)
    {
        Require(rows, classes, values.Length, rows.Length);
        switch (Hardware.Resolve(width))
        {
            case Width.Vector512: Each<Lanes8>(rows, classes, values, slopes: false); break;
            case Width.Vector256: Each<Lanes4>(rows, classes, values, slopes: false); break;
            case Width.Vector128: Each<Lanes2>(rows, classes, values, slopes: false); break;
            default: Each<Lanes1>(rows, classes, values, slopes: false); break;
        }
    }

    internal static void Slopes(ReadOnlySpan<double> rows, int classes, Span<double> slopes, Width width)
    {
        Require(rows, classes, slopes.Length, rows.Length);
        switch (Hardware.Resolve(width))
        {
            case Width.Vector512: Each<Lanes8>(rows, classes, slopes, slopes: true); break;
            case Width.Vector256: Each<Lanes4>(rows, classes, slopes, slopes: true); break;
            case Width.Vector128: Each<Lanes2>(rows, classes, slopes, slopes: true); break;
            default: Each<Lanes1>(rows, classes, slopes, slopes: true); break;
        }
    }

    internal static void LogSumExp(ReadOnlySpan<double> rows, int classes, Span<double> results, Width width)
    {
        Require(rows, classes, results.Length, rows.Length / Math.Max(1, classes));
        for (var i = 0; i < results.Length; i++)
        {
            var row = rows.Slice(i * classes, classes);
            var greatest = Greatest(row);
            var rest = Hardware.Resolve(width) switch
            {
                Width.Vector512 => Rest<Lanes8>(row, greatest),
                Width.Vector256 => Rest<Lanes4>(row, greatest),
                Width.Vector128 => Rest<Lanes2>(row, greatest),
                _ => Rest<Lanes1>(row, greatest),
            };
            results[i] = double.IsFinite(row[greatest]) ? Plus(row[greatest], rest) : double.NaN;
        }
    }

    private static void Require(ReadOnlySpan<double> rows, int classes, int length, int expected)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length % classes, 0, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, expected);
    }

    /// <summary>The index of the first of the greatest margins, or of the first NaN.</summary>
    private static int Greatest(ReadOnlySpan<double> row)
    {
        var greatest = 0;
        for (var k = 1; k < row.Length && !double.IsNaN(row[greatest]); k++)
        {
            if (!(row[k] <= row[greatest]))
                greatest = k;
        }
        return greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Each<T>(ReadOnlySpan<double> rows, int classes, Span<double> results, bool slopes)
        where T : struct, ILanes<T>
    {
        Span<double> block = stackalloc double[Lanes];
        for (var first = 0; first < rows.Length; first += classes)
        {
            var row = rows.Slice(first, classes);
            var target = results.Slice(first, classes);
            var greatest = Greatest(row);
            var max = row[greatest];
            if (!double.IsFinite(max))
            {
                target.Fill(double.NaN);
                continue;
            }
            var rest = Rest<T>(row, greatest);
            var sum = Pair<Lanes1>.Sum(1.0, 0.0);
            sum = Add(sum, rest);
            var total = new Pair<T>(Number(sum.High), Number(sum.Low));
            for (var k = 0; k < classes; k += Lanes)
            {
                Load(row, k, block);
                for (var lane = 0; lane < Lanes; lane += T.Count)
                {
                    var (exp, mantissa) = Exponential<T>(max, T.Load(in block[lane]));
                    var share = Pair<T>.Quotient(mantissa, total);
                    if (slopes)
                    {
                        var others = Pair<T>.SumInAnyOrder(total.High, -exp.Scale(mantissa.High));
                        share = Pair<T>.Product(share, Pair<T>.Quotient(new(others.High, others.Low + total.Low - exp.Scale(mantissa.Low)), total));
                    }
                    exp.Scale(share.Value).Store(ref block[lane]);
                }
                block[..Math.Min(Lanes, classes - k)].CopyTo(target[k..]);
            }
            if (slopes)
                target[greatest] = SlopeOfGreatest(rest, sum);
        }
    }

    /// <summary>rest/(1 + rest)²: 1 − p of the greatest margin would cancel.</summary>
    private static double SlopeOfGreatest(Pair<Lanes1> rest, Pair<Lanes1> sum) =>
        Number(Pair<Lanes1>.Product(Pair<Lanes1>.Quotient(rest, sum), Pair<Lanes1>.Quotient(new(1.0, 0.0), sum)).Value);

    /// <summary>Σ e^(mₖ − max) over all classes but the greatest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Pair<Lanes1> Rest<T>(ReadOnlySpan<double> row, int greatest)
        where T : struct, ILanes<T>
    {
        Span<double> block = stackalloc double[Lanes];
        Span<double> highs = stackalloc double[Lanes];
        Span<double> lows = stackalloc double[Lanes];
        highs.Clear();
        lows.Clear();
        var max = row[greatest];
        for (var k = 0; k < row.Length; k += Lanes)
        {
            Load(row, k, block);
            if (greatest >= k && greatest < k + Lanes)
                block[greatest - k] = double.IsNaN(max) ? max : double.NegativeInfinity;
            for (var lane = 0; lane < Lanes; lane += T.Count)
            {
                var (exp, mantissa) = Exponential<T>(max, T.Load(in block[lane]));
                var sum = Pair<T>.SumInAnyOrder(T.Load(in highs[lane]), exp.Scale(mantissa.High));
                sum.High.Store(ref highs[lane]);
                (T.Load(in lows[lane]) + (sum.Low + exp.Scale(mantissa.Low))).Store(ref lows[lane]);
            }
        }
        var total = new Pair<Lanes1>(highs[0], lows[0]);
        for (var lane = 1; lane < Lanes; lane++)
            total = Add(total, new(highs[lane], lows[lane]));
        return total;
    }

    /// <summary>e^(margin − max) as a mantissa and a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Exp<T> Exp, Pair<T> Mantissa) Exponential<T>(double max, T margin)
        where T : struct, ILanes<T>
    {
        var difference = Pair<T>.SumInAnyOrder(max, -margin);
        // From the limit on e^-z is 0. The low part of an infinite difference is NaN.
        var isFar = difference.High >= Exp<T>.Limit;
        var low = T.Select(isFar, 0.0, difference.Low);
        var exp = new Exp<T>(T.AtMost(difference.High, Exp<T>.Limit));
        var mantissa = exp.Mantissa;
        return (exp, new(mantissa.High, T.NegatedMultiplyAdd(low, mantissa.High, mantissa.Low)));
    }

    /// <summary>Copies up to eight margins, and −∞ after the last class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(ReadOnlySpan<double> row, int first, Span<double> block)
    {
        var count = Math.Min(Lanes, row.Length - first);
        row.Slice(first, count).CopyTo(block);
        block[count..].Fill(double.NegativeInfinity);
    }

    private static Pair<Lanes1> Add(Pair<Lanes1> a, Pair<Lanes1> b)
    {
        var sum = Pair<Lanes1>.SumInAnyOrder(a.High, b.High);
        return Pair<Lanes1>.Sum(sum.High, sum.Low + (a.Low + b.Low));
    }

    /// <summary>max + log(1 + rest)</summary>
    private static double Plus(double max, Pair<Lanes1> rest)
    {
        var halvings = 0;
        while (Number(rest.High) > 1)
        {
            var less = Add(rest, new(-1.0, 0.0));
            rest = new(less.High * 0.5, less.Low * 0.5);
            halvings++;
        }
        var log = Add(new(halvings * Ln2High, halvings * Ln2Low), Log1p.Of(rest));
        return Number(Add(new(max, 0.0), log).Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Number(Lanes1 lane)
    {
        var value = 0.0;
        lane.Store(ref value);
        return value;
    }
}
