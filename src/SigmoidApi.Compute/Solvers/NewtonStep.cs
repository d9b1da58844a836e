using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The step d = I⁻¹∇ℓ of Newton's method at some parameters: how far they are from a maximum, and whether there may be none.
/// <para>
/// Let δ separate the classes, with margins mᵢ = sᵢ·zᵢᵀδ ≥ 0 and sᵢ = ±1 by the label. Then δᵀ∇ℓ = Σ wᵢrᵢmᵢ with the residuals rᵢ, and
/// δᵀId = Σ wᵢrᵢ(1 − rᵢ)mᵢtᵢ with tᵢ = sᵢ·zᵢᵀd. Both are the same number, so some row has (1 − rᵢ)tᵢ ≥ 1: wherever the step is taken, it moves a margin by
/// more than 1. A step that does not shows that the classes are not separated.
/// </para>
/// </summary>
internal sealed class NewtonStep
{
    /// <summary>Below 1 by what rounding may take from a step, with room to spare.</summary>
    private const double MovingMargin = 0.5;

    /// <summary>The residual of a row that may be separated, where a fit has ended.</summary>
    private const double SaturatedResidual = 1e-6;

    private NewtonStep(double value, Cholesky factor, bool isFullRank, double decrement, bool allowsSeparation) =>
        (Value, Factor, IsFullRank, Decrement, AllowsSeparation) = (value, factor, isFullRank, decrement, allowsSeparation);

    /// <summary>ℓ</summary>
    public double Value { get; }

    /// <summary>Of the information over the parameters that others do not determine.</summary>
    public Cholesky Factor { get; }

    /// <summary>Whether the information tells all of these apart: it loses that where rows saturate.</summary>
    public bool IsFullRank { get; }

    /// <summary>√(∇ℓᵀI⁻¹∇ℓ): the length of the step in standard errors.</summary>
    public double Decrement { get; }

    /// <summary>
    /// Whether the classes may be separated: the step moves a margin as much as any separation would, or the information lacks a direction. Saturated rows
    /// may add less to the information than rounding does, so that step and rank say nothing of them; then the other rows must determine every parameter.
    /// </summary>
    public bool AllowsSeparation { get; }

    /// <summary>Four passes, and one more where rows are saturated. Leaves the likelihood evaluated at these parameters.</summary>
    /// <param name="likelihood">ℓ</param>
    /// <param name="parameters">Where.</param>
    /// <param name="independent">The parameters that no others determine; the step leaves the rest alone.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
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
