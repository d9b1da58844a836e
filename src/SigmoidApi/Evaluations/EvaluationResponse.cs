using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.Evaluations;

/// <summary>
/// How good a model's probabilities are. What is not defined is left out: for example an area under a curve where all rows are of one class.
/// </summary>
[DefaultsLeftOut]
public sealed record EvaluationResponse
{
    /// <summary>The evaluation's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The version that was evaluated; left out for scores that were made elsewhere.</summary>
    public ModelVersionName? Model { get; init; }

    /// <summary>The data set; left out if the rows came with the request.</summary>
    public Guid? DatasetId { get; init; }

    /// <summary>The column of the classes; left out if the rows came with the request.</summary>
    public string? Target { get; init; }

    /// <summary>The classes; of two, the second is the positive one.</summary>
    public required IReadOnlyList<ClassLabel> Classes { get; init; }

    /// <summary>The number of rows, those of weight 0 included.</summary>
    public required long Rows { get; init; }

    /// <summary>The weight of all rows.</summary>
    public required double Weight { get; init; }

    /// <summary>The share of the weight that is of the second class of two; left out with more classes.</summary>
    public double? PositiveRate { get; init; }

    /// <summary>The lowest probability that is predicted as the second class of two; left out with more classes.</summary>
    public double? Threshold { get; init; }

    /// <summary>What a row costs, for two classes; left out with more.</summary>
    public EvaluationCosts? Costs { get; init; }

    /// <summary>The level of the intervals.</summary>
    public required double ConfidenceLevel { get; init; }

    /// <summary>The scores.</summary>
    public required EvaluationMetrics Metrics { get; init; }

    /// <summary>
    /// Confidence intervals by the names of the metrics: of the area under the ROC curve by DeLong's method, if every row weighs 1; of every metric by the
    /// bootstrap, if resamples were asked for.
    /// </summary>
    public required IReadOnlyDictionary<string, MetricInterval> Intervals { get; init; }

    /// <summary>The parts of the Brier score, for two classes; left out with more.</summary>
    public BrierDecomposition? BrierDecomposition { get; init; }

    /// <summary>How far the probabilities can be trusted, for two classes; left out with more.</summary>
    public EvaluationCalibration? Calibration { get; init; }

    /// <summary>
    /// The gains of each tenth of the weight, from the highest probabilities down, for two classes; left out with more, and if no row is of the second.
    /// </summary>
    public IReadOnlyList<GainsDecile>? Gains { get; init; }

    /// <summary>The best thresholds by each rule, for two classes; left out with more.</summary>
    public IReadOnlyList<BestChoice>? Best { get; init; }

    /// <summary>The scores of each group; left out if none were asked for.</summary>
    public IReadOnlyList<EvaluationGroup>? Groups { get; init; }

    /// <summary>The comparison with the other model, for two classes and rows that all weigh 1; left out otherwise.</summary>
    public EvaluationComparison? Comparison { get; init; }

