using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>
/// What to train, and how. Names, defaults and the objective are scikit-learn's: minimise c·Σ log loss + r(w), where the intercept is never penalised.
/// </summary>
public sealed record TrainingRequest
{
    /// <summary>The longest timeout, in seconds: a year.</summary>
    internal const int MostSeconds = 31_536_000;

    /// <summary>The data set to train on: its id, or its name for the newest version.</summary>
    public string? DatasetId { get; init; }

    /// <summary>The column to predict; its different values are the classes.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// The value of the target that counts as positive, as a text; a number, true or false also as such in JSON. By default the larger of the two values, or of
    /// texts the last in ordinal order. Only for two classes.
    /// </summary>
    [JsonConverter(typeof(LabelTextConverter))]
    [DescribedAs(typeof(GivenLabel))]
    public string? PositiveClass { get; init; }

    /// <summary>
    /// How more than two classes are told apart: <c>multinomial</c> (softmax regression, the default) or <c>one_vs_rest</c>. With two classes both are logistic
    /// regression.
    /// </summary>
    public MultiClass? MultiClass { get; init; }

    /// <summary>
    /// The value of the target that the others are compared with, for more than two classes without a penalty; by default the first. It is written like
    /// <c>positiveClass</c>.
    /// </summary>
    [JsonConverter(typeof(LabelTextConverter))]
    [DescribedAs(typeof(GivenLabel))]
    public string? BaseClass { get; init; }

    /// <summary>
    /// The columns to predict from, in the model's order. By default all columns except the target, those of weights, clusters, groups or times, and texts that
    /// differ in nearly every row.
    /// </summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>
    /// How the columns become terms. By default missing numbers are replaced by the mean and missing categories by the most frequent, categories are one-hot
    /// encoded, and numbers are standardised.
    /// </summary>
    public PreparationRequest? Preparation { get; init; }

    /// <summary>Data in the request itself, instead of <c>datasetId</c> and <c>target</c>.</summary>
    public InlineData? Data { get; init; }

    /// <summary>The model that gets a new version; by default the data set's name, or <c>model</c> for inline data.</summary>
    [RegularExpression(ResourceNames.Form)]
    public string? ModelName { get; init; }

    /// <summary>How the minimum is found. The penalty determines which solvers are possible.</summary>
    public Solver Solver { get; init; } = Solver.Auto;

    /// <summary>
    /// The term r(w): <c>l2</c> is ½‖w‖², <c>l1</c> is ‖w‖₁, <c>elasticnet</c> is l1Ratio·‖w‖₁ + ½(1 − l1Ratio)‖w‖²,
    /// <c>none</c> is 0, <c>firth</c> is −½ log of the information's determinant (its estimates are finite even if the classes are separated).
    /// By default as <c>l1Ratio</c> says, or <c>l2</c>.
    /// </summary>
    public Penalty? Penalty { get; init; }

    /// <summary>Inverse strength of the penalty; 1 by default.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? C { get; init; }

    /// <summary>
    /// The share of ‖w‖₁ in the penalty. Without <c>penalty</c> it selects the penalty: 0 <c>l2</c>, 1 <c>l1</c>, between them <c>elasticnet</c>.
    /// </summary>
    [Range(0d, 1d)]
    public double? L1Ratio { get; init; }

    /// <summary>
    /// Instead of <c>c</c>, a path: values of <c>c</c> to fit one after another, or their number, evenly spaced in log from 1e-4 to 1e4. <c>validation</c>
    /// chooses the value of the model; without it, that is the last and largest.
    /// </summary>
    public PathGrid? Cs { get; init; }

    /// <summary>Instead of <c>l1Ratio</c>, a path: its values, each combined with every value of <c>c</c>.</summary>
    [Range(0d, 1d)]
    [MinLength(1)]
    public double[]? L1Ratios { get; init; }

    /// <summary>
    /// Which point of a path becomes the model: the one with the least log loss in validation (<c>best</c>, the default), or the most strongly penalised one
    /// with the same l1Ratio within one standard error of it (<c>one_standard_error</c>, only with <c>validation.folds</c>). Without a path, the only fit is
    /// the best.
    /// </summary>
    public Selection? Selection { get; init; }

    /// <summary>
    /// Whether there is an intercept. If not, it is exactly 0, no column is centred, and without a penalty the first category keeps all its levels.
    /// </summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>
    /// Whether to fit on columns scaled to mean 0 and population standard deviation 1; without an intercept, to root mean square 1, not centred.
    /// </summary>
    public bool Standardize { get; init; } = true;

