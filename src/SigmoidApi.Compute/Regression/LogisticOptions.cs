using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// What to fit and how; names and defaults are scikit-learn's. The objective is C · Σ sᵢ·logloss(yᵢ, b + xᵢᵀw) + r(w), where the penalty r is
/// ½‖w‖² (<see cref="Regression.Penalty.L2"/>), ‖w‖₁ (<see cref="Regression.Penalty.L1"/>), L1Ratio·‖w‖₁ + ½(1 − L1Ratio)‖w‖²
/// (<see cref="Regression.Penalty.ElasticNet"/>) or 0 with C = 1 (<see cref="Regression.Penalty.None"/>). sᵢ is the sample weight of row i times the
/// weight of its class. The intercept b is never penalised.
/// </summary>
public sealed record LogisticOptions
{
    public Solver Solver { get; init; } = Solver.Auto;

    public Penalty Penalty { get; init; } = Penalty.L2;

    /// <summary>The inverse strength of the penalty, positive. It has no effect if there is no penalty.</summary>
    public double C { get; init; } = 1;

    /// <summary>The share of ‖w‖₁ in the elastic net's penalty, from 0 to 1. It has no effect with other penalties.</summary>
    public double L1Ratio { get; init; } = 0.5;

    /// <summary>Values of C to fit in turn, each starting where the one before ended; null fits only <see cref="C"/>.</summary>
    public double[]? Cs { get; init; }

    /// <summary>Values of L1Ratio, each combined with every value of C; null takes only <see cref="L1Ratio"/>.</summary>
    public double[]? L1Ratios { get; init; }

    /// <summary>Which point of a path becomes the model.</summary>
    public Selection Selection { get; init; } = Selection.Best;

    public bool FitIntercept { get; init; } = true;

    /// <summary>
    /// Whether to fit on columns of mean 0 and population standard deviation 1; without <see cref="FitIntercept"/> columns are not centred and have root mean
    /// square 1. Newton's method without a penalty or with Firth's always does this, because the optimum does not depend on units.
    /// </summary>
    public bool Standardize { get; init; } = true;

    /// <summary>At least one.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>
    /// Null is 1e-8; for gradient descent null runs all iterations, as the article does. Gradient descent compares it with the largest partial derivative of
    /// the mean loss, the other solvers with the Newton decrement in standard errors.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>The step of gradient descent, positive.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>How more than two classes are told apart. It has no effect on two.</summary>
    public MultiClass MultiClass { get; init; } = MultiClass.Multinomial;

    /// <summary>
    /// The class that an unpenalised softmax fit compares the others with; null is the first. Must be null with a penalty, where each class has parameters,
    /// with one-vs-rest, and with two classes.
    /// </summary>
    public int? BaseClass { get; init; }

    /// <summary>Starting weights in the columns' original units, with more than two classes those of each class in turn; null is 0.</summary>
    public double[]? InitialWeights { get; init; }

    public double InitialIntercept { get; init; }

    /// <summary>The starting intercept of each class; null is 0. Must be null with two classes, which have <see cref="InitialIntercept"/>.</summary>
    public double[]? InitialIntercepts { get; init; }

    /// <summary>The weight of the rows of each class; null is 1.</summary>
    public ClassWeight? ClassWeight { get; init; }

    /// <summary>
    /// A weight for each row, at least 0. A row of weight 2 counts twice, also when columns are standardised; a row of weight 0 is ignored. Null is 1.
    /// </summary>
    public double[]? SampleWeight { get; init; }

    /// <summary>
    /// The share of rows to hold out for validation, stratified by label unless there are <see cref="Groups"/> or <see cref="TimeOrder"/>. Null holds out
    /// none.
    /// </summary>
    public double? Holdout { get; init; }

    /// <summary>
    /// The number of folds of a cross-validation, stratified by label unless there are <see cref="Groups"/>. Null is no cross-validation; it must be null
    /// if there is a holdout.
    /// </summary>
    public int? Folds { get; init; }

