using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The function that <see cref="SeparatingDirection"/> minimises: Σ log(1 + e^-marginᵢ) + ridge/2·δᵀBδ, with marginᵢ = sᵢ·zᵢᵀδ. The sum is
/// over the rows that are searched: those of positive weight that are not at rest.
/// </summary>
internal sealed class SeparationLoss
{
    private readonly LogLikelihood _likelihood;
    private readonly DesignRows _rows;
    private readonly int _order;
    private readonly bool[] _present;
    private readonly double[] _rowValues;

    public SeparationLoss(LogLikelihood likelihood, CancellationToken cancellationToken)
    {
        (_likelihood, _rows, _order) = (likelihood, likelihood.Rows, likelihood.Rows.Dimension);
        (_present, AtRest, _rowValues) = (new bool[_rows.Rows], new bool[_rows.Rows], new double[_rows.Rows]);
        for (var i = 0; i < _present.Length; i++)
            _present[i] = likelihood.Weight(i) > 0;
        Bound = new SymmetricMatrix(_order);
        Gram(Bound, row => 0.25, cancellationToken);
    }

    /// <summary>B: the curvature at 0, over the rows of positive weight.</summary>
    public SymmetricMatrix Bound { get; }

    /// <summary>Rows that are left out of the loss. The search marks them.</summary>
    public bool[] AtRest { get; }

    /// <summary>The number of rows of positive weight.</summary>
    public int PresentRows => _present.Count(isPresent => isPresent);

    /// <summary>Whether a row has a positive weight.</summary>
    public bool IsPresent(int row) => _present[row];

    /// <summary>Whether a row is part of the loss.</summary>
    public bool IsSearched(int row) => _present[row] && !AtRest[row];

    public double Value(double[] margins, double[] direction, double ridge)
    {
        var sum = 0.0;
        for (var i = 0; i < margins.Length; i++)
            _rowValues[i] = -margins[i];
        Elementwise.Apply<Softplus.Function, double>(_rowValues, _rowValues, []);
        for (var i = 0; i < margins.Length; i++)
            sum += IsSearched(i) ? _rowValues[i] : 0;
        return sum + 0.5 * ridge * DotProduct.Compute(direction, BoundTimes(direction));
    }

    /// <summary>Computes gradient and curvature in two passes.</summary>
    public void Differentiate(
        double[] margins, double[] direction, double ridge, double[] gradient, SymmetricMatrix curvature, CancellationToken cancellationToken)
    {
        SetSlopes(margins);
        _rows.TransposedProduct(_rowValues, gradient, cancellationToken);
        Gram(curvature, row => IsSearched(row) ? SlopeOfSigmoid(margins[row]) : 0, cancellationToken);
        var product = BoundTimes(direction);
        for (var i = 0; i < _order; i++)
        {
            gradient[i] += ridge * product[i];
            for (var j = i; j < _order; j++)
                curvature[i, j] += ridge * Bound[i, j];
        }
    }

    /// <summary>The sum of weight·zzᵀ over the rows of positive weight, in one pass.</summary>
    public void Gram(SymmetricMatrix gram, Func<int, double> weight, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _rowValues.Length; i++)
            _rowValues[i] = _present[i] ? weight(i) : 0;
        _rows.WeightedGram(_rowValues, gram, cancellationToken);
    }

    /// <summary>Sets the row values to −s·σ(−margin): the gradient of the loss is their product with the rows.</summary>
    private void SetSlopes(double[] margins)
    {
        for (var i = 0; i < margins.Length; i++)
            _rowValues[i] = -margins[i];
        Elementwise.Apply<Sigmoid.Function, double>(_rowValues, _rowValues, []);
        for (var i = 0; i < margins.Length; i++)
            _rowValues[i] = !IsSearched(i) ? 0 : _likelihood.Label(i) == 0 ? _rowValues[i] : -_rowValues[i];
    }

    private static double SlopeOfSigmoid(double margin)
    {
        var e = Math.Exp(-Math.Abs(margin));
        return e / ((1 + e) * (1 + e));
    }

    private double[] BoundTimes(double[] direction)
    {
        var product = new double[_order];
        for (var i = 0; i < _order; i++)
        {
            for (var j = 0; j < _order; j++)
                product[i] += Bound[i, j] * direction[j];
        }
        return product;
    }
}