    /// <summary>
    /// The weight of each class's rows: <c>balanced</c> gives each class the same total, an object has a weight for each label, and null is 1.
    /// </summary>
    public LabelWeights? ClassWeight { get; init; }

    /// <summary>
    /// The column of row weights: 2 counts the row twice, 0 leaves it out. The column is not a feature. The weights of inline data are in
    /// <c>data.sampleWeight</c>.
    /// </summary>
    public string? SampleWeight { get; init; }

    /// <summary>The most iterations; of a path or folds, of each fit. At most <c>Training:MaxIterations</c>.</summary>
    [Range(1, int.MaxValue)]
    public int MaxIterations { get; init; } = 1000;

    /// <summary>
    /// When to stop before <c>maxIterations</c>; 1e-8 by default. But <c>gradient_descent</c> by default runs every iteration, as the article's loop does.
    /// </summary>
    [Range(0, double.MaxValue)]
    public double? Tolerance { get; init; }

    /// <summary>The step size of <c>gradient_descent</c> on the mean loss.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The weights at which the fit starts, in the columns' own units; 0 by default.</summary>
    public double[]? InitialWeights { get; init; }

    /// <summary>How to validate the model. Without it, the model is fitted to all rows.</summary>
    public ValidationRequest? Validation { get; init; }

    /// <summary>
    /// Calibrates the model's probabilities on rows that its fits have not seen. The coefficients stay the same. Null for probabilities of the fit itself.
    /// </summary>
    public CalibrationRequest? Calibration { get; init; }

    /// <summary>Determines which rows are held out, or in which fold each row is.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>How the covariance of the estimates is estimated, without a penalty; the names are those of statsmodels.</summary>
    public CovarianceType CovarianceType { get; init; } = CovarianceType.Nonrobust;

    /// <summary>
    /// The column of clusters, for the covariance type <c>cluster</c>: rows with equal values belong together. The column is not a feature. The clusters of
    /// inline data are in <c>data.clusters</c>.
    /// </summary>
    public string? ClusterBy { get; init; }

    /// <summary>Coverage of the confidence intervals.</summary>
    [Range(0d, 1d, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>
    /// How tests and confidence intervals are computed: <c>profile</c> by profiles of the penalised likelihood (only for the penalty <c>firth</c>, and its
    /// default), <c>wald</c> by standard errors (the default for <c>none</c>), <c>none</c> without intervals, with Wald's p-values. Null with other
    /// penalties: there is no inference for their parameters.
    /// </summary>
    public ConfidenceIntervals? Intervals { get; init; }

    /// <summary>
    /// The longest that the job may run, in seconds, counted from its first start; null for the longest that the service allows (<c>Training:MaxSeconds</c>).
    /// </summary>
    [Range(0, MostSeconds, MinimumIsExclusive = true)]
    public double? TimeoutSeconds { get; init; }

    /// <summary>What happens then: <c>cancel</c> ends the job without a model, <c>stop</c> keeps the current model.</summary>
    public OnTimeout OnTimeout { get; init; } = OnTimeout.Cancel;

    /// <summary>The penalty that follows from <c>penalty</c>, <c>l1Ratio</c> and <c>l1Ratios</c>.</summary>
    internal Penalty EffectivePenalty => Penalty ?? (L1Ratios is not null ? Compute.Regression.Penalty.ElasticNet : PenaltyOf(L1Ratio ?? 0));

    internal ListedPenalty ListedPenalty => new(EffectivePenalty, C);

    /// <summary>The intervals of the request or of its penalty; null with a penalty whose parameters have no inference.</summary>
    internal ConfidenceIntervals? EffectiveIntervals => EffectivePenalty switch
    {
        Compute.Regression.Penalty.Firth => Intervals ?? ConfidenceIntervals.Profile,
        Compute.Regression.Penalty.None => Intervals ?? ConfidenceIntervals.Wald,
        _ => null,
    };

    internal bool IsPath => Cs is not null || L1Ratios is not null;

    /// <summary>The columns of the request that are not features: each with the field that names it.</summary>
    internal IEnumerable<(string Field, string Column)> OtherColumns =>
        new[]
        {
            ("target", Target),
            ("sampleWeight", SampleWeight),
            ("clusterBy", ClusterBy),
            ("validation.groupBy", Validation?.GroupBy),
            ("validation.timeBy", Validation?.TimeBy),
        }.Where(named => named.Item2 is not null).Select(named => (named.Item1, named.Item2!));

    internal static Penalty PenaltyOf(double l1Ratio) => l1Ratio switch
    {
        0 => Compute.Regression.Penalty.L2,
        1 => Compute.Regression.Penalty.L1,
        _ => Compute.Regression.Penalty.ElasticNet,
    };
}