    /// <summary>
    /// The group of each row, any number. A holdout or folds then keep each group whole (<see cref="RowSplit.ByGroup"/>,
    /// <see cref="RowSplit.GroupFolds"/>). Null if there are no groups.
    /// </summary>
    public int[]? Groups { get; init; }

    /// <summary>The time of each row, in any unit. A holdout then has the latest rows (<see cref="RowSplit.ByTime"/>). Null if there is no order.</summary>
    public double[]? TimeOrder { get; init; }

    /// <summary>
    /// How to calibrate the model; null for not. Folds of the rows that the model is fitted to are fitted in addition, at the selected point of a path; they
    /// are split as the validation splits. The model itself does not depend on it. Rows count by their sample weights, not by those of their classes.
    /// </summary>
    public CalibrationOptions? Calibration { get; init; }

    /// <summary>The seed of the random choice of the holdout or the folds.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>How the covariance of an unpenalised fit's estimates is estimated.</summary>
    public CovarianceType CovarianceType { get; init; } = CovarianceType.Nonrobust;

    /// <summary>The group of each row, for <see cref="CovarianceType.Cluster"/>; null otherwise.</summary>
    public int[]? Clusters { get; init; }

    /// <summary>The coverage of the confidence intervals, between 0 and 1.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>
    /// How tests and intervals are computed. Null is <see cref="ConfidenceIntervals.Profile"/> for Firth's penalty, which alone has profiles, and
    /// <see cref="ConfidenceIntervals.Wald"/> without a penalty. Must be null with other penalties, which have no tests and intervals.
    /// </summary>
    public ConfidenceIntervals? Intervals { get; init; }

    internal ConfidenceIntervals EffectiveIntervals => Intervals ?? (Penalty == Penalty.Firth ? ConfidenceIntervals.Profile : ConfidenceIntervals.Wald);

    /// <summary>
    /// How many threads may work at once, including the caller's; 0 is one for each processor. The number does not change any bit of the result.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>Called first on each thread that a fit starts, for example to lower its priority.</summary>
    public Action? ThreadStart { get; init; }

