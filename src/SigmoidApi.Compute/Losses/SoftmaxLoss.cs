using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Losses;

/// <summary>
/// The log loss of a row of K classes as a function of its margins, log Σₖ e^mₖ − m_y, and its first derivatives pₖ − [k = y] with pₖ = e^mₖ / Σ e^m.
/// The greatest margin is taken out of the sum, Σ e^(mₖ − max) = 1 + rest, so that nothing overflows; neither the loss nor 1 − p of a
/// probable class cancels, because the rest is summed on its own. The rows are in the lanes, so that every width of a vector gives the same bits.
/// </summary>
internal static class SoftmaxLoss
{
    private const int Lanes = 8;

    private const double Ln2 = 0.6931471805599453;

    /// <summary>Rows that <see cref="Sum"/> takes at a time.</summary>
    private const int BlockRows = 64;

    /// <summary>Σ w·logloss of rows with a margin for each class, row-major.</summary>
    public static double Sum(ReadOnlySpan<double> margins, int classes, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights = default)
    {
        var rows = new RowLosses(BlockRows, classes);
        var sum = 0.0;
        for (var first = 0; first < labels.Length; first += BlockRows)
        {
            var count = Math.Min(BlockRows, labels.Length - first);
            for (var i = 0; i < count; i++)
            {
                for (var k = 0; k < classes; k++)
                    rows.Margins[k * BlockRows + i] = margins[(first + i) * classes + k];
            }
            Evaluate(rows, count, labels.Slice(first, count), weights.IsEmpty ? [] : weights.Slice(first, count), baseClass: null);
            sum += rows.Loss.Take();
        }
        return sum;
    }

    /// <summary>Like <see cref="LogisticLoss.Evaluate"/>, for a margin of each class, or of each class but the base, whose margin is 0.</summary>
    /// <param name="rows">The margins on entry, the result on return.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="weights">Empty for 1.</param>
    /// <param name="baseClass">Null if each class has a margin.</param>
    /// <param name="width">The width of vectors to use.</param>
    public static void Evaluate(RowLosses rows, int count, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights, int? baseClass,
        Width width = Width.Widest)
    {
        Pad(rows, count, labels, weights, baseClass);
        switch (Hardware.Resolve(width))
        {
            case Width.Vector512: Run<Lanes8>(rows, count, baseClass is not null); break;
            case Width.Vector256: Run<Lanes4>(rows, count, baseClass is not null); break;
            case Width.Vector128: Run<Lanes2>(rows, count, baseClass is not null); break;
            default: Run<Lanes1>(rows, count, baseClass is not null); break;
        }
    }

    /// <summary>Sets each row's output and weight, and pads to a whole number of lanes with rows of weight 0.</summary>
    private static void Pad(RowLosses rows, int count, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights, int? baseClass)
    {
        for (var i = 0; i < count; i++)
        {
            rows.Labels[i] = RowLabels.OutputOf((int)labels[i], baseClass);
            rows.Weights[i] = weights.IsEmpty ? 1 : weights[i];
        }
        var padded = (count + 7) & ~7;
        rows.Labels.AsSpan(count, padded - count).Clear();
        rows.Weights.AsSpan(count, padded - count).Clear();
        for (var o = 0; o < rows.Outputs && padded > count; o++)
            rows.MarginsOf(o)[count..padded].Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(RowLosses rows, int count, bool hasBase)
        where T : struct, ILanes<T>
    {
        ref var margins = ref MemoryMarshal.GetArrayDataReference(rows.Margins);
        ref var residuals = ref MemoryMarshal.GetArrayDataReference(rows.Residuals);
        ref var probabilities = ref MemoryMarshal.GetArrayDataReference(rows.Probabilities);
        ref var parts = ref MemoryMarshal.GetArrayDataReference(rows.Loss.Parts);
        var (outputs, stride) = (rows.Outputs, rows.Capacity);
        for (var i = 0; i < count; i += T.Count)
        {
            var label = T.Load(in rows.Labels[i]);
            var weight = T.Load(in rows.Weights[i]);
            var max = hasBase ? 0.0 : T.Load(in Unsafe.Add(ref margins, i));
            for (var o = 0; o < outputs; o++)
                max = T.AtLeast(T.Load(in Unsafe.Add(ref margins, o * stride + i)), max);

            // The first class with the greatest margin is the 1 of 1 + rest; the others are added up.
            T rest = 0.0, taken = 0.0, own = 0.0;
            if (hasBase)
            {
                var isMax = (T)0.0 >= max;
                rest = T.Select(isMax, 0.0, Exponential(max));
                taken = T.Select(isMax, 1.0, 0.0);
            }
            for (var o = 0; o < outputs; o++)
            {
                var margin = T.Load(in Unsafe.Add(ref margins, o * stride + i));
                var e = Exponential(max - margin);
                var isMax = margin >= max;
                rest += T.Select(isMax, taken, e);
                taken = T.Select(isMax, 1.0, taken);
                own = T.Select(IsOutput(label, o), margin, own);
                e.Store(ref Unsafe.Add(ref probabilities, o * stride + i));
            }

            var present = weight > 0.0;
            var share = (T)1.0 / ((T)1.0 + rest);
            var others = rest * share;
            var loss = max - own + LogOnePlus(rest);
            var place = i % Lanes;
            (T.Load(in Unsafe.Add(ref parts, place)) + T.Select(present, weight * loss, 0.0)).Store(ref Unsafe.Add(ref parts, place));
            others.Store(ref rows.Others[i]);
            for (var o = 0; o < outputs; o++)
            {
                ref var probability = ref Unsafe.Add(ref probabilities, o * stride + i);
                var p = T.Load(in probability) * share;
                var residual = T.Select(IsOutput(label, o), -T.Select(p > 0.5, others, (T)1.0 - p), p);
                T.Select(present, weight * residual, 0.0).Store(ref Unsafe.Add(ref residuals, o * stride + i));
                p.Store(ref probability);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T IsOutput<T>(T label, int output)
        where T : struct, ILanes<T> => T.Abs(label - (double)output) < 0.5;

    /// <summary>e^-z for z ≥ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Exponential<T>(T z)
        where T : struct, ILanes<T>
    {
        var exp = new Exp<T>(T.AtMost(z, Exp<T>.Limit));
        return exp.Scale((T)1.0 + (exp.Reduced + exp.Tail));
    }

    /// <summary>log(1 + u) for finite u ≥ 0: 1 + u is halved until u is at most 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogOnePlus<T>(T u)
        where T : struct, ILanes<T>
    {
        T halvings = 0.0;
        while (T.AnyGreater(u, 1.0))
        {
            var large = u > 1.0;
            u = T.Select(large, (u - 1.0) * 0.5, u);
            halvings += T.Select(large, 1.0, 0.0);
        }
        return T.MultiplyAdd(halvings, Ln2, Log1p.Of<T>(new(u, 0.0)).Value);
    }
}
