using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>What to train, and how. Names, defaults and the objective are scikit-learn's: minimise c·Σ log loss + r(w), the intercept never penalised.</summary>
public sealed record TrainingRequest
{
    /// <summary>The longest timeout, in seconds: a year.</summary>
    internal const int MostSeconds = 31_536_000;

    /// <summary>The data set to train on: its id, or its name for the newest of that name.</summary>
    public string? DatasetId { get; init; }

    /// <summary>The column to predict; it has exactly two different values.</summary>
    public string? Target { get; init; }

    /// <summary>The value of the target that counts as positive, a number, true or false also as JSON has them; the larger of the two by default, of texts the last in ordinal order.</summary>
    [JsonConverter(typeof(LabelTextConverter))]
    [DescribedAs(typeof(GivenLabel))]
    public string? PositiveClass { get; init; }

    /// <summary>
    /// The columns to predict from, in the model's order; by default all but the target, those that hold weights, clusters, groups or times, and texts of their own in nearly every row.
    /// </summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>
    /// How the columns become terms. By default missing numbers get the mean and missing categories the most frequent, categories are one-hot, and numbers are standardised.
    /// </summary>
    public PreparationRequest? Preparation { get; init; }

    /// <summary>Data in the request itself, instead of <c>datasetId</c> and <c>target</c>.</summary>
    public InlineData? Data { get; init; }

    /// <summary>The model that gets a new version; by default the data set's name, or <c>model</c> for inline data.</summary>
    [RegularExpression(ResourceNames.Form)]
    public string? ModelName { get; init; }

    /// <summary>How the minimum is found; which solvers there are depends on the penalty.</summary>
    public Solver Solver { get; init; } = Solver.Auto;

    /// <summary>
    /// What r(w) is: <c>l2</c> is ½‖w‖², <c>l1</c> is ‖w‖₁, <c>elasticnet</c> is l1Ratio·‖w‖₁ + ½(1 − l1Ratio)‖w‖², <c>none</c> is 0, <c>firth</c> is −½ log of the
    /// information's determinant (finite estimates where the classes are separated). By default what <c>l1Ratio</c> says, or <c>l2</c>.
    /// </summary>
    public Penalty? Penalty { get; init; }

    /// <summary>Inverse strength of the penalty; 1 by default.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? C { get; init; }

    /// <summary>The share of ‖w‖₁ in the penalty: alone it says the penalty, 0 <c>l2</c>, 1 <c>l1</c>, between them <c>elasticnet</c>.</summary>
    [Range(0d, 1d)]
    public double? L1Ratio { get; init; }

    /// <summary>
    /// Instead of <c>c</c>, a path: values of <c>c</c> to fit one after another, or how many, evenly in log from 1e-4 to 1e4. <c>validation</c> chooses the one that
    /// becomes the model; without it that is the last, the largest.
    /// </summary>
    public PathGrid? Cs { get; init; }

    /// <summary>Instead of <c>l1Ratio</c>, a path: its values, each with every value of <c>c</c>.</summary>
    [Range(0d, 1d)]
    [MinLength(1)]
    public double[]? L1Ratios { get; init; }

    /// <summary>
    /// Which point of a path becomes the model: the one with the least log loss in validation (<c>best</c>, the default), or the most strongly penalised of the
    /// same l1Ratio within one standard error of it (<c>one_standard_error</c>, by <c>validation.folds</c>). Without a path the one fit is the best.
    /// </summary>
    public Selection? Selection { get; init; }

    /// <summary>
    /// Whether there is an intercept. If not, it is exactly 0, no column is centred, and without a penalty the first category keeps all its levels.
    /// </summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>Fit on columns scaled to mean 0 and population standard deviation 1; without an intercept to root mean square 1, not centred.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>What the rows of each class weigh: <c>balanced</c> is half of all for each, an object has a weight for each label, and null is 1.</summary>
    public LabelWeights? ClassWeight { get; init; }

    /// <summary>
    /// The column whose values weigh the rows: 2 is the row twice, 0 as if it were not there. It is no feature. Inline data has its weights in <c>data.sampleWeight</c>.
    /// </summary>
    public string? SampleWeight { get; init; }

    /// <summary>Iterations at most; of a path and of folds for each fit. At most <c>Training:MaxIterations</c>.</summary>
    [Range(1, int.MaxValue)]
    public int MaxIterations { get; init; } = 1000;

    /// <summary>When to stop before <c>maxIterations</c>; 1e-8 by default, but <c>gradient_descent</c> then runs every iteration, as the article's loop does.</summary>
    [Range(0, double.MaxValue)]
    public double? Tolerance { get; init; }

    /// <summary>Step of <c>gradient_descent</c> on the mean loss.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Where the fit starts, in the columns' own units; 0 by default.</summary>
    public double[]? InitialWeights { get; init; }

    /// <summary>How to validate the model; without it all rows are fitted to.</summary>
    public ValidationRequest? Validation { get; init; }

    /// <summary>Decides the rows that are held out, or the folds.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>How the covariance of the estimates is estimated, where there is no penalty; names are statsmodels'.</summary>
    public CovarianceType CovarianceType { get; init; } = CovarianceType.Nonrobust;

    /// <summary>
    /// The column whose values tell which rows belong together, for the covariance type <c>cluster</c>. It is no feature. Inline data has its in <c>data.clusters</c>.
    /// </summary>
    public string? ClusterBy { get; init; }