    /// <summary>Measures how long the fit took.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <param name="rows">The number of rows of the data.</param>
    /// <param name="columns">The number of columns of the design matrix; null if it is known only after the preparation of each fit.</param>
    /// <param name="classes">The number of classes with a vector of parameters; null for two classes with one.</param>
    internal void Validate(int rows, int? columns, int? classes = null)
    {
        Require(Enum.IsDefined(MultiClass), nameof(MultiClass), "be Multinomial or OneVsRest");
        Require(
            Penalty != Penalty.Firth || classes is null,
            nameof(Penalty),
            "not be Firth for more than two classes, because Firth's penalty is implemented for two; use L2, which also keeps estimates finite");
        Require(
            BaseClass is null || (Penalty == Penalty.None && MultiClass == MultiClass.Multinomial && BaseClass >= 0 && BaseClass < classes),
            nameof(BaseClass),
            "be a class of an unpenalised multinomial fit, or null");
        Require(
            InitialIntercepts is null || (classes is not null && FitIntercept && InitialIntercepts.Length == classes),
            nameof(InitialIntercepts),
            "have one value for each of the classes, or be null");
        Require(InitialIntercepts is null || Array.TrueForAll(InitialIntercepts, double.IsFinite), nameof(InitialIntercepts), "be finite");
        Require(classes is null || InitialIntercept == 0, nameof(InitialIntercept), "be 0 for more than two classes, which have InitialIntercepts");
        Require(
            classes is null || CovarianceType == CovarianceType.Nonrobust || MultiClass == MultiClass.Multinomial,
            nameof(CovarianceType),
            "be Nonrobust with one-vs-rest");
        Require(Enum.IsDefined(Solver), nameof(Solver), "be one of the solvers");
        Require(Enum.IsDefined(Penalty), nameof(Penalty), "be one of the penalties");
        Require(IsPositive(C), nameof(C), "be positive and finite");
        Require(L1Ratio is >= 0 and <= 1, nameof(L1Ratio), "be from 0 to 1");
        Require(Cs is null || (Cs.Length > 0 && Array.TrueForAll(Cs, IsPositive)), nameof(Cs), "have values, each positive and finite");
        Require(
            L1Ratios is null || (L1Ratios.Length > 0 && Array.TrueForAll(L1Ratios, ratio => ratio is >= 0 and <= 1)),
            nameof(L1Ratios),
            "have values, each from 0 to 1");
        Require(L1Ratios is null || Penalty == Penalty.ElasticNet, nameof(L1Ratios), "be null unless the penalty is the elastic net");
        Require(Cs is null || Penalty is Penalty.L1 or Penalty.L2 or Penalty.ElasticNet, nameof(Cs), "be null unless the penalty is L1, L2 or ElasticNet");
        Require(Enum.IsDefined(Selection), nameof(Selection), "be one of the rules");
        Require(Selection == Selection.Best || Folds is not null, nameof(Selection), "be Best unless there are folds: OneStandardError needs their spread");
        Require(
            Solver is Solver.Auto or Solver.CoordinateDescent || Penalty is not (Penalty.L1 or Penalty.ElasticNet),
            nameof(Solver),
            "be Auto or CoordinateDescent for a penalty with ‖w‖₁");
        Require(Solver is Solver.Auto or Solver.Newton || Penalty != Penalty.Firth, nameof(Solver), "be Auto or Newton for Firth's penalty");
        Require(MaxIterations >= 1, nameof(MaxIterations), "be at least 1");
        Require(Tolerance is null or (>= 0 and < double.PositiveInfinity), nameof(Tolerance), "be at least 0 and finite");
        Require(IsPositive(LearningRate), nameof(LearningRate), "be positive and finite");
        Require(InitialWeights is null || columns is not null, nameof(InitialWeights), "be null if the design columns are known only after preparation");
        Require(InitialWeights is null || InitialWeights.Length == columns * (classes ?? 1), nameof(InitialWeights),
            classes is null ? $"have one value for each of the {columns} columns" : $"have {classes} values for each of the {columns} columns");
        Require(InitialWeights is null || Array.TrueForAll(InitialWeights, double.IsFinite), nameof(InitialWeights), "be finite");
        Require(double.IsFinite(InitialIntercept), nameof(InitialIntercept), "be finite");
        Require(FitIntercept || InitialIntercept == 0, nameof(InitialIntercept), "be 0 if no intercept is fitted");
        Require(
            ClassWeight?.Values is null || ClassWeight.Values.All(weight => weight is >= 0 and < double.PositiveInfinity),
            nameof(ClassWeight),
            "be at least 0 and finite");
        Require(
            ClassWeight?.Values is null || ClassWeight.Values.Count == (classes ?? 2),
            nameof(ClassWeight),
            $"have a weight for each of the {classes ?? 2} classes");
        Require(SampleWeight is null || SampleWeight.Length == rows, nameof(SampleWeight), $"have one value for each of the {rows} rows");
        Require(
            SampleWeight is null || Array.TrueForAll(SampleWeight, weight => weight is >= 0 and < double.PositiveInfinity),
            nameof(SampleWeight),
            "be at least 0 and finite");
        Require(Holdout is null or (> 0 and < 1), nameof(Holdout), "be above 0 and below 1");
        Require(Folds is null or >= 2, nameof(Folds), "be at least 2");
        Require(Folds is null || Holdout is null, nameof(Folds), "be null if there is a holdout");
        Require(Calibration is null || Enum.IsDefined(Calibration.Method), nameof(Calibration), "have one of the methods");
        Require(Calibration is null or { Folds: >= 2 }, nameof(Calibration), "have at least 2 folds");
        Require(Groups is null || Groups.Length == rows, nameof(Groups), $"have one value for each of the {rows} rows");
        Require(Groups is null || Holdout is not null || Folds is not null, nameof(Groups), "be null unless there is a holdout or there are folds");
        Require(TimeOrder is null || TimeOrder.Length == rows, nameof(TimeOrder), $"have one value for each of the {rows} rows");
        Require(TimeOrder is null || (Holdout is not null && Groups is null), nameof(TimeOrder), "be null unless there is a holdout, and without groups");
        Require(Enum.IsDefined(CovarianceType), nameof(CovarianceType), "be one of the types");
        Require(CovarianceType == CovarianceType.Nonrobust || Penalty == Penalty.None, nameof(CovarianceType), "be Nonrobust with a penalty");
        Require(
            (CovarianceType == CovarianceType.Cluster) == (Clusters is not null),
            nameof(Clusters),
            "be given for CovarianceType.Cluster, and be null for other types");
        Require(Clusters is null || Clusters.Length == rows, nameof(Clusters), $"have one value for each of the {rows} rows");
        Require(ConfidenceLevel is > 0 and < 1, nameof(ConfidenceLevel), "be above 0 and below 1");
        Require(Intervals is null || Enum.IsDefined(Intervals.Value), nameof(Intervals), "be Profile, Wald or None");
        Require(Intervals is null || Penalty is Penalty.None or Penalty.Firth, nameof(Intervals), "be null with a penalty other than Firth's");
        Require(Intervals != ConfidenceIntervals.Profile || Penalty == Penalty.Firth, nameof(Intervals), "be Profile only for Firth's penalty");
        Require(Threads >= 0, nameof(Threads), "be at least 0");
    }

