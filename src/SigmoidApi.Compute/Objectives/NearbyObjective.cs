using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// f near a reference point θ₀, by passes that read the rows rounded to 16 bits:
/// f̂(θ₀ + s) = f(θ₀) + ∇f(θ₀)ᵀs + (1/W) Σ [ℓᵢ(mᵢ + tᵢ) − ℓᵢ(mᵢ) − ℓᵢ′(mᵢ)·tᵢ] + ½ · penalty · ‖s_w‖², with f, ∇f, the margins mᵢ and the ℓᵢ of θ₀ exact and
/// tᵢ = zᵢᵀs from rounded rows. Only what is second order in s is approximate, with a relative error of about 1e-4 or less. So f̂ has the value and the
/// gradient of f at θ₀, and its minimum is nearer to that of f than θ₀ by about that factor: a few exact passes lead to any accuracy, as in iterative
/// refinement of linear systems (Higham, "Accuracy and Stability of Numerical Algorithms" (2002), chapter 12).
/// </summary>
internal sealed class NearbyObjective(LogisticObjective objective, DenseRows rows, RoundedRows rounded, RowLabels labels)
{
    private readonly ReferencePoint _rows = new(rows.Rows);
    private readonly double[] _gradient = new double[rows.Dimension];
    private readonly double[] _step = new double[rows.Dimension];
    private double _loss;

    /// <summary>θ₀</summary>
    public double[] Reference { get; private set; } = [];

    /// <summary>f(θ₀)</summary>
    public double ReferenceValue { get; private set; }

    /// <summary>False if the columns turned out not to suit it, after the first reference point.</summary>
    public bool IsUsable => rounded.AreSuitable != false;

    /// <summary>Makes these parameters the reference point. Returns f, and ∇f in <paramref name="gradient"/>. One exact pass.</summary>
    public double MoveTo(double[] parameters, Span<double> gradient, CancellationToken cancellationToken)
    {
        var totals = rows.Losses(parameters, labels, every: 1, gradient, _rows, cancellationToken);
        _loss = totals.Loss;
        ReferenceValue = objective.Penalize(totals, parameters, gradient);
        gradient.CopyTo(_gradient);
        Reference = (double[])parameters.Clone();
        return ReferenceValue;
    }

    /// <summary>f̂, and ∇f̂ in <paramref name="gradient"/>. One pass over rounded rows.</summary>
    public double Evaluate(double[] parameters, Span<double> gradient, CancellationToken cancellationToken)
    {
        for (var j = 0; j < _step.Length; j++)
            _step[j] = parameters[j] - Reference[j];
        var totals = rounded.Losses(_step, _rows, labels, gradient, cancellationToken);
        rows.Passes++;
        var squares = 0.0;
        for (var j = 0; j < _step.Length; j++)
        {
            gradient[j] = _gradient[j] + gradient[j] / objective.TotalWeight;
            if (objective.ColumnOf(j) >= 0)
            {
                gradient[j] += objective.Penalty * _step[j];
                squares += _step[j] * _step[j];
            }
        }
        var remainder = (totals.Loss - _loss - totals.Slope) / objective.TotalWeight;
        return ReferenceValue + DotProduct.Compute(_gradient, _step) + remainder + 0.5 * objective.Penalty * squares;
    }

    /// <summary>
    /// ∇²f of every <paramref name="every"/>-th chunk of the rounded rows, to about three digits; after the first reference point. Away from the reference
    /// point it takes an exact pass for the margins.
    /// </summary>
    public void Hessian(double[] parameters, int every, SymmetricMatrix hessian, CancellationToken cancellationToken)
    {
        var margins = _rows.Margins;
        if (!parameters.AsSpan().SequenceEqual(Reference))
        {
            margins = new double[rows.Rows];
            rows.Margins(parameters, margins, cancellationToken);
        }
        objective.PenalizeCurvature(rounded.Curvature(margins, labels, every, hessian, cancellationToken), subset: null, hessian);
        rows.Passes += 1.0 / every;
    }
}
