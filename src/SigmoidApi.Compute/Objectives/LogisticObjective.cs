using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// The penalised mean log loss f(b, w) = (1/W) Σ sᵢ·logloss(yᵢ, b + zᵢᵀw) + ½ · penalty · ‖w‖², W = Σ sᵢ. This is scikit-learn's
/// c · Σ sᵢ·logloss + ½‖w‖² divided by c·W, with penalty = 1/(c·W). The intercept b is not penalised. With more than two classes there is such a vector
/// of parameters for each output of the labels, one after the other.
/// <para>
/// It is the only interface between solvers and rows: a solver passes parameters (for each output the intercept, if there is one, then w) and gets sums
/// over the rows. Every evaluation is one pass that reads each row once.
/// </para>
/// <para>
/// Where each class has a vector, the same number added to all intercepts changes no loss. The term ½(Σ b)²/K² then makes the minimum unique: its
/// intercepts sum to 0, where the term is 0, so that the minimum is that of f. With 1/K² the second derivatives in the intercepts at 0 are those of K
/// independent parameters.
/// </para>
/// </summary>
internal sealed class LogisticObjective
{
    /// <summary>Rows that a thread takes at a time if only their margins are needed.</summary>
    private const int RowsAtOnce = 2048;

    private const int LeastRowsAtOnce = 64;

    private readonly DesignRows _rows;
    private readonly RowLabels _labels;

