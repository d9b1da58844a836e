using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Inference;

/// <summary>
/// Standard errors, tests and intervals of a softmax fit against a base class. As for two classes, the information is inverted in the solver's parameters;
/// the covariance is then converted to the columns' original units, for each class by the same combinations.
/// </summary>
/// <param name="rows">Rows as the solver saw them, standardised.</param>
/// <param name="labels">Labels against a base class, with weights as frequencies.</param>
/// <param name="parameters">Where the fit ended.</param>
/// <param name="scaling">How the rows are standardised; null if they are not.</param>
/// <param name="independent">For each place in a vector of parameters whether no others determine it.</param>
internal sealed class MultinomialComputation(DesignRows rows, RowLabels labels, double[] parameters, StandardScaling? scaling, bool[] independent)
{
    /// <summary>Less than 1, as rounding may shorten a step; with a wide reserve (<see cref="Solvers.NewtonStep"/>).</summary>
    private const double MovingMargin = 0.5;

    private readonly LogisticObjective _objective = new(rows, labels, penalty: 0);
    private readonly Cholesky _factor = new(parameters.Length);

    /// <summary>Σ w·logloss at the estimates; known after <see cref="AllowsSeparation"/>.</summary>
    private double _loss;

    /// <summary>The parameters that were estimated.</summary>
    private bool[] Kept => [.. Enumerable.Range(0, parameters.Length).Select(j => independent[j % rows.Dimension])];

    /// <summary>Whether the information has full rank over the independent parameters.</summary>
    public bool IsFullRank { get; private set; }

    /// <summary>
    /// Whether the classes may be separated: the information lacks rank, or Newton's step still changes the difference of two margins of some row by as much
    /// as a separation requires. If δ separates the classes, with mₖ = (δ_y − δₖ)ᵀz ≥ 0, the step d has δᵀ∇ℓ = Σ w·Σₖ pₖmₖ = δᵀId = Σ w·Σₖ pₖmₖ(tₖ − t̄) with
    /// tₖ = (d_y − dₖ)ᵀz and t̄ = Σ pₖtₖ, so that some tₖ − t̄ is at least 1, and t̄ lies between 0 and the other t. Three passes.
    /// </summary>
    public bool AllowsSeparation(CancellationToken cancellationToken)
    {
        var step = new double[parameters.Length];
        _loss = _objective.TotalWeight * _objective.Evaluate(parameters, step, cancellationToken);
        var information = new SymmetricMatrix(parameters.Length);
        _objective.Hessian(parameters, information, cancellationToken);
        IsFullRank = _factor.Factorize(information, Kept);
        _factor.Solve(step);
        return !IsFullRank || !(_objective.LargestMargin(step, cancellationToken) <= MovingMargin);
    }