    /// <summary>Coverage of the confidence intervals.</summary>
    [Range(0d, 1d, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>
    /// How the tests and confidence intervals are made: <c>profile</c> by profiles of the penalised likelihood (the default with the penalty <c>firth</c>,
    /// which alone has them), <c>wald</c> by standard errors (the default with <c>none</c>), <c>none</c> leaves the intervals out, with Wald's p-values.
    /// Null with other penalties, whose parameters have no inference.
    /// </summary>
    public ConfidenceIntervals? Intervals { get; init; }

    /// <summary>The longest that the job may run, in seconds, counted from when it was taken up first; null for as long as the service gives a job (<c>Training:MaxSeconds</c>).</summary>
    [Range(0, MostSeconds, MinimumIsExclusive = true)]
    public double? TimeoutSeconds { get; init; }

    /// <summary>What happens then: <c>cancel</c> ends the job without a model, <c>stop</c> keeps the model as it stands.</summary>
    public OnTimeout OnTimeout { get; init; } = OnTimeout.Cancel;

    /// <summary>The penalty that <c>penalty</c>, <c>l1Ratio</c> and <c>l1Ratios</c> say together.</summary>
    internal Penalty EffectivePenalty => Penalty ?? (L1Ratios is not null ? Compute.Regression.Penalty.ElasticNet : PenaltyOf(L1Ratio ?? 0));

    internal ListedPenalty ListedPenalty => new(EffectivePenalty, C);

    /// <summary>
    /// How features become terms. Without a penalty to choose among equal models, the levels of a category are compared with its first one, unless the
    /// request wants all levels. Without an intercept the first category of those about which the request says nothing keeps all its levels: they take the
    /// intercept's place.
    /// </summary>
    internal IReadOnlyList<ColumnPreparation> PreparationOf(IReadOnlyList<(ColumnProfile Column, bool IsCategory)> features)
    {
        var preparation = Preparation ?? PreparationRequest.Default;
        var isPenalized = EffectivePenalty is not (Compute.Regression.Penalty.None or Compute.Regression.Penalty.Firth);
        IEnumerable<ColumnPreparation> Of(DroppedLevel drop) => features.Select(feature => preparation.For(feature.Column.Name, feature.IsCategory, drop));
        var whole = Of(DroppedLevel.None).ToArray();
        if (isPenalized)
            return whole;
        var reduced = Of(DroppedLevel.First).ToArray();
        var isSpanned = FitIntercept || features.Zip(reduced).Any(pair => pair.First.IsCategory && pair.Second.Drop == DroppedLevel.None);
        var keepsAll = isSpanned ? -1 : Enumerable.Range(0, whole.Length).FirstOrDefault(i => whole[i].Drop != reduced[i].Drop, -1);
        return [.. reduced.Select((column, i) => i == keepsAll ? whole[i] : column)];
    }

    /// <summary>Null with a penalty whose parameters have no inference.</summary>
    internal ConfidenceIntervals? EffectiveIntervals => EffectivePenalty switch
    {
        Compute.Regression.Penalty.Firth => Intervals ?? ConfidenceIntervals.Profile,
        Compute.Regression.Penalty.None => Intervals ?? ConfidenceIntervals.Wald,
        _ => null,
    };

    internal bool IsPath => Cs is not null || L1Ratios is not null;

    /// <summary>The columns that say something about the rows and are no features, by the field that names each.</summary>
    internal IEnumerable<(string Field, string Column)> ColumnsBesideFeatures =>
        new[]
        {
            ("target", Target), ("sampleWeight", SampleWeight), ("clusterBy", ClusterBy), ("validation.groupBy", Validation?.GroupBy), ("validation.timeBy", Validation?.TimeBy),
        }.Where(named => named.Item2 is not null).Select(named => (named.Item1, named.Item2!));

    internal static Penalty PenaltyOf(double l1Ratio) => l1Ratio switch
    {
        0 => Compute.Regression.Penalty.L2,
        1 => Compute.Regression.Penalty.L1,
        _ => Compute.Regression.Penalty.ElasticNet,
    };
}

/// <summary>What happens to a job that runs for too long.</summary>
public enum OnTimeout
{
    /// <summary>It ends without a model.</summary>
    Cancel,

    /// <summary>It ends with the model as it then is.</summary>
    Stop,
}

/// <summary>Rows in the request itself.</summary>
/// <param name="Features">The rows.</param>
/// <param name="Labels">A 0 or 1 for each row.</param>
/// <param name="SampleWeight">What each row weighs: 2 is the row twice, 0 as if it were not there; null is 1.</param>
/// <param name="Clusters">A number for each row, the same for rows that belong together, for the covariance type <c>cluster</c>.</param>
public sealed record InlineData(
    Matrix Features, [property: Range(0d, 1d)] double[] Labels, [property: Range(0, double.MaxValue)] double[]? SampleWeight = null, double[]? Clusters = null);

/// <summary>How to validate the model: by one of the two.</summary>
/// <param name="Holdout">Share of the rows that is held out, stratified by the target and shuffled by <c>seed</c>.</param>
/// <param name="Folds">Number of parts, at most <c>Training:MaxFolds</c>, stratified and shuffled so, each of which is predicted by a fit to the others.</param>
/// <param name="GroupBy">A column whose equal values stay together, instead of stratifying: the rows of a patient, a customer. By default it is no feature.</param>
/// <param name="TimeBy">A column that says when: the last rows by it are held out. By default it is no feature.</param>
public sealed record ValidationRequest(
    [property: Range(0d, 1d, MinimumIsExclusive = true, MaximumIsExclusive = true)] double? Holdout = null,
    [property: Range(2, int.MaxValue)] int? Folds = null,
    string? GroupBy = null, string? TimeBy = null);
