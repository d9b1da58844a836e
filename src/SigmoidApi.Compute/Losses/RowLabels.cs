namespace SigmoidApi.Compute.Losses;

/// <summary>
/// Each row's class and weight, and how its loss depends on its margins. Nothing else in a fit knows whether there are two classes or more: a row has
/// <see cref="Outputs"/> margins, one for each vector of parameters, and as many residuals. One margin is that of logistic regression; more are those of
/// softmax regression.
/// </summary>
/// <param name="Values">The class of each row, from 0.</param>
/// <param name="Weights">Null if each is 1.</param>
internal sealed record RowLabels(double[] Values, double[]? Weights)
{
    /// <summary>K, at least 2.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>
    /// The class whose margin is 0 in every row, so that it needs no parameters; null if each class has its own. Class 0 with two classes is logistic
    /// regression.
    /// </summary>
    public int? Base { get; init; } = 0;

    /// <summary>The class that is told apart from all others together, which is logistic regression too; null to tell apart each class.</summary>
    public int? Positive { get; init; }

    /// <summary>The number of margins of a row.</summary>
    public int Outputs => Positive is not null ? 1 : Base is null ? Classes : Classes - 1;

    /// <summary>The output of a class; −1 for the base class.</summary>
    public int OutputOf(int label) => OutputOf(label, Base);

    /// <summary>The same for a base class, or null if each class has an output.</summary>
    public static int OutputOf(int label, int? baseClass) => baseClass is null || label < baseClass ? label : label == baseClass ? -1 : label - 1;

    /// <summary>Whether the same number can be added to all margins of a row without changing its loss.</summary>
    public bool IsSymmetric => Positive is null && Base is null;

    /// <summary>Labels of K classes against a base class.</summary>
    public static RowLabels Against(int baseClass, int classes, double[] values, double[]? weights) => classes == 2 && baseClass == 1
        ? new RowLabels(values, weights) { Positive = 0, Base = 1 }
        : new RowLabels(values, weights) { Classes = classes, Base = baseClass };

    /// <summary>
    /// From the margins of some rows it computes their residuals (the derivatives of the loss in the margins) and what
    /// <see cref="RowLosses.CurvaturesOf"/> needs, and adds their losses to <see cref="RowLosses.Loss"/>.
    /// </summary>
    public void Evaluate(RowLosses rows, int first, int count)
    {
        ReadOnlySpan<double> values = Values.AsSpan(first, count);
        if (Outputs > 1)
        {
            SoftmaxLoss.Evaluate(rows, count, values, WeightsOf(first, count), Base);
            return;
        }
        if (Positive is { } positive)
        {
            for (var i = 0; i < count; i++)
                rows.Labels[i] = values[i] == positive ? 1 : 0;
            values = rows.Labels.AsSpan(0, count);
        }
        LogisticLoss.Evaluate(rows, count, values, WeightsOf(first, count));
    }

    /// <summary>The number of rows of the rarest class that is told apart, among every <paramref name="every"/>-th row, regardless of weights.</summary>
    public int RarestClass(int every)
    {
        var counts = new int[Positive is null ? Classes : 2];
        for (var i = 0; i < Values.Length; i += every)
            counts[Positive is { } positive ? (Values[i] == positive ? 1 : 0) : (int)Values[i]]++;
        return counts.Min();
    }

    /// <summary>The weights of some rows; empty if each is 1.</summary>
    public ReadOnlySpan<double> WeightsOf(int first, int count) => Weights is null ? [] : Weights.AsSpan(first, count);

    /// <summary>The sum of the weights of some rows.</summary>
    public double WeightOf(int first, int count)
    {
        if (Weights is null)
            return count;
        var sum = 0.0;
        foreach (var weight in Weights.AsSpan(first, count))
            sum += weight;
        return sum;
    }
}