    /// <summary>What a reader should know before using the figures.</summary>
    public required IReadOnlyList<EvaluationWarning> Warnings { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Scores as scikit-learn defines them. Those for two classes only, or for more, are left out with the other.</summary>
[DefaultsLeftOut]
public sealed record EvaluationMetrics
{
    /// <summary>Mean log loss.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Area under the ROC curve, ties counted half; left out if all rows are of one class, and with more than two classes.</summary>
    public double? RocAuc { get; init; }

    /// <summary>Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct probabilities from the highest down, with recall R and precision P; left out like <c>rocAuc</c>.</summary>
    public double? AveragePrecision { get; init; }

    /// <summary>Mean (p − y)², with more than two classes summed over the classes.</summary>
    public required double Brier { get; init; }

    /// <summary>Share of the weight predicted correctly.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Share of the weight predicted as the second class that is of it; left out with more than two classes.</summary>
    public double? Precision { get; init; }

    /// <summary>Share of the weight of the second class that is predicted as it; left out with more than two classes.</summary>
    public double? Recall { get; init; }

    /// <summary>Share of the weight of the first class that is predicted as it; left out with more than two classes.</summary>
    public double? Specificity { get; init; }

    /// <summary>Harmonic mean of precision and recall; left out with more than two classes.</summary>
    public double? F1 { get; init; }

    /// <summary>Mean recall of the classes; left out if a class has no row.</summary>
    public double? BalancedAccuracy { get; init; }

    /// <summary>Correlation of predicted and true classes.</summary>
    public required double MatthewsCorrelation { get; init; }

    /// <summary>Agreement of predicted and true classes beyond chance (Cohen, 1960).</summary>
    public required double Kappa { get; init; }

    /// <summary>The greatest difference of the true and false positive rates (Kolmogorov and Smirnov); left out like <c>rocAuc</c>.</summary>
    public double? KolmogorovSmirnov { get; init; }

    /// <summary>The highest threshold that reaches that difference; left out like <c>rocAuc</c>.</summary>
    public double? KolmogorovSmirnovThreshold { get; init; }

    /// <summary>Mean |mean p − mean y| over ten bins, by their weight; left out with more than two classes.</summary>
    public double? ExpectedCalibrationError { get; init; }

    /// <summary>Mean cost of a unit of weight at the threshold; left out with more than two classes.</summary>
    public double? MeanCost { get; init; }

    /// <summary>The weights behind the scores at the threshold, for two classes; left out with more.</summary>
    public WeightedConfusion? Confusion { get; init; }

    /// <summary>Means over the classes, for more than two; left out with two.</summary>
    public ClassAverages? Macro { get; init; }

    /// <summary>Means over the classes by their weights, for more than two; left out with two.</summary>
    public ClassAverages? Weighted { get; init; }

    /// <summary>Area under the ROC curve of each class against all others, for more than two; left out with two, and if a class has no row.</summary>
    public AreaAverages? RocAucOvr { get; init; }

    /// <summary>Area under the ROC curve of each pair of classes, for more than two; left out with two, and if a class has no row.</summary>
    public AreaAverages? RocAucOvo { get; init; }

    /// <summary>
    /// Entry k − 1 is the share of the weight where fewer than k classes are strictly more probable than the true one, for more than two; left out with
    /// two.
    /// </summary>
    public IReadOnlyList<double>? TopKAccuracy { get; init; }

    /// <summary>Weights of rows, entry [i][j] of true class i and predicted class j, for more than two; left out with two.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? ConfusionMatrix { get; init; }

    internal static EvaluationMetrics Of(BinaryMetrics metrics, ThresholdMetrics at) => new()
    {
        LogLoss = metrics.LogLoss,
        RocAuc = metrics.RocAuc,
        AveragePrecision = metrics.AveragePrecision,
        Brier = metrics.Brier,
        Accuracy = at.Accuracy,
        Precision = at.Precision,
        Recall = at.Recall,
        Specificity = at.Specificity,
        F1 = at.F1,
        BalancedAccuracy = at.BalancedAccuracy,
        MatthewsCorrelation = at.MatthewsCorrelation,
        Kappa = at.Kappa,
        KolmogorovSmirnov = metrics.KolmogorovSmirnov?.Statistic,
        KolmogorovSmirnovThreshold = metrics.KolmogorovSmirnov?.Threshold,
        ExpectedCalibrationError = metrics.ExpectedCalibrationError,
        MeanCost = at.MeanCost,
        Confusion = WeightedConfusion.Of(at),
    };

    internal static EvaluationMetrics Of(MultinomialMetrics metrics) => new()
    {
        LogLoss = metrics.LogLoss,
        Brier = metrics.Brier,
        Accuracy = metrics.Accuracy,
        BalancedAccuracy = metrics.BalancedAccuracy,
        MatthewsCorrelation = metrics.MatthewsCorrelation,
        Kappa = metrics.Kappa,
        Macro = new(metrics.MacroPrecision, metrics.MacroRecall, metrics.MacroF1),
        Weighted = new(metrics.WeightedPrecision, metrics.WeightedRecall, metrics.WeightedF1),
        RocAucOvr = AreasOf(metrics.RocAuc.OneVsRestMacro, metrics.RocAuc.OneVsRestWeighted),
        RocAucOvo = AreasOf(metrics.RocAuc.OneVsOneMacro, metrics.RocAuc.OneVsOneWeighted),
        TopKAccuracy = metrics.TopKAccuracy,
        ConfusionMatrix = metrics.WeightedConfusion ?? [.. metrics.Confusion.Select(row => row.Select(count => (double)count).ToArray())],
    };

    private static AreaAverages? AreasOf(double macro, double weighted) => double.IsNaN(macro) ? null : new(macro, weighted);
}

/// <summary>Weights of rows by predicted and true class; counts if every row weighs 1.</summary>
/// <param name="TrueNegatives">Of the first class, predicted as it.</param>
/// <param name="FalsePositives">Of the first class, predicted as the second.</param>
/// <param name="FalseNegatives">Of the second class, predicted as the first.</param>
/// <param name="TruePositives">Of the second class, predicted as it.</param>
public sealed record WeightedConfusion(double TrueNegatives, double FalsePositives, double FalseNegatives, double TruePositives)
{
    internal static WeightedConfusion Of(ThresholdMetrics at) => new(at.TrueNegative, at.FalsePositive, at.FalseNegative, at.TruePositive);
}

/// <summary>A confidence interval of a metric.</summary>
/// <param name="ConfidenceInterval">The lower and upper bound.</param>
/// <param name="Method">How it was computed.</param>
/// <param name="StandardError">The standard error; left out for the bootstrap.</param>
[DefaultsLeftOut]
public sealed record MetricInterval(
    [property: Length(2, 2)] IReadOnlyList<double> ConfidenceInterval, IntervalMethod Method, double? StandardError = null);

/// <summary>How a confidence interval was computed.</summary>
public enum IntervalMethod
{
    /// <summary>By the normal distribution, with the standard error of DeLong, DeLong and Clarke-Pearson (1988).</summary>
    Delong,

    /// <summary>Percentiles of a bootstrap that resamples within each class.</summary>
    Bootstrap,
}

/// <summary>How far probabilities can be trusted.</summary>
/// <param name="ExpectedCalibrationError">Mean |mean p − mean y| over ten bins, by their weight.</param>
/// <param name="MaximumCalibrationError">The greatest |mean p − mean y| of a bin.</param>
/// <param name="Bins">The bins with rows: [0, 0.1), …, [0.9, 1].</param>
/// <param name="Intercept">Of the regression of the labels on the log-odds (Cox, 1958); left out if it is not finite. 0 is perfect.</param>
/// <param name="Slope">Of the same regression; 1 is perfect, below 1 the model is overconfident; left out like the intercept.</param>
/// <param name="InTheLarge">The intercept where the slope is held at 1; below 0 the probabilities are too high; left out if it is not finite.</param>
/// <param name="HosmerLemeshow">
/// The test of Hosmer and Lemeshow; left out if it is not defined: if the rows do not all weigh 1, or all probabilities are equal.
/// </param>
[DefaultsLeftOut]
public sealed record EvaluationCalibration(double ExpectedCalibrationError, double MaximumCalibrationError, IReadOnlyList<CalibrationBin> Bins,
    double? Intercept = null, double? Slope = null, double? InTheLarge = null, HosmerLemeshow? HosmerLemeshow = null);

/// <summary>The scores at a threshold.</summary>
/// <param name="Threshold">The lowest probability that is predicted as the second class.</param>
/// <param name="Confusion">Weights by predicted and true class.</param>
/// <param name="Accuracy">Share of the weight predicted correctly.</param>
/// <param name="Precision">Share of the weight predicted as the second class that is of it.</param>
/// <param name="Recall">Share of the weight of the second class that is predicted as it.</param>
/// <param name="Specificity">Share of the weight of the first class that is predicted as it.</param>
/// <param name="F1">Harmonic mean of precision and recall.</param>
/// <param name="BalancedAccuracy">Mean of recall and specificity.</param>
/// <param name="Youden">Recall + specificity − 1.</param>
/// <param name="MatthewsCorrelation">Correlation of predicted and true classes.</param>
/// <param name="Kappa">Agreement beyond chance.</param>
/// <param name="PredictedPositiveRate">Share of the weight predicted as the second class.</param>
/// <param name="MeanCost">Mean cost of a unit of weight.</param>
public sealed record ThresholdScores(double Threshold, WeightedConfusion Confusion, double Accuracy, double Precision, double Recall, double Specificity,
    double F1, double BalancedAccuracy, double Youden, double MatthewsCorrelation, double Kappa, double PredictedPositiveRate, double MeanCost)
{
    internal static ThresholdScores Of(ThresholdMetrics at) => new(at.Threshold, WeightedConfusion.Of(at), at.Accuracy, at.Precision, at.Recall,
        at.Specificity, at.F1, at.BalancedAccuracy, at.Youden, at.MatthewsCorrelation, at.Kappa, at.PredictedPositiveRate, at.MeanCost);
}

/// <summary>The best threshold by a rule, among the distinct probabilities; among equals the highest.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="AtLeast">The precision or recall that it has to reach; left out for other rules.</param>
/// <param name="Threshold">The threshold; left out if none reaches it, or if it costs no more to predict the first class always.</param>
/// <param name="Confusion">Weights by predicted and true class; left out without a threshold.</param>
/// <param name="Scores">All scores at the threshold; left out without a threshold.</param>
[DefaultsLeftOut]
public sealed record BestChoice(
    ThresholdRule Rule, double? AtLeast = null, double? Threshold = null, WeightedConfusion? Confusion = null, ThresholdScores? Scores = null)
{
    internal static BestChoice Of(BestThreshold best) => new(best.Rule, best.AtLeast, best.Metrics?.Threshold,
        best.Metrics is { } at ? WeightedConfusion.Of(at) : null, best.Metrics is { } scores ? ThresholdScores.Of(scores) : null);
}

/// <summary>The rows of a group, evaluated by themselves.</summary>
/// <param name="Group">The group's value in each column; null where it is missing.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Weight">Their weight.</param>
/// <param name="Metrics">Their scores.</param>
/// <param name="PositiveRate">The share of the weight that is of the second class of two; left out with more classes.</param>
/// <param name="MeanProbability">The mean probability of the second class of two; left out with more classes.</param>
[DefaultsLeftOut]
public sealed record EvaluationGroup(IReadOnlyDictionary<string, string?> Group, long Rows, double Weight, EvaluationMetrics Metrics,
    double? PositiveRate = null, double? MeanProbability = null);

/// <summary>What a reader should know before using the figures.</summary>
/// <param name="Code">Identifies the kind of warning.</param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Group">The group that it is about; left out if it is about all rows.</param>
[DefaultsLeftOut]
public sealed record EvaluationWarning(string Code, string Message, IReadOnlyDictionary<string, string?>? Group = null);
