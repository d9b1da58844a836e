namespace SigmoidApi.Compute.Data;

/// <summary>Checks of labels before a fit.</summary>
internal static class BinaryLabels
{
    /// <exception cref="UntrainableDataException"><c>invalid_label</c>: a label is neither 0 nor 1. The message names the first.</exception>
    public static void RequireBinary(ReadOnlySpan<double> labels)
    {
        var index = labels.IndexOfAnyExcept(0.0, 1.0);
        if (index >= 0)
            throw new UntrainableDataException("invalid_label", $"Label {index} is {labels[index]}; labels are 0 or 1.");
    }

    /// <exception cref="UntrainableDataException"><c>invalid_label</c>, or <c>single_class</c>: every label is the same.</exception>
    public static void RequireTwoClasses(ReadOnlySpan<double> labels)
    {
        RequireBinary(labels);
        if (labels.IndexOfAnyExcept(labels[0]) < 0)
            throw new UntrainableDataException("single_class", $"All {labels.Length} labels are {labels[0]}; a fit needs rows of both classes.");
    }

    /// <exception cref="UntrainableDataException"><c>single_class</c>: the weights of a class do not add up to a positive, finite number.</exception>
    public static void RequireWeightInBothClasses(ReadOnlySpan<double> labels, ReadOnlySpan<double> weights)
    {
        foreach (var label in (ReadOnlySpan<double>)[0, 1])
        {
            var weight = 0.0;
            for (var i = 0; i < labels.Length; i++)
                weight += labels[i] == label ? weights[i] : 0;
            if (!(weight > 0 && double.IsFinite(weight)))
            {
                throw new UntrainableDataException("single_class",
                    $"The rows of class {label} weigh {weight} together; a fit needs a positive, finite weight.");
            }
        }
    }
}
