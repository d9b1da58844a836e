using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>
/// Scores of predicted probabilities, as scikit-learn defines them. With two classes the predicted label is the second one where its probability is at least
/// 0.5; with more it is the most probable one. Scores that are for two classes only, or for more, are left out with the other.
/// </summary>
[DefaultsLeftOut]
public sealed record ModelScores
{
    /// <summary>Mean log loss. It is computed from margins, so that it is finite even where a probability rounds to 0.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Area under the ROC curve, ties counted half; NaN if all rows are of one class. Left out with more than two classes.</summary>
    public double? RocAuc { get; init; }

    /// <summary>
    /// Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct probabilities from the highest down, with recall R and precision P. Left out with more than two classes.
    /// </summary>
    public double? AveragePrecision { get; init; }

    /// <summary>Mean (p − y)², with more than two classes summed over the classes.</summary>
    public required double Brier { get; init; }

    /// <summary>Share of rows predicted correctly.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Share of rows predicted as the second class that are of it. Left out with more than two classes.</summary>
    public double? Precision { get; init; }

    /// <summary>Share of rows of the second class that are predicted as it. Left out with more than two classes.</summary>
    public double? Recall { get; init; }

    /// <summary>Harmonic mean of precision and recall. Left out with more than two classes.</summary>
    public double? F1 { get; init; }

    /// <summary>Correlation of predicted and true labels.</summary>
    public required double MatthewsCorrelation { get; init; }

    /// <summary>
    /// Σ (rows in bin / n) · |mean p − mean y| over ten bins [0, 0.1), [0.1, 0.2), …, [0.9, 1] (Naeini, Cooper and Hauskrecht, 2015). Left out with more
    /// than two classes.
    /// </summary>
    public double? ExpectedCalibrationError { get; init; }

    /// <summary>The counts behind the scores at 0.5. Left out with more than two classes.</summary>
    public ConfusionMatrix? Confusion { get; init; }

    /// <summary>The mean recall of the classes that have rows. Left out with two classes.</summary>
    public double? BalancedAccuracy { get; init; }

    /// <summary>Means over the classes. Left out with two classes.</summary>
    public ClassAverages? Macro { get; init; }

    /// <summary>Means over the classes, weighted by their rows. Left out with two classes.</summary>
    public ClassAverages? Weighted { get; init; }

    /// <summary>Agreement of predicted and true labels beyond chance (Cohen, 1960). Left out with two classes.</summary>
    public double? Kappa { get; init; }

    /// <summary>Area under the ROC curve of each class against all others. Left out with two classes.</summary>
    public AreaAverages? RocAucOvr { get; init; }

    /// <summary>Area under the ROC curve of each pair of classes (Hand and Till, 2001). Left out with two classes.</summary>
    public AreaAverages? RocAucOvo { get; init; }

    /// <summary>
    /// Entry k − 1 is the share of rows where fewer than k classes are strictly more probable than the true one, for k from 1 to at most 5. Left out with
    /// two classes.
    /// </summary>
    public IReadOnlyList<double>? TopKAccuracy { get; init; }

    /// <summary>Counts of rows, entry [i][j] of true class i and predicted class j, in the order of the classes. Left out with two classes.</summary>
    public IReadOnlyList<IReadOnlyList<long>>? ConfusionMatrix { get; init; }

    internal static ModelScores From(ClassificationMetrics scores) => new()
    {
        LogLoss = scores.LogLoss,
        RocAuc = scores.RocAuc,
        AveragePrecision = scores.AveragePrecision,
        Brier = scores.Brier,
        Accuracy = scores.Accuracy,
        Precision = scores.Precision,
        Recall = scores.Recall,
        F1 = scores.F1,
        MatthewsCorrelation = scores.MatthewsCorrelation,
        ExpectedCalibrationError = scores.ExpectedCalibrationError,
        Confusion = scores.Confusion,
    };

    internal static ModelScores From(MultinomialMetrics scores) => new()
    {
        LogLoss = scores.LogLoss,
        Brier = scores.Brier,
        Accuracy = scores.Accuracy,
        MatthewsCorrelation = scores.MatthewsCorrelation,
        BalancedAccuracy = scores.BalancedAccuracy,
        Macro = new(scores.MacroPrecision, scores.MacroRecall, scores.MacroF1),
        Weighted = new(scores.WeightedPrecision, scores.WeightedRecall, scores.WeightedF1),
        Kappa = scores.Kappa,
        RocAucOvr = new(scores.RocAuc.OneVsRestMacro, scores.RocAuc.OneVsRestWeighted),
        RocAucOvo = new(scores.RocAuc.OneVsOneMacro, scores.RocAuc.OneVsOneWeighted),
        TopKAccuracy = scores.TopKAccuracy,
        ConfusionMatrix = scores.Confusion,
    };
}

/// <summary>Averages over the classes.</summary>
/// <param name="Precision">Of a class: share of the rows predicted as it that are of it.</param>
/// <param name="Recall">Of a class: share of its rows that are predicted as it.</param>
/// <param name="F1">Of a class: harmonic mean of precision and recall.</param>
public sealed record ClassAverages(double Precision, double Recall, double F1);

/// <summary>Averages of areas under ROC curves; NaN if the rows have only one class.</summary>
/// <param name="Macro">The mean.</param>
/// <param name="Weighted">The mean, weighted by the rows of the class or pair.</param>
public sealed record AreaAverages(double Macro, double Weighted);