    /// <summary>A hash of everything that decides a run except the features: the options and the labels.</summary>
    /// <param name="labels">The labels of all rows.</param>
    /// <param name="columns">Null if the number of design columns is known only after preparation.</param>
    /// <param name="classes">The number of classes with a vector of parameters; null for two classes with one.</param>
    internal byte[] Fingerprint(double[] labels, int? columns, int? classes = null)
    {
        var archive = new StateArchive();
        archive.Integer(FitJournal.Version);
        archive.Integer(columns ?? -1);
        Write(archive);
        // Fits of two classes keep the fingerprints that they had before there were more.
        if (classes is { } count)
        {
            archive.Integers([count, (int)MultiClass, BaseClass ?? -1]);
            archive.Numbers([.. ClassWeight?.Values ?? []]);
            archive.Numbers(InitialIntercepts);
        }
        // Calls of a calibration come after all others, so fits without one keep their fingerprints, and the version of the journal.
        if (Calibration is not null)
            archive.Integer(Calibration.Folds);
        return FitJournal.Hash(archive.Written, [labels, InitialWeights, SampleWeight, TimeOrder, Cs, L1Ratios], [Groups, Clusters]);
    }

    /// <summary>Writes each option that decides the fit and is a single value; arrays are hashed separately.</summary>
    private void Write(StateArchive archive)
    {
        int[] choices = [(int)Solver, (int)Penalty, (int)Selection, (int)CovarianceType, (int)EffectiveIntervals];
        foreach (var number in (int[])[.. choices, MaxIterations, Folds ?? 0, (int)Seed, (int)(Seed >> 32)])
            archive.Integer(number);
        foreach (var flag in new[] { FitIntercept, Standardize, Tolerance.HasValue, ClassWeight is null, ClassWeight?.Negative is null, Holdout.HasValue })
            archive.Flag(flag);
        archive.Numbers([
            C, L1Ratio, Tolerance ?? 0, LearningRate, InitialIntercept, ClassWeight?.Negative ?? 0, ClassWeight?.Positive ?? 0, Holdout ?? 0, ConfidenceLevel,
        ]);
    }

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);

    private static void Require(bool holds, string option, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{option} must {expected}.", option);
    }
}
