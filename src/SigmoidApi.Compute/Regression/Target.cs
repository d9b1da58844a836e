using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Losses;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// What a run fits its rows to: two classes, labels 0 and 1, with one vector of parameters; or K classes with a vector for each. It knows which solver
/// calls that takes, how rows are split by class, and how margins are scored.
/// </summary>
internal sealed class Target
{
    private readonly ClassLabels? _labels;
    private readonly LogisticOptions _options;

    /// <summary>Two classes.</summary>
    public Target(double[] labels, LogisticOptions options) => (Values, _options, Names) = (labels, options, ["0", "1"]);

    /// <summary>K classes.</summary>
    public Target(ClassLabels labels, LogisticOptions options)
    {
        (_labels, _options) = (labels, options);
        (Values, Names) = (Array.ConvertAll(labels.Codes, code => (double)code), [.. labels.Names.Select(name => $"'{name}'")]);
    }

    /// <summary>The class of each row, from 0.</summary>
    public double[] Values { get; }

    /// <summary>The classes as messages name them.</summary>
    public IReadOnlyList<string> Names { get; }

    public int Classes => Names.Count;

    /// <summary>Whether there is a single vector of parameters.</summary>
    public bool IsBinary => _labels is null;

    /// <summary>The number of vectors of a model, which is that of a row's margins.</summary>
    public int Vectors => IsBinary ? 1 : Classes;

    /// <summary>Whether each class is fitted on its own.</summary>
    public bool IsOneVsRest => !IsBinary && _options.MultiClass == MultiClass.OneVsRest;

    /// <summary>The class without parameters in the solver; null if there is none.</summary>
    public int? Base => !IsBinary && !IsOneVsRest && _options.Penalty == Penalty.None ? _options.BaseClass ?? 0 : null;

    /// <summary>Whether the same number can be added to all intercepts without changing a probability; they then sum to 0.</summary>
    public bool IsSymmetric => !IsBinary && !IsOneVsRest && Base is null;

    /// <summary>How many solver calls a fit takes, and how many vectors of parameters each has.</summary>
    public (int Calls, int Outputs) Problems => IsOneVsRest ? (Classes, 1) : (1, Base is null ? Vectors : Classes - 1);

    /// <summary>The labels of each solver call, with the weights of rows and classes.</summary>
    /// <param name="sampleWeights">Null for 1; 0 for a row that is left out.</param>
    /// <exception cref="UntrainableDataException"><c>single_class</c>: a class has no weight.</exception>
    public RowLabels[] Labels(double[]? sampleWeights)
    {
        if (!IsOneVsRest)
            return [IsBinary ? new RowLabels(Values, Weights(null)) : LabelsOfClasses(Weights(null))];
        // Balanced weights are of the two sides of each fit, as in scikit-learn; others are the same in every fit.
        var isShared = _options.ClassWeight is null || _options.ClassWeight != ClassWeight.Balanced;
        var shared = isShared ? Weights(null) : null;
        return [.. Enumerable.Range(0, Classes).Select(k => new RowLabels(Values, isShared ? shared : Weights(k)) { Positive = k })];

        double[]? Weights(int? positive)
        {
            var weights = ClassWeighted(sampleWeights, positive);
            if (weights is not null)
                BinaryLabels.RequireWeightInEveryClass(Values, weights, Names);
            return weights;
        }
    }

    private RowLabels LabelsOfClasses(double[]? weights) => Base is { } baseClass
        ? RowLabels.Against(baseClass, Classes, Values, weights)
        : new RowLabels(Values, weights) { Classes = Classes, Base = null };

    /// <summary>The sample weights times the class weights; null for 1.</summary>
    private double[]? ClassWeighted(double[]? sampleWeights, int? positive)
    {
        if (_options.ClassWeight is not { } classWeight)
            return sampleWeights;
        double[] weights = sampleWeights ?? [.. Enumerable.Repeat(1.0, Values.Length)];
        double[] sides = positive is null ? Values : Array.ConvertAll(Values, value => value == positive ? 1.0 : 0);
        var factors = classWeight.Values?.ToArray();
        if (factors is null)
        {
            var totals = BinaryLabels.ClassTotals(sides, weights, positive is null ? Classes : 2);
            var each = totals.Sum() / totals.Length;
            factors = [.. totals.Select(total => total > 0 ? each / total : 0)];
        }
        return [.. weights.Select((weight, i) => weight * factors[(int)sides[i]])];
    }

