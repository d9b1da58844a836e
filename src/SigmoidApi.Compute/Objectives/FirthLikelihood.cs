using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// ℓ*(β) = ℓ(β) + ½·log|I(β)|, with the information I = Zᵀ·diag(wᵢpᵢ(1 − pᵢ))·Z: Firth's penalty, Jeffreys' prior (D. Firth, "Bias reduction of maximum
/// likelihood estimates", Biometrika 80, 1993). It falls to −∞ wherever parameters grow without bound, so that it has a maximum also where the
/// classes are separated (G. Heinze and M. Schemper, "A solution to the problem of separation in logistic regression", Statistics in Medicine 21, 2002).
/// <para>
/// Its gradient is Σ (wᵢ(yᵢ − pᵢ) + hᵢ(½ − pᵢ))·zᵢ with the leverages hᵢ = wᵢpᵢ(1 − pᵢ)·zᵢᵀI⁻¹zᵢ: that of rows counted wᵢ + hᵢ times, the added part
/// with label ½. The Hessian of those rows for fixed hᵢ, <see cref="Curvature"/>, is at least −∇²ℓ* everywhere (what it leaves out is
/// 2·ZᵀD(diag(h) − H∘H)DZ, D = diag(½ − p), H the hat matrix, and the rows of diag(h) − H∘H sum to 0): steps by it don't overshoot.
/// </para>
/// </summary>
internal sealed class FirthLikelihood
{
    /// <summary>What rounding leaves of a pivot of a singular matrix, as a share of its diagonal; times the order.</summary>
    private const double PivotRounding = 2.2e-16;

    private readonly LogLikelihood _likelihood;
    private readonly Cholesky _factor;
    private readonly InverseRoot _root;
    private readonly double[] _informationWeights;
    private readonly double[] _leverages;
    private readonly double[] _residuals;
    private readonly double[] _eliminated;

    /// <param name="kept">The parameters that no others determine; the determinant is that of their part of I.</param>
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

    /// <summary>Zᵀ·diag((wᵢ + hᵢ)pᵢ(1 − pᵢ))·Z at the last parameters whose gradient was asked for.</summary>
    public SymmetricMatrix Curvature { get; }

    /// <summary>ℓ at the last parameters evaluated.</summary>
    public double LogLikelihood { get; private set; }

    public double TotalWeight => _likelihood.TotalWeight;

    public int Dimension => _likelihood.Rows.Dimension;

    /// <summary>ℓ*, −∞ where the information is singular to within rounding. Two passes.</summary>
    public double Evaluate(ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        LogLikelihood = _likelihood.Evaluate(parameters, cancellationToken);
        _likelihood.InformationWeights(_informationWeights);
        _likelihood.Rows.WeightedGram(_informationWeights, Information, cancellationToken);
        return LogLikelihood + 0.5 * LogDeterminant();
    }

    /// <summary>∇ℓ* at the last parameters evaluated, where ℓ* must be finite, and <see cref="Curvature"/>. Three passes.</summary>
    public void Differentiate(Span<double> gradient, CancellationToken cancellationToken)
    {
        _factor.Factorize(Information, Kept);
        _root.Take(_factor);
        _likelihood.Rows.SquaredLengths(_root, _leverages, cancellationToken);
        _likelihood.Residuals(_residuals);
        for (var i = 0; i < _residuals.Length; i++)
        {
            var weight = _likelihood.Weight(i);
            var leverage = _informationWeights[i] * _leverages[i];
            // ½ − p = (y − p) − (y − ½).
            _residuals[i] = weight * _residuals[i] + leverage * (_residuals[i] - (_likelihood.Label(i) - 0.5));
            // Likewise (w + h)·p(1 − p), for w = 0 with h = 0 too.
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
