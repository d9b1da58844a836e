using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// ℓ*(β) = ℓ(β) + ½·log|I(β)|, with the information I = Zᵀ·diag(wᵢpᵢ(1 − pᵢ))·Z: Firth's penalty, or Jeffreys' prior (D. Firth, "Bias
/// reduction of maximum likelihood estimates", Biometrika 80, 1993). It falls to −∞ wherever parameters grow without bound, so it has a maximum
/// even where the classes are separated (G. Heinze and M. Schemper, "A solution to the problem of separation in logistic regression", Statistics
/// in Medicine 21, 2002).
/// <para>
/// Its gradient is Σ (wᵢ(yᵢ − pᵢ) + hᵢ(½ − pᵢ))·zᵢ with the leverages hᵢ = wᵢpᵢ(1 − pᵢ)·zᵢᵀI⁻¹zᵢ. This is the gradient
/// for rows that count wᵢ + hᵢ times, where the added part hᵢ has label ½. <see cref="Curvature"/>, the Hessian of those rows for
/// fixed hᵢ, is at least −∇²ℓ* everywhere, so steps computed with it do not overshoot. (It leaves out 2·ZᵀD(diag(h) − H∘H)DZ, where
/// D = diag(½ − p) and H is the hat matrix; the rows of diag(h) − H∘H sum to 0.)
/// </para>
/// </summary>
internal sealed class FirthLikelihood
{
    /// <summary>The rounding error that remains as a pivot of a singular matrix, as a share of its diagonal and for order 1.</summary>
    private const double PivotRounding = 2.2e-16;

    private readonly LogLikelihood _likelihood;
    private readonly Cholesky _factor;
    private readonly InverseRoot _root;
    private readonly double[] _informationWeights;
    private readonly double[] _leverages;
    private readonly double[] _residuals;
    private readonly double[] _eliminated;

    /// <param name="kept">The parameters that are identified. The determinant is that of their part of I.</param>
    public FirthLikelihood(LogLikelihood likelihood, bool[] kept)
    {
        var order = likelihood.Rows.Dimension;
        var rows = likelihood.Rows.Rows;
        _likelihood = likelihood;
        Kept = kept;
        (_factor, _root) = (new Cholesky(order), new InverseRoot(order));
        (_informationWeights, _leverages, _residuals) = (new double[rows], new double[rows], new double[rows]);
        _eliminated = new double[order * order];
        (Information, Curvature) = (new SymmetricMatrix(order), new SymmetricMatrix(order));
    }

    public bool[] Kept { get; }

    /// <summary>I at the last parameters evaluated.</summary>
    public SymmetricMatrix Information { get; }

    /// <summary>Zᵀ·diag((wᵢ + hᵢ)pᵢ(1 − pᵢ))·Z at the parameters of the last call of <see cref="Differentiate"/>.</summary>
    public SymmetricMatrix Curvature { get; }

    /// <summary>ℓ at the last parameters evaluated.</summary>
    public double LogLikelihood { get; private set; }

    public double TotalWeight => _likelihood.TotalWeight;

    public int Dimension => _likelihood.Rows.Dimension;

    /// <summary>ℓ*, or −∞ where the information is singular up to rounding. Two passes.</summary>
    public double Evaluate(ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        LogLikelihood = _likelihood.Evaluate(parameters, cancellationToken);
        _likelihood.InformationWeights(_informationWeights);
        _likelihood.Rows.WeightedGram(_informationWeights, Information, cancellationToken);
        return LogLikelihood + 0.5 * LogDeterminant();
    }

    /// <summary>Computes ∇ℓ* and <see cref="Curvature"/> at the last parameters evaluated, where ℓ* must be finite. Three passes.</summary>
    public void Differentiate(Span<double> gradient, CancellationToken cancellationToken)
    {
        _factor.Factorize(Information, Kept);
        _root.Compute(_factor);
        _likelihood.Rows.SquaredLengths(_root, _leverages, cancellationToken);
        _likelihood.Residuals(_residuals);
        for (var i = 0; i < _residuals.Length; i++)
        {
            var weight = _likelihood.Weight(i);
            var leverage = _informationWeights[i] * _leverages[i];
            // ½ − p = (y − p) − (y − ½).
            _residuals[i] = weight * _residuals[i] + leverage * (_residuals[i] - (_likelihood.Label(i) - 0.5));
            // (w + h)·p(1 − p), which is 0 for w = 0 because h is 0 too.
            _leverages[i] = weight == 0 ? 0 : _informationWeights[i] * (1 + leverage / weight);
        }
        _likelihood.Rows.TransposedProduct(_residuals, gradient, cancellationToken);
        _likelihood.Rows.WeightedGram(_leverages, Curvature, cancellationToken);
    }

    /// <summary>log|I| over the kept parameters, by symmetric elimination.</summary>
    private double LogDeterminant()
    {
        var order = Dimension;
        for (var i = 0; i < order; i++)
        {
            for (var j = i; j < order; j++)
                _eliminated[i * order + j] = Information[i, j];
        }
        var sum = 0.0;
        for (var k = 0; k < order; k++)
        {
            if (!Kept[k])
                continue;
            var pivot = _eliminated[k * order + k];
            if (!(pivot > PivotRounding * order * Information[k, k]))
                return double.NegativeInfinity;
            sum += Math.Log(pivot);
            for (var i = k + 1; i < order; i++)
            {
                var factor = _eliminated[k * order + i] / pivot;
                for (var j = i; j < order; j++)
                    _eliminated[i * order + j] -= factor * _eliminated[k * order + j];
            }
        }
        return sum;
    }
}