    public (int[] Training, int[] HeldOut) Holdout(double fraction)
    {
        if (_options.Groups is null && _options.TimeOrder is null)
        {
            return _labels is null
                ? StratifiedSplit.Holdout(Values, fraction, _options.Seed)
                : StratifiedSplit.Holdout(_labels, fraction, _options.Seed);
        }
        var (training, heldOut) = _options.Groups is { } groups
            ? RowSplit.ByGroup(groups, fraction, _options.Seed)
            : RowSplit.ByTime(_options.TimeOrder, fraction);
        foreach (var part in new[] { training, heldOut })
        {
            if (!IsBinary)
            {
                RequireEveryClass(part);
            }
            else if (Array.TrueForAll(part, row => Values[row] == Values[part[0]]))
            {
                throw new UntrainableDataException("class_missing_from_split",
                    $"After the holdout, one of the two parts ({part.Length} rows) has only class {Values[part[0]]}.");
            }
        }
        return (training, heldOut);
    }

    /// <summary>The fold of each row.</summary>
    public int[] Folds(int folds)
    {
        if (_labels is null)
            return _options.Groups is { } ofBinary ? RowSplit.GroupFolds(ofBinary, folds, _options.Seed) : StratifiedSplit.Folds(Values, folds, _options.Seed);
        if (_options.Groups is not { } groups)
            return StratifiedSplit.Folds(_labels, folds, _options.Seed);
        var foldOf = RowSplit.GroupFolds(groups, folds, _options.Seed);
        for (var fold = 0; fold < folds; fold++)
            RequireEveryClass([.. Enumerable.Range(0, foldOf.Length).Where(row => foldOf[row] != fold)]);
        return foldOf;
    }

    /// <summary>
    /// The part of each row for a calibration, −1 for rows that the model is not fitted to. Parts are stratified, or of whole groups, or of consecutive times,
    /// as the validation splits.
    /// </summary>
    /// <exception cref="UntrainableDataException">
    /// <c>class_missing_from_split</c> or <c>empty_split</c>: too few rows of a class, groups or times for so many parts.
    /// </exception>
    public int[] CalibrationFolds(int folds, int[]? training)
    {
        int[] rows = training ?? [.. Enumerable.Range(0, Values.Length)];
        var values = Select(Values, rows);
        var ofRows = _options.Groups is { } groups ? RowSplit.GroupFolds(Array.ConvertAll(rows, row => groups[row]), folds, _options.Seed)
            : _options.TimeOrder is { } times ? RowSplit.TimeFolds(Select(times, rows), folds)
            : _labels is null ? StratifiedSplit.Folds(values, folds, _options.Seed)
            : StratifiedSplit.Folds(new ClassLabels(Array.ConvertAll(values, value => (int)value), _labels.Names), folds, _options.Seed);
        var foldOf = new int[Values.Length];
        Array.Fill(foldOf, -1);
        for (var i = 0; i < rows.Length; i++)
            foldOf[rows[i]] = ofRows[i];
        for (var fold = 0; fold < folds; fold++)
            RequireEveryClass([.. rows.Where(row => foldOf[row] != fold)]);
        return foldOf;
    }

    /// <summary>The mean log loss of some rows' margins, weighted by the rows' sample weights.</summary>
    public double MeanLogLoss(double[] margins, int[] rows)
    {
        double[] weights = _options.SampleWeight is { } all ? Select(all, rows) : [];
        var total = _options.SampleWeight is null ? rows.Length : weights.Sum();
        if (!(total > 0))
            throw new UntrainableDataException("no_weight_held_out", "All rows held out have weight 0; use other folds, or weights above 0.");
        var labels = Select(Values, rows);
        return (IsBinary ? LogisticLoss.Sum(margins, labels, weights) : SoftmaxLoss.Sum(Scores(margins), Classes, labels, weights)) / total;
    }

    /// <summary>What a softmax takes to the probabilities; see <see cref="MultinomialModel.ToScores"/>. Changes <paramref name="margins"/> in place.</summary>
    public double[] Scores(double[] margins)
    {
        MultinomialModel.ToScores(margins, IsOneVsRest ? MultiClass.OneVsRest : MultiClass.Multinomial);
        return margins;
    }

    /// <summary>Rows of values, one for each of <see cref="Vectors"/> or a single one.</summary>
    public static double[] Select(ReadOnlySpan<double> values, int[] rows, int width = 1)
    {
        var selected = new double[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
            values.Slice(rows[i] * width, width).CopyTo(selected.AsSpan(i * width));
        return selected;
    }

    private void RequireEveryClass(int[] rows)
    {
        var counts = new int[Classes];
        foreach (var row in rows)
            counts[(int)Values[row]]++;
        var missing = Array.IndexOf(counts, 0);
        if (missing >= 0)
        {
            throw new UntrainableDataException("class_missing_from_split",
                $"A part of {rows.Length} of the {Values.Length} rows has none of the {Values.Count(value => value == missing)} rows of class "
                + $"{Names[missing]}.");
        }
    }
}