    /// <summary>The inference at the estimates, after <see cref="AllowsSeparation"/>.</summary>
    /// <param name="identified">For each of <see cref="OriginalUnits.Combinations"/> whether the rows identify it; all false if there is no maximum.</param>
    /// <param name="isUnbounded">Whether the likelihood has no maximum.</param>
    /// <param name="confidenceLevel">Above 0 and below 1.</param>
    /// <param name="intervals">Whether to give intervals.</param>
    /// <param name="type">How to estimate the covariance.</param>
    /// <param name="clusters">The cluster of each row, for <see cref="CovarianceType.Cluster"/>.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public MultinomialInference Compute(bool[] identified, bool isUnbounded, double confidenceLevel, bool intervals, CovarianceType type, int[]? clusters,
        CancellationToken cancellationToken)
    {
        InferenceComputation.RequireConfidenceLevel(confidenceLevel);
        var (estimated, total) = (Kept.Count(kept => kept), _objective.TotalWeight);
        var covariance = SymmetricInverse.Of(_factor, parameters.Length, cancellationToken);
        // The information of the summed loss is W times that of its mean.
        for (var i = 0; i < covariance.Order; i++)
        {
            for (var j = i; j < covariance.Order; j++)
                covariance[i, j] /= total;
        }
        if (type != CovarianceType.Nonrobust && Array.Exists(identified, isIdentified => isIdentified))
        {
            covariance = SandwichCovariance.OfOutputs(
                rows, Residuals(cancellationToken), i => labels.Weights?[i] ?? 1, total, covariance, estimated, type, clusters, cancellationToken);
        }

        var quantile = NormalDistribution.UpperQuantile((1 - confidenceLevel) / 2);
        var original = new OriginalUnits(rows, scaling);
        Combination[] combinations = [.. Enumerable.Range(0, labels.Outputs).SelectMany(output => original.Combinations.Select(combination =>
            combination with { Parameters = Array.ConvertAll(combination.Parameters, place => output * rows.Dimension + place) }))];
        ParameterInference?[] inferences = [.. combinations.Select((combination, i) => identified[i % original.Combinations.Count]
            ? Inference(combination, covariance, quantile, intervals)
            : null)];
        double[][] originalCovariance = [.. combinations.Select((row, i) => combinations.Select((column, j) =>
            inferences[i] is null || inferences[j] is null ? double.NaN : row.Covariance(column, covariance)).ToArray())];

        var lead = original.HasIntercept ? 1 : 0;
        var (value, none) = (-_loss, NullLogLikelihood());
        var coefficients = estimated - (lead == 1 && independent[0] ? labels.Outputs : 0);
        var ratio = isUnbounded ? double.NaN : coefficients == 0 ? 0 : Math.Max(0, 2 * (value - none));
        return new MultinomialInference(
            labels.Base!.Value,
            [.. inferences.Chunk(original.Combinations.Count).Select((ofClass, output) =>
                new ClassInference(ClassOf(output), lead == 1 ? ofClass[0] : null, ofClass[lead..]))],
            originalCovariance,
            value,
            none,
            ratio,
            coefficients,
            isUnbounded ? double.NaN : ChiSquaredDistribution.UpperTail(ratio, coefficients),
            McFaddenR2: 1 - value / none,
            Aic: isUnbounded ? double.NaN : 2 * estimated - 2 * value,
            Bic: isUnbounded ? double.NaN : estimated * Math.Log(total) - 2 * value,
            total,
            confidenceLevel,
            type);
    }

    /// <summary>The class of an output.</summary>
    public int ClassOf(int output) => output < labels.Base ? output : output + 1;

    private ParameterInference Inference(Combination combination, SymmetricMatrix covariance, double quantile, bool intervals)
    {
        var (estimate, error) = (combination.Of(parameters), combination.StandardError(covariance));
        var z = estimate == 0 ? 0 : estimate / error;
        var inference = new ParameterInference(
            estimate, error, z, NormalDistribution.TwoSidedPValue(z), estimate - quantile * error, estimate + quantile * error);
        return intervals ? inference : inference.WithoutInterval;
    }

    /// <summary>For each output y − p of every row. One pass.</summary>
    private double[][] Residuals(CancellationToken cancellationToken)
    {
        var (outputs, classes) = (labels.Outputs, labels.Classes);
        var margins = new double[(long)rows.Rows * outputs];
        rows.Margins(parameters, margins, cancellationToken);
        double[][] residuals = [.. Enumerable.Range(0, outputs).Select(_ => new double[rows.Rows])];
        var probabilities = new double[classes];
        for (var i = 0; i < rows.Rows; i++)
        {
            probabilities[labels.Base!.Value] = 0;
            for (var o = 0; o < outputs; o++)
                probabilities[ClassOf(o)] = margins[i * outputs + o];
            Softmax.Values(probabilities, classes, probabilities);
            for (var o = 0; o < outputs; o++)
                residuals[o][i] = (labels.Values[i] == ClassOf(o) ? 1 : 0) - probabilities[ClassOf(o)];
        }
        return residuals;
    }

    /// <summary>The largest likelihood of the intercepts alone; without intercepts that of equal probabilities.</summary>
    private double NullLogLikelihood()
    {
        if (!rows.HasIntercept)
            return -_objective.TotalWeight * Math.Log(labels.Classes);
        var totals = new double[labels.Classes];
        for (var i = 0; i < labels.Values.Length; i++)
            totals[(int)labels.Values[i]] += labels.Weights?[i] ?? 1;
        return totals.Sum(total => total * Math.Log(total / _objective.TotalWeight));
    }
}
