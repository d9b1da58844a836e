namespace SigmoidApi.Compute.Data;

/// <summary>What a vector of labels must satisfy before anything is computed from it.</summary>
internal static class BinaryLabels
{
    /// <exception cref="UntrainableDataException"><c>invalid_label</c>: names the first label that is neither 0 nor 1.</exception>
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

    /// <exception cref="UntrainableDataException"><c>single_class</c>: the rows of one class, or of both, weigh nothing.</exception>
    public static void RequireWeightInBothClasses(ReadOnlySpan<double> labels, ReadOnlySpan<double> weights)
    {
        foreach (var label in (ReadOnlySpan<double>)[0, 1])
        {
            var weight = 0.0;
            for (var i = 0; i < labels.Length; i++)
                weight += labels[i] == label ? weights[i] : 0;
            if (!(weight > 0 && double.IsFinite(weight)))
                throw new UntrainableDataException("single_class", $"The rows of class {label} weigh {weight} together; a fit needs a positive, finite weight.");
        }
    }
}
