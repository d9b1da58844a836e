using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inspection;

/// <summary>
/// A fitted model of two classes with the rows that it was fitted to: what influence, marginal effects, variance inflation and likelihood-ratio tests are
/// computed from. Weights (sample weights times class weights) count as frequencies, as in the fit: a row of weight 2 counts as two equal rows, and one of
/// weight 0, or one that was held out, as absent. Holds about 40 bytes for each row besides the rows themselves. Not safe to use from several threads.
/// </summary>
public sealed class FittedRows : IDisposable
{
    private readonly LogisticOptions _options;
    private readonly double[]? _weights;
    private readonly double[] _labels;
    private SymmetricMatrix? _inverse;
    private SymmetricMatrix? _covariance;
    private bool[]? _identified;

    /// <param name="table">The n rows that the model was fitted to.</param>
    /// <param name="preparation">The model's preparation; null if its coefficients are those of the table's number columns.</param>
    /// <param name="labels">n labels, 0 or 1.</param>
    /// <param name="model">The model; a coefficient for each term of the preparation.</param>
    /// <param name="options">The options of the fit. They decide the rows held out, the weights, the intercept and the kind of covariance.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    /// <exception cref="ArgumentException">The numbers of rows and labels, or of terms and coefficients, differ.</exception>
    /// <exception cref="UntrainableDataException"><c>too_many_parameters</c>: no matrix of that many parameters is kept.</exception>
    public FittedRows(FeatureTable table, Preparation? preparation, double[] labels, LogisticModel model, LogisticOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        if (labels.Length != table.Rows)
            throw new ArgumentException($"There are {table.Rows} rows and {labels.Length} labels.", nameof(labels));
        (_options, _labels, Model) = (options, labels, model);
        Crew = new ThreadCrew(options.Threads, options.ThreadStart);
        Features = preparation?.Transform(table, Crew, cancellationToken)
            ?? table.Numbers ?? throw new ArgumentException("A table without numbers needs a preparation.", nameof(preparation));
        if (model.Coefficients.Length != Features.Columns)
            throw new ArgumentException($"There are {Features.Columns} terms and {model.Coefficients.Length} coefficients.", nameof(model));
        if (Features.Columns >= NewtonSolver.MaxDimension)
        {
            throw new UntrainableDataException("too_many_parameters",
                $"The model has {Features.Columns} terms; inspection needs a matrix of them and is for fewer than {NewtonSolver.MaxDimension}.");
        }
        Columns = TermColumns.Of(preparation, table.Columns);
        var target = new Target(labels, options);
        var training = options.Holdout is { } fraction ? target.Holdout(fraction).Training : null;
        _weights = target.Labels(LogisticTrainer.TrainingWeights(options.SampleWeight, training, labels.Length))[0].Weights;
        Moments = StandardScaling.Fit(Features, _weights, Crew, cancellationToken);
        Scaling = options.FitIntercept ? Moments : Moments.AboutZero();
        var rows = DesignRows.Of(Features, Scaling, options.FitIntercept, Crew);
        var (intercept, coefficients) = Scaling.ToStandardized(model.Intercept, model.Coefficients);
        Parameters = options.FitIntercept ? [intercept, .. coefficients] : coefficients;
        Likelihood = new LogLikelihood(rows, new RowLabels(labels, _weights));
        LogLikelihood = Likelihood.Evaluate(Parameters, cancellationToken);
    }

    /// <summary>Σ w·log P(y | x) at the model's coefficients.</summary>
    public double LogLikelihood { get; }

    /// <summary>The largest log-likelihood with every coefficient 0: over the intercept, or with P = 1/2 if none was fitted.</summary>
    public double NullLogLikelihood => Likelihood.Null();

    /// <summary>Σ w, the number of observations.</summary>
    public double Observations => Likelihood.TotalWeight;

    internal LogisticModel Model { get; }

    internal ThreadCrew Crew { get; }

    /// <summary>The design, in the columns' own units.</summary>
    internal FeatureMatrix Features { get; }

    internal TermColumns Columns { get; }

    internal bool HasIntercept => _options.FitIntercept;

    /// <summary>The weighted mean and deviation of each term.</summary>
    internal StandardScaling Moments { get; }

    /// <summary>How the rows of <see cref="Likelihood"/> are standardised.</summary>
    internal StandardScaling Scaling { get; }

    /// <summary>Evaluated at <see cref="Parameters"/>.</summary>
    internal LogLikelihood Likelihood { get; }

    /// <summary>The coefficients for standardised rows, the intercept first if there is one.</summary>
    internal double[] Parameters { get; }

    /// <summary>The factor of the information. It leaves out parameters that others determine.</summary>
    internal Cholesky Information(CancellationToken cancellationToken)
    {
        var weights = new double[_labels.Length];
        Likelihood.InformationWeights(weights);
        return Factor(weights, cancellationToken);
    }

    /// <summary>The factor of Σ w·z·zᵀ.</summary>
    internal Cholesky Gram(out SymmetricMatrix gram, CancellationToken cancellationToken)
    {
        gram = new SymmetricMatrix(Parameters.Length);
        Likelihood.Rows.WeightedGram(_weights ?? [.. Enumerable.Repeat(1.0, _labels.Length)], gram, cancellationToken);
        var factor = new Cholesky(Parameters.Length);
        factor.Factorize(gram);
        return factor;
    }

    /// <summary>For the intercept, if there is one, and then each term whether the rows determine its parameter.</summary>
    internal bool[] Identified(Cholesky factor, CancellationToken cancellationToken) => _identified ??= Identification.OfRank(
        new Estimates(Likelihood, Parameters, Scaling), [.. Enumerable.Range(0, Parameters.Length).Where(j => !factor.Kept[j])], cancellationToken).Identified;

    /// <summary>
    /// The covariance of <see cref="Parameters"/>, of the kind that the fit's options name; null with a penalty other than Firth's, whose estimates have none.
    /// </summary>
    internal SymmetricMatrix? Covariance(CancellationToken cancellationToken)
    {
        if (_covariance is not null || _options.Penalty is not (Penalty.None or Penalty.Firth))
            return _covariance;
        var factor = Information(cancellationToken);
        _inverse = SymmetricInverse.Of(factor, Parameters.Length, cancellationToken);
        Identified(factor, cancellationToken);
        return _covariance = _options.CovarianceType == CovarianceType.Nonrobust
            ? _inverse
            : SandwichCovariance.Compute(Likelihood, _inverse, factor.Rank, _options.CovarianceType, _options.Clusters, cancellationToken);
    }

    /// <summary>The options of an unpenalised fit of the same rows, weights and labels.</summary>
    internal LogisticOptions Refit => new()
    {
        Penalty = Penalty.None,
        FitIntercept = _options.FitIntercept,
        SampleWeight = _weights,
        Intervals = ConfidenceIntervals.None,
        Threads = _options.Threads,
        ThreadStart = _options.ThreadStart,
        TimeProvider = _options.TimeProvider,
    };

    internal double[] Labels => _labels;

    internal Penalty Penalty => _options.Penalty;

    internal double ConfidenceLevel => _options.ConfidenceLevel;

    public void Dispose() => Crew.Dispose();

    private Cholesky Factor(double[] weights, CancellationToken cancellationToken)
    {
        var sums = new SymmetricMatrix(Parameters.Length);
        Likelihood.Rows.WeightedGram(weights, sums, cancellationToken);
        var factor = new Cholesky(Parameters.Length);
        factor.Factorize(sums);
        return factor;
    }
}
