using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Data;

/// <summary>Checks of labels before a fit.</summary>
internal static class BinaryLabels
{
    /// <exception cref="UntrainableDataException"><c>invalid_label</c>: a label is neither 0 nor 1. The message names the first.</exception>
    public static void RequireBinary(ReadOnlySpan<double> labels)
    {
        // Eight at a time: the search of the framework compares float64 values one by one.
        var first = 0;
        while (first <= labels.Length - Vector512<double>.Count && AreBinary(Vector512.Create(labels[first..])))
            first += Vector512<double>.Count;
        var index = labels[first..].IndexOfAnyExcept(0.0, 1.0);
        if (index < 0)
            return;
        index += first;
        throw new UntrainableDataException("invalid_label", $"Label {index} is {labels[index]}; labels are 0 or 1.");

        static bool AreBinary(Vector512<double> eight) =>
            (Vector512.Equals(eight, Vector512<double>.Zero) | Vector512.Equals(eight, Vector512<double>.One)).AsInt64() == Vector512<long>.AllBitsSet;
    }

    /// <exception cref="UntrainableDataException"><c>invalid_label</c>, or <c>single_class</c>: every label is the same.</exception>
    public static void RequireTwoClasses(ReadOnlySpan<double> labels)
    {
        RequireBinary(labels);
        if (labels.IndexOfAnyExcept(labels[0]) < 0)
            throw new UntrainableDataException("single_class", $"All {labels.Length} labels are {labels[0]}; a fit needs rows of both classes.");
    }

    /// <summary>The sum of the weights of each class.</summary>
    public static double[] ClassTotals(ReadOnlySpan<double> labels, ReadOnlySpan<double> weights, int classes)
    {
        var totals = new double[classes];
        for (var i = 0; i < labels.Length; i++)
            totals[(int)labels[i]] += weights[i];
        return totals;
    }

    /// <exception cref="UntrainableDataException"><c>single_class</c>: the weights of a class do not add up to a positive, finite number.</exception>
    public static void RequireWeightInEveryClass(ReadOnlySpan<double> labels, ReadOnlySpan<double> weights, IReadOnlyList<string> names)
    {
        foreach (var (label, weight) in ClassTotals(labels, weights, names.Count).Index())
        {
            if (!(weight > 0 && double.IsFinite(weight)))
            {
                throw new UntrainableDataException("single_class",
                    $"The rows of class {names[label]} weigh {weight} together; a fit needs a positive, finite weight.");
            }
        }
    }
}
