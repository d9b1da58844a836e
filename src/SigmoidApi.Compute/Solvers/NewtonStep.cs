using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The step d = I⁻¹∇ℓ of Newton's method at some parameters: how far they are from a maximum, and whether there may be none.
/// <para>
/// Along a direction δ that separates, with margins mᵢ = sᵢ·zᵢᵀδ ≥ 0 and sᵢ = ±1 by the label, δᵀ∇ℓ = Σ wᵢrᵢmᵢ with the residuals rᵢ, and δᵀId = Σ wᵢrᵢ(1 − rᵢ)mᵢtᵢ
/// with tᵢ = sᵢ·zᵢᵀd. Both are the same number, so that some row has (1 − rᵢ)tᵢ ≥ 1: wherever it is taken, the step moves a margin by more than 1. A step that does not
/// shows that the classes are not separated.
/// </para>
/// </summary>
internal sealed class NewtonStep
{
    /// <summary>Below 1 by what rounding may take from a step, with room to spare.</summary>
    private const double MovingMargin = 0.5;

    private NewtonStep(double value, Cholesky factor, bool isFullRank, double decrement, bool movesMargins) =>
        (Value, Factor, IsFullRank, Decrement, MovesMargins) = (value, factor, isFullRank, decrement, movesMargins);

    /// <summary>ℓ</summary>
    public double Value { get; }

    /// <summary>Of the information over the parameters that others do not determine.</summary>
    public Cholesky Factor { get; }

    /// <summary>Whether the information tells all of these apart: it loses that where rows saturate.</summary>
    public bool IsFullRank { get; }

    /// <summary>√(∇ℓᵀI⁻¹∇ℓ): the length of the step in standard errors.</summary>
    public double Decrement { get; }

    /// <summary>Whether the step moves the margin of some row as much as any separation would.</summary>
    public bool MovesMargins { get; }

    /// <summary>Whether the classes may be separated.</summary>
    public bool AllowsSeparation => !IsFullRank || MovesMargins;

    /// <summary>Four passes. Leaves the likelihood evaluated at these parameters.</summary>
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
        return new NewtonStep(value, factor, isFullRank, Math.Sqrt(Math.Max(0, Simd.DotProduct.Compute(step, gradient))), movesMargins);
    }
}
