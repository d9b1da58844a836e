using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The step d = I⁻¹∇ℓ of Newton's method at given parameters. It shows how far they are from a maximum of the likelihood ℓ, and whether there may be
/// no maximum.
/// <para>
/// Let δ separate the classes, with margins mᵢ = sᵢ·zᵢᵀδ ≥ 0 and sᵢ = ±1 by the label. Then δᵀ∇ℓ = Σ wᵢrᵢmᵢ with the residuals
/// rᵢ, and δᵀId = Σ wᵢrᵢ(1 − rᵢ)mᵢtᵢ with tᵢ = sᵢ·zᵢᵀd. Both are the same number, so some row has (1 − rᵢ)tᵢ ≥ 1: at any
/// parameters, the step moves the margin of some row by more than 1. If it does not, the classes are not separated.
/// </para>
/// </summary>
internal sealed class NewtonStep
{
    /// <summary>Less than 1, as rounding may shorten a step; with a wide reserve.</summary>
    private const double MovingMargin = 0.5;

    /// <summary>At the end of a fit, only rows with a smaller residual than this may be separated.</summary>
    private const double SaturatedResidual = 1e-6;

    private NewtonStep(double value, Cholesky factor, bool isFullRank, double decrement, bool allowsSeparation) =>
        (Value, Factor, IsFullRank, Decrement, AllowsSeparation) = (value, factor, isFullRank, decrement, allowsSeparation);

    /// <summary>ℓ</summary>
    public double Value { get; }

    /// <summary>The factor of the information over the independent parameters.</summary>
    public Cholesky Factor { get; }

    /// <summary>Whether the information has full rank over the independent parameters; it loses rank if rows saturate.</summary>
    public bool IsFullRank { get; }

    /// <summary>√(∇ℓᵀI⁻¹∇ℓ): the length of the step in standard errors.</summary>
    public double Decrement { get; }

    /// <summary>
    /// Whether the classes may be separated: the step moves a margin by as much as a separation requires, or the information lacks rank. Saturated rows
    /// may add less to the information than rounding does, so that neither test sees them; then separation is excluded only if the other rows determine
    /// every parameter.
    /// </summary>
    public bool AllowsSeparation { get; }

    /// <summary>
    /// Computes the step in four passes, and one more if rows are saturated. Leaves the likelihood evaluated at these parameters.
    /// </summary>
    /// <param name="likelihood">ℓ</param>
    /// <param name="parameters">Where to compute the step.</param>
    /// <param name="independent">The parameters that no others determine; the step is 0 in the others.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public static NewtonStep At(LogLikelihood likelihood, ReadOnlySpan<double> parameters, bool[] independent, CancellationToken cancellationToken)
    {
        var rows = likelihood.Rows;
        var value = likelihood.Evaluate(parameters, cancellationToken);
        var rowValues = new double[rows.Rows];
        likelihood.InformationWeights(rowValues);
        var information = new SymmetricMatrix(rows.Dimension);
        rows.WeightedGram(rowValues, information, cancellationToken);
        var factor = new Cholesky(rows.Dimension);
        var isFullRank = factor.Factorize(information, independent);
        likelihood.Residuals(rowValues);
        var isUnsaturated = Array.ConvertAll(rowValues, residual => Math.Abs(residual) > SaturatedResidual);
        for (var i = 0; i < rowValues.Length; i++)
            rowValues[i] *= likelihood.Weight(i);
        var gradient = new double[rows.Dimension];
        rows.TransposedProduct(rowValues, gradient, cancellationToken);
        var step = (double[])gradient.Clone();
        factor.Solve(step);
        rows.Margins(step, rowValues, cancellationToken);
        var movesMargins = false;
        for (var i = 0; i < rowValues.Length; i++)
            movesMargins |= likelihood.Weight(i) > 0 && !(Math.Abs(rowValues[i]) <= MovingMargin);
        var allowsSeparation = !isFullRank || movesMargins || (isUnsaturated.Contains(false)
            && !NullSpace.Independent(likelihood.Of(isUnsaturated).PresentGram(cancellationToken), independent).SequenceEqual(independent));
        return new NewtonStep(value, factor, isFullRank, Math.Sqrt(Math.Max(0, DotProduct.Compute(step, gradient))), allowsSeparation);
    }
}
