using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Losses;

/// <summary>
/// The log loss of a row as a function of its margin m = b + xᵀw, and its first two derivatives in m. With a = m for label 0 and −m for
/// label 1 they are softplus(a), ±σ(a) and σ′(a). Nothing overflows or cancels, and the loss is finite wherever the margin is, even
/// where σ(m) rounds to 0 or 1. All three take one e^-|a| and one division together.
/// </summary>
internal static class LogisticLoss
{
    private const int Lanes = 8;

    /// <summary>Σ −log σ(m) over labels 1 and −log(1 − σ(m)) over labels 0, each times its weight if there are weights.</summary>
    public static double Sum(ReadOnlySpan<double> margins, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights = default)
    {
        var rows = new RowLosses(512);
        var sum = 0.0;
        while (!margins.IsEmpty)
        {
            var count = Math.Min(rows.Capacity, margins.Length);
            margins[..count].CopyTo(rows.Margins);
            Evaluate(rows, count, labels[..count], weights.IsEmpty ? [] : weights[..count]);
            sum += rows.Loss.Take();
            margins = margins[count..];
            labels = labels[count..];
            weights = weights.IsEmpty ? [] : weights[count..];
        }
        return sum;
    }

    /// <summary>
    /// From the first <paramref name="count"/> of <see cref="RowLosses.Margins"/> it computes the residuals w·(σ(m) − y) and the curvatures
    /// w·σ(m)(1 − σ(m)), and adds the losses w·logloss to <see cref="RowLosses.Loss"/>. Without weights each is 1.
    /// </summary>
    public static void Evaluate(RowLosses rows, int count, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights, Width width = Width.Widest)
    {
        rows.Pad(count, labels, weights);
        rows.Loss.Reserve(count);
        var weighted = !weights.IsEmpty;
        switch (Hardware.Resolve(width))
        {
            case Width.Vector512: Run<Lanes8>(rows, count, weighted); break;
            case Width.Vector256: Run<Lanes4>(rows, count, weighted); break;
            case Width.Vector128: Run<Lanes2>(rows, count, weighted); break;
            default: Run<Lanes1>(rows, count, weighted); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(RowLosses rows, int count, bool weighted)
        where T : struct, ILanes<T>
    {
        ref var margins = ref MemoryMarshal.GetArrayDataReference(rows.Margins);
        ref var labels = ref MemoryMarshal.GetArrayDataReference(rows.Labels);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(rows.Weights);
        ref var residuals = ref MemoryMarshal.GetArrayDataReference(rows.Residuals);
        ref var curvatures = ref MemoryMarshal.GetArrayDataReference(rows.Curvatures);
        ref var parts = ref MemoryMarshal.GetArrayDataReference(rows.Loss.Parts);
        ref var products = ref MemoryMarshal.GetArrayDataReference(rows.Loss.Products);
        for (var i = 0; i < count; i += T.Count)
        {
            var lane = i % Lanes;
            var margin = T.Load(in Unsafe.Add(ref margins, i));
            var positive = T.Load(in Unsafe.Add(ref labels, i)) > 0.5;
            var a = T.Select(positive, -margin, margin);
            var exp = new Exp<T>(T.AtMost(T.Abs(a), Exp<T>.Limit));
            var e = exp.Scale((T)1.0 + (exp.Reduced + exp.Tail));
            var reciprocal = (T)1.0 / ((T)1.0 + e);
            var right = a > 0.0;
            var sigmoid = T.Select(right, reciprocal, e * reciprocal);
            var residual = T.Select(positive, -sigmoid, sigmoid);
            var curvature = e * reciprocal * reciprocal;
            var hinge = T.Select(right, a, 0.0);
            var part = T.Load(in Unsafe.Add(ref parts, lane));
            if (weighted)
            {
                var weight = T.Load(in Unsafe.Add(ref weights, i));
                var present = weight > 0.0;
                residual = T.Select(present, weight * residual, 0.0);
                curvature = T.Select(present, weight * curvature, 0.0);
                var loss = hinge + Log1p.Of<T>(new(e, 0.0)).Value;
                (part + T.Select(present, weight * loss, 0.0)).Store(ref Unsafe.Add(ref parts, lane));
            }
            else
            {
                (part + hinge).Store(ref Unsafe.Add(ref parts, lane));
                var product = T.Load(in Unsafe.Add(ref products, lane));
                (T.MultiplyAdd(e, product, e) + product).Store(ref Unsafe.Add(ref products, lane));
            }
            residual.Store(ref Unsafe.Add(ref residuals, i));
            curvature.Store(ref Unsafe.Add(ref curvatures, i));
        }
    }
}
