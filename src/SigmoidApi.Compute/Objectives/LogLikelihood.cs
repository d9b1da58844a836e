using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// ℓ(β) = Σ wᵢ·log P(yᵢ | zᵢ, β) of the logistic model, and the terms of its derivatives, row by row. A row of weight 2 counts as two equal rows,
/// and a row of weight 0 as absent.
/// </summary>
internal sealed class LogLikelihood
{
    private readonly double[] _labels;
    private readonly double[]? _weights;

    /// <summary>−m for label 1 and m for label 0, where m is the margin. The log loss is its softplus, the absolute residual its sigmoid.</summary>
    private readonly double[] _against;

    public LogLikelihood(DesignRows rows, RowLabels labels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Values.Length, rows.Rows, nameof(labels));
        Rows = rows;
        _labels = labels.Values;
        _weights = labels.Weights;
        _against = new double[_labels.Length];
        for (var i = 0; i < _labels.Length; i++)
        {
            TotalWeight += Weight(i);
            PositiveWeight += Weight(i) * _labels[i];
        }
    }

    public DesignRows Rows { get; }

    /// <summary>Σ wᵢ, the number of observations.</summary>
    public double TotalWeight { get; }

    /// <summary>Σ wᵢ over the rows with label 1.</summary>
    public double PositiveWeight { get; }

    /// <summary>The same likelihood with passes on one thread, which give the same bits.</summary>
    public LogLikelihood OnOneThread() => new(Rows.OnOneThread(), new RowLabels(_labels, _weights));

    public double Weight(int row) => _weights is null ? 1 : _weights[row];

    public double Label(int row) => _labels[row];

    /// <summary>For each row −m for label 1 and m for label 0, where m is the margin at the parameters of the last <see cref="Evaluate"/>.</summary>
    public ReadOnlySpan<double> Against => _against;

    /// <summary>The likelihood of some of the rows. The others have weight 0.</summary>
    public LogLikelihood Of(bool[] rows) => new(Rows, new RowLabels(_labels, [.. rows.Select((isIn, i) => isIn ? Weight(i) : 0)]));

    /// <summary>The same labels and weights for the same rows on other scales.</summary>
    public LogLikelihood On(DesignRows rows) => new(rows, new RowLabels(_labels, _weights));

    /// <summary>Whether each row of weight above 0 is on its label's side at these parameters.</summary>
    public bool IsSeparatedBy(ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        Evaluate(parameters, cancellationToken);
        return !_against.Where((against, i) => Weight(i) > 0 && !(against < 0)).Any();
    }

    /// <summary>Rows of weight above 0.</summary>
    public int PresentRows => Enumerable.Range(0, _labels.Length).Count(i => Weight(i) > 0);

    /// <summary>
    /// Σ zᵢ·zᵢᵀ over the rows of weight above 0, each counted once. It shows which parameters these rows identify, whatever their weights. One
    /// pass.
    /// </summary>
    public SymmetricMatrix PresentGram(CancellationToken cancellationToken)
    {
        var gram = new SymmetricMatrix(Rows.Dimension);
        Rows.WeightedGram(_labels.Select((_, i) => Weight(i) > 0 ? 1.0 : 0).ToArray(), gram, cancellationToken);
        return gram;
    }

    /// <summary>ℓ at these parameters. The derivatives below are those at the parameters of the last call. One pass.</summary>
    public double Evaluate(ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        Rows.Margins(parameters, _against, cancellationToken);
        var loss = LogisticLoss.Sum(_against, _labels, _weights);
        for (var i = 0; i < _against.Length; i++)
            _against[i] = _labels[i] == 0 ? _against[i] : -_against[i];
        return -loss;
    }

    /// <summary>residuals[i] = yᵢ − pᵢ, without the weight. ∇ℓ is Σ wᵢ·residuals[i]·zᵢ.</summary>
    public void Residuals(Span<double> residuals)
    {
        Elementwise.Apply<Sigmoid.Function, double>(_against, residuals, []);
        for (var i = 0; i < residuals.Length; i++)
            residuals[i] = _labels[i] == 0 ? -residuals[i] : residuals[i];
    }

    /// <summary>weights[i] = wᵢ·pᵢ·(1 − pᵢ). The information −∇²ℓ is Zᵀ·diag(weights)·Z.</summary>
    public void InformationWeights(Span<double> weights)
    {
        Elementwise.Apply<Sigmoid.Slope, double>(_against, weights, []);
        for (var i = 0; i < weights.Length; i++)
            weights[i] *= Weight(i);
    }

    /// <summary>ℓ of the null model: the largest ℓ with an intercept alone, or, if no intercept is fitted, ℓ with P = 1/2 for each row.</summary>
    public double Null()
    {
        if (!Rows.HasIntercept)
            return -TotalWeight * Math.Log(2);
        var negative = TotalWeight - PositiveWeight;
        return XLogX(PositiveWeight / TotalWeight) * TotalWeight + XLogX(negative / TotalWeight) * TotalWeight;
    }

    private static double XLogX(double x) => x == 0 ? 0 : x * Math.Log(x);
}