    /// <param name="rows">n rows.</param>
    /// <param name="labels">n labels and their weights.</param>
    /// <param name="penalty">As in f; 0 for none.</param>
    public LogisticObjective(DesignRows rows, RowLabels labels, double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Values.Length, rows.Rows);
        (_rows, _labels, Penalty) = (rows, labels, penalty);
        TotalWeight = labels.WeightOf(0, rows.Rows);
        Gauge = labels.IsSymmetric && rows.HasIntercept ? 1.0 / labels.Classes / labels.Classes : 0;
    }

    /// <summary>The objective over all rows of a matrix, each of weight 1, with passes on the caller's thread.</summary>
    public LogisticObjective(DesignMatrix features, double[] labels, StandardScaling? scaling, bool fitIntercept, double penalty)
        : this(DesignRows.Of(features, scaling, fitIntercept, new ThreadCrew()), new RowLabels(labels, Weights: null), penalty)
    {
    }

    public int Rows => _rows.Rows;

    public bool IsSparse => _rows is SparseRows;

    /// <summary>W, the sum of the rows' weights.</summary>
    public double TotalWeight { get; }

    /// <summary>How many times all rows were read so far: <see cref="DesignRows.Passes"/>.</summary>
    public double Passes
    {
        get => _rows.Passes;
        set => _rows.Passes = value;
    }

    /// <summary>The number of vectors of parameters: 1 for two classes.</summary>
    public int Outputs => _labels.Outputs;

    /// <summary>The factor of ½(Σ b)²; 0 if there is no such term.</summary>
    public double Gauge { get; }

    /// <summary>The weight of each row; null if each is 1.</summary>
    public double[]? RowWeights => _labels.Weights;

    /// <summary>The number of parameters.</summary>
    public int Dimension => Outputs * _rows.Dimension;

    /// <summary>The second derivative of a row's loss in one of its margins, where all margins are 0: ¼ for two classes.</summary>
    public double CurvatureAtZero => 1.0 / _labels.Classes * (1 - 1.0 / _labels.Classes);

    public double Penalty { get; }

    /// <summary>The same loss under another penalty.</summary>
    public LogisticObjective WithPenalty(double penalty) => new(_rows, _labels, penalty);

    /// <summary>The column that a parameter belongs to, or −1 for the intercept.</summary>
    public int ColumnOf(int parameter) => parameter % _rows.Dimension - (_rows.HasIntercept ? 1 : 0);

    /// <summary>
    /// f, and ∇f in <paramref name="gradient"/>. One pass, or a part of one: over every <paramref name="every"/>-th run of
    /// <see cref="DesignRows.RunRows"/> rows.
    /// </summary>
    public double Evaluate(double[] parameters, Span<double> gradient, CancellationToken cancellationToken, int every = 1)
    {
        var totals = _rows.Losses(parameters, _labels, every, gradient, cancellationToken);
        return Penalize(totals, parameters, gradient);
    }

    /// <summary>f, and ∇f in place of the gradient of Σ s·logloss.</summary>
    public double Penalize(LossTotals totals, double[] parameters, Span<double> gradient)
    {
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
        return Gauge == 0 ? value : value + AddGauge(parameters, gradient);
    }

    /// <summary>The value of the term of the intercepts' sum; adds its slope to the gradient.</summary>
    private double AddGauge(double[] parameters, Span<double> gradient)
    {
        var sum = 0.0;
        for (var j = 0; j < Dimension; j += _rows.Dimension)
            sum += parameters[j];
        for (var j = 0; j < Dimension; j += _rows.Dimension)
            gradient[j] += Gauge * sum;
        return 0.5 * Gauge * sum * sum;
    }

    /// <summary>f near a point, by passes over rounded rows; null if these are not faster or are known not to suit the rows.</summary>
    public NearbyObjective? Nearby() =>
        Outputs == 1 && _rows is DenseRows dense && dense.Rounded() is { } rounded ? new NearbyObjective(this, dense, rounded, _labels) : null;

    /// <summary>
    /// ∇²f in <paramref name="hessian"/>, for all parameters or those in <paramref name="subset"/>. One pass, or a part of one. In float32 it is
    /// accurate enough for steps, because the exact gradient corrects them.
    /// </summary>
    public void Hessian(
        double[] parameters, SymmetricMatrix hessian, CancellationToken cancellationToken, int every = 1, int[]? subset = null, bool single = false)
    {
        var weight = _rows.Curvature(parameters, _labels, every, subset, single, hessian, cancellationToken);
        PenalizeCurvature(weight, subset, hessian);
    }

    /// <summary>∇²f in place of the second derivatives of Σ s·logloss over rows of this weight.</summary>
    public void PenalizeCurvature(double weight, int[]? subset, SymmetricMatrix hessian)
    {
        var values = hessian.Values;
        for (var i = 0; i < values.Length; i++)
            values[i] /= weight;
        for (var j = 0; j < hessian.Order; j++)
            hessian[j, j] += ColumnOf(subset is null ? j : subset[j]) >= 0 ? Penalty : 0;
        if (Gauge == 0)
            return;
        int[] intercepts = [.. Enumerable.Range(0, hessian.Order).Where(j => ColumnOf(subset is null ? j : subset[j]) < 0)];
        foreach (var i in intercepts)
        {
            foreach (var j in intercepts.Where(j => j >= i))
                hessian[i, j] += Gauge;
        }
    }

    /// <summary>The Newton decrement of the summed loss, from the decrease of f that its slope predicts.</summary>
    public double Decrement(double decrease) => Math.Sqrt(Math.Max(0, decrease) * TotalWeight);

    /// <summary>
    /// The number of rows of the rarer class among every <paramref name="every"/>-th row, regardless of weights. With more classes, that of the rarest times
    /// the outputs, which share the parameters.
    /// </summary>
    public int RarerClass(int every) => (int)Math.Min(int.MaxValue, (long)Outputs * _labels.RarestClass(every));

    /// <summary>The diagonal of ∇²f at 0, in one pass.</summary>
    public double[] HessianDiagonal(CancellationToken cancellationToken)
    {
        var squares = new double[_rows.Dimension];
        _rows.Squares(_labels, squares, cancellationToken);
        var diagonal = new double[Dimension];
        for (var j = 0; j < diagonal.Length; j++)
            diagonal[j] = CurvatureAtZero * squares[j % squares.Length] / TotalWeight + (ColumnOf(j) >= 0 ? Penalty : Gauge);
        return diagonal;
    }

    /// <summary>ZᵀSZ/W: the second moments of the columns, which are those of every vector of parameters. One pass.</summary>
    public SymmetricMatrix Moments(CancellationToken cancellationToken)
    {
        var moments = new SymmetricMatrix(_rows.Dimension);
        double[] weights = [.. Enumerable.Range(0, Rows).Select(i => _labels.WeightOf(i, 1) / TotalWeight)];
        _rows.WeightedGram(weights, moments, cancellationToken);
        return moments;
    }

    /// <summary>The share of the rows' weight that each output's class has.</summary>
    public double[] Shares()
    {
        var shares = new double[Outputs];
        for (var i = 0; i < Rows; i++)
        {
            if (_labels.OutputOf((int)_labels.Values[i]) is >= 0 and var output)
                shares[output] += _labels.WeightOf(i, 1) / TotalWeight;
        }
        return shares;
    }

    /// <summary>Copies of columns, none yet. With several outputs they serve all.</summary>
    public ColumnCopies Columns() => _rows.Columns(Outputs);

    /// <summary>
    /// Computes the value and the derivatives that belong to margins. Reads no row of the matrix. The term ½·gauge·(Σ b)² is left out: a solver that uses
    /// this keeps the intercepts' sum.
    /// </summary>
    public void Losses(RowPoint at)
    {
        var rowsAtOnce = Math.Max(LeastRowsAtOnce, (RowsAtOnce / Outputs + 7) & ~7);
        var losses = new double[(Rows - 1) / rowsAtOnce + 1];
        _rows.Crew.Run(losses.Length, (part, _) =>
        {
            var first = part * rowsAtOnce;
            var count = Math.Min(rowsAtOnce, Rows - first);
            var rows = new RowLosses(Math.Min(rowsAtOnce, (Rows + 7) & ~7), Outputs);
            for (var o = 0; o < Outputs; o++)
                at.Margins[o].AsSpan(first, count).CopyTo(rows.MarginsOf(o));
            _labels.Evaluate(rows, first, count);
            for (var o = 0; o < Outputs; o++)
            {
                var residuals = rows.ResidualsOf(o, count);
                for (var i = 0; i < count; i++)
                    at.Residuals[o][first + i] = residuals[i] / TotalWeight;
            }
            if (Outputs > 1)
                SetProbabilities(at, rows, first, count);
            for (var i = 0; i < count && Outputs == 1; i++)
                at.Curvatures[first + i] = rows.Curvatures[i] / TotalWeight;
            losses[part] = rows.Loss.Take();
        });
        at.Value = losses.Sum() / TotalWeight;
    }

    private void SetProbabilities(RowPoint at, RowLosses rows, int first, int count)
    {
        const double keep = 1 - RowPoint.LeastProbability;
        var ofBase = new double[count];
        if (_labels.Base is not null)
        {
            Array.Fill(ofBase, 1);
            for (var o = 0; o < Outputs; o++)
            {
                for (var i = 0; i < count; i++)
                    ofBase[i] -= rows.Probabilities[o * rows.Capacity + i];
            }
        }
        for (var i = 0; i < count; i++)
        {
            var own = _labels.OutputOf((int)_labels.Values[first + i]);
            var isLeast = (own < 0 ? ofBase[i] : rows.Probabilities[own * rows.Capacity + i]) < RowPoint.LeastProbability;
            for (var o = 0; o < Outputs; o++)
            {
                var probability = rows.Probabilities[o * rows.Capacity + i];
                at.Probabilities[o][first + i] = isLeast ? keep * probability + (o == own ? RowPoint.LeastProbability : 0) : probability;
            }
            at.Others[first + i] = isLeast ? keep * rows.Others[i] + RowPoint.LeastProbability : rows.Others[i];
        }
    }

    /// <summary>∇f without its penalty where <see cref="Losses"/> was computed. One pass.</summary>
    /// <param name="at">The rows' derivatives.</param>
    /// <param name="parameters">Where they are.</param>
    /// <param name="gradient">The result.</param>
    /// <param name="cancellationToken">Checked within the pass.</param>
    public void Gradient(RowPoint at, double[] parameters, double[] gradient, CancellationToken cancellationToken)
    {
        // One pass for all outputs has to compute the margins again.
        if (Outputs > 1)
            Evaluate(parameters, gradient, cancellationToken);
        else
            _rows.TransposedProduct(at.Residuals[0], gradient, cancellationToken);
    }

    /// <summary>The largest |margin| of a row at these parameters; with more classes, the largest difference between two margins. One pass.</summary>
    public double LargestMargin(double[] parameters, CancellationToken cancellationToken)
    {
        var outputs = Outputs;
        var margins = new double[(long)Rows * outputs];
        _rows.Margins(parameters, margins, cancellationToken);
        var largest = 0.0;
        for (var first = 0; first < margins.Length; first += outputs)
        {
            var (least, most) = _labels.IsSymmetric ? (margins[first], margins[first]) : (0.0, 0.0);
            foreach (var margin in margins.AsSpan(first, outputs))
                (least, most) = (Math.Min(least, margin), Math.Max(most, margin));
            largest = Math.Max(largest, most - least);
        }
        return largest;
    }
}
