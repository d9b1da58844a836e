using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// The penalised mean log loss f(b, w) = (1/W) Σ sᵢ·logloss(yᵢ, b + zᵢᵀw) + ½ · penalty · ‖w‖², W = Σ sᵢ. This is scikit-learn's
/// c · Σ sᵢ·logloss + ½‖w‖² divided by c·W, with penalty = 1/(c·W). The intercept b is not penalised.
/// <para>
/// It is the only interface between solvers and rows: a solver passes parameters (the intercept, if there is one, then w) and gets sums over
/// the rows. Every evaluation is one pass that reads each row once.
/// </para>
/// </summary>
internal sealed class LogisticObjective
{
    private readonly DesignRows _rows;
    private readonly RowLabels _labels;

    /// <param name="rows">n rows.</param>
    /// <param name="labels">n labels, 0 or 1, and their weights.</param>
    /// <param name="penalty">As in f; 0 for none.</param>
    public LogisticObjective(DesignRows rows, RowLabels labels, double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Values.Length, rows.Rows);
        (_rows, _labels, Penalty) = (rows, labels, penalty);
        TotalWeight = labels.WeightOf(0, rows.Rows);
    }

    /// <summary>The objective over all rows of a matrix, each of weight 1, with passes on the caller's thread.</summary>
    public LogisticObjective(DesignMatrix features, double[] labels, StandardScaling? scaling, bool fitIntercept, double penalty)
        : this(DesignRows.Of(features, scaling, fitIntercept, new ThreadCrew()), new RowLabels(labels, Weights: null), penalty)
    {
    }

    public int Rows => _rows.Rows;

    /// <summary>W, the sum of the rows' weights.</summary>
    public double TotalWeight { get; }

    /// <summary>How many times all rows were read so far: <see cref="DesignRows.Passes"/>.</summary>
    public double Passes
    {
        get => _rows.Passes;
        set => _rows.Passes = value;
    }

    /// <summary>The number of parameters.</summary>
    public int Dimension => _rows.Dimension;

    public double Penalty { get; }

    /// <summary>The same loss under another penalty.</summary>
    public LogisticObjective WithPenalty(double penalty) => new(_rows, _labels, penalty);

    /// <summary>The column that a parameter belongs to, or −1 for the intercept.</summary>
    public int ColumnOf(int parameter) => _rows.HasIntercept ? parameter - 1 : parameter;

    /// <summary>
    /// f, and ∇f in <paramref name="gradient"/>. One pass, or a part of one: over every <paramref name="every"/>-th run of
    /// <see cref="DesignRows.RunRows"/> rows.
    /// </summary>
    public double Evaluate(double[] parameters, Span<double> gradient, CancellationToken cancellationToken, int every = 1)
    {
        var totals = _rows.Losses(parameters, _labels, every, gradient, cancellationToken);
        var value = totals.Loss / totals.Weight;
        for (var j = 0; j < Dimension; j++)
        {
            gradient[j] /= totals.Weight;
            if (ColumnOf(j) >= 0)
            {
                gradient[j] += Penalty * parameters[j];
                value += 0.5 * Penalty * parameters[j] * parameters[j];
            }
        }
        return value;
    }

    /// <summary>
    /// ∇²f in <paramref name="hessian"/>, for all parameters or those in <paramref name="subset"/>. One pass, or a part of one. In float32 it is
    /// accurate enough for steps, because the exact gradient corrects them.
    /// </summary>
    public void Hessian(
        double[] parameters, SymmetricMatrix hessian, CancellationToken cancellationToken, int every = 1, int[]? subset = null, bool single = false)
    {
        var weight = _rows.Curvature(parameters, _labels, every, subset, single, hessian, cancellationToken);
        var values = hessian.Values;
        for (var i = 0; i < values.Length; i++)
            values[i] /= weight;
        for (var j = 0; j < hessian.Order; j++)
            hessian[j, j] += ColumnOf(subset is null ? j : subset[j]) >= 0 ? Penalty : 0;
    }

    /// <summary>The Newton decrement of the summed loss, from the decrease of f that its slope predicts.</summary>
    public double Decrement(double decrease) => Math.Sqrt(Math.Max(0, decrease) * TotalWeight);

    /// <summary>The number of rows of the rarer class among every <paramref name="every"/>-th row, regardless of weights.</summary>
    public int RarerClass(int every)
    {
        var (positive, count) = (0, 0);
        for (var i = 0; i < Rows; i += every, count++)
            positive += _labels.Values[i] != 0 ? 1 : 0;
        return Math.Min(positive, count - positive);
    }

    /// <summary>The diagonal of ∇²f at 0, in one pass.</summary>
    public double[] HessianDiagonal(CancellationToken cancellationToken)
    {
        var diagonal = new double[Dimension];
        _rows.Squares(_labels, diagonal, cancellationToken);
        for (var j = 0; j < diagonal.Length; j++)
            diagonal[j] = 0.25 * diagonal[j] / TotalWeight + (ColumnOf(j) >= 0 ? Penalty : 0);
        return diagonal;
    }

    /// <summary>The largest |margin| of a row at these parameters. One pass.</summary>
    public double LargestMargin(double[] parameters, CancellationToken cancellationToken)
    {
        var margins = new double[Rows];
        _rows.Margins(parameters, margins, cancellationToken);
        var largest = 0.0;
        foreach (var margin in margins)
            largest = Math.Max(largest, Math.Abs(margin));
        return largest;
    }
}
