using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// Columns of a sparse matrix. The copies have the stored entries x; means and deviations are applied to the sums: zᵀu = (xᵀu − m·Σu)/s. What a mean
/// adds to all margins alike is kept as one number. With several outputs it adds a number to each output of a row, which depends on the row: there columns
/// with a mean, and the intercept, have an entry in every row.
/// </summary>
internal sealed class SparseColumns : ColumnCopies
{
    private readonly SparseMatrix _features;
    private readonly StandardScaling? _scaling;
    private readonly int _lead;
    private readonly bool _isExplicit;
    private readonly double[] _model;

    /// <summary>How many entries each column of the matrix has.</summary>
    private readonly int[] _counts;
    private readonly Dictionary<int, SparseColumn> _held = [];
    private SparseColumn[] _selected = [];
    private double[] _curvatures = [];

    /// <summary>Σ v·x of each selected column.</summary>
    private double[] _weighted = [];

    /// <summary>Σ of the vector that columns are multiplied with.</summary>
    private double _vectorSum;

    /// <summary>Σ v; Σ of the model's numbers; and what is still to be added to all margins Zd.</summary>
    private double _curvature;
    private double _sum;
    private double _shift;

    /// <param name="features">The matrix.</param>
    /// <param name="scaling">Null if columns are not standardised.</param>
    /// <param name="hasIntercept">Whether parameter 0 is the intercept.</param>
    /// <param name="outputs">Of a row.</param>
    /// <param name="crew">The threads.</param>
    public SparseColumns(SparseMatrix features, StandardScaling? scaling, bool hasIntercept, int outputs, ThreadCrew crew)
        : base(features.Rows, crew)
    {
        (_features, _scaling, _lead, _isExplicit) = (features, scaling, hasIntercept ? 1 : 0, outputs > 1);
        _model = outputs > 1 ? [] : new double[features.Rows];
        _counts = new int[features.Columns];
        for (var i = 0; i < features.Rows; i++)
        {
            foreach (var column in features.Row(i, out _))
                _counts[column]++;
        }
    }

    private int Half => Rows / 2;

    public override void Multiply(int[] members, double[] factors, double[] sums)
    {
        var shift = 0.0;
        for (var m = 0; m < members.Length; m++)
            shift -= factors[m] * _selected[members[m]].Reciprocal * _selected[members[m]].Mean;
        // Each half adds the columns to its own rows in the same order.
        Share(2, EntriesOf(members), part: 1, (first, count) =>
        {
            var (from, to) = (first == 0 ? 0 : Half, first + count == 1 ? Half : sums.Length);
            Array.Clear(sums, from, to - from);
            for (var m = 0; m < members.Length; m++)
            {
                var column = _selected[members[m]];
                var (start, end) = (first == 0 ? 0 : column.Half, first + count == 1 ? column.Half : column.Count);
                column.Add(start, end - start, factors[m] * column.Reciprocal, sums);
            }
            for (var i = from; i < to && shift != 0; i++)
                sums[i] += shift;
        });
    }

    public override double Slope(int member)
    {
        var column = _selected[member];
        return (column.Product(_model) + _shift * _weighted[member] - column.Mean * (_sum + _shift * _curvature)) * column.Reciprocal;
    }

    public override void Move(int member, double change)
    {
        var column = _selected[member];
        var factor = change * column.Reciprocal;
        column.AddProducts(_curvatures, factor, _model);
        _sum += factor * _weighted[member];
        _shift -= factor * column.Mean;
    }

    public override void Move(double length, double[] margins)
    {
        Settle();
        _sum = 0;
        for (var i = 0; i < margins.Length; i++)
        {
            _model[i] = Math.FusedMultiplyAdd(length * margins[i], _curvatures[i], _model[i]);
            _sum += _model[i];
        }
    }

    public override void Slopes(int[] members, double[] slopes)
    {
        Settle();
        Products(members, _model, slopes);
    }

    public override double Slope(int member, double[] weights, double[] margins, double[] means) =>
        _selected[member].Product(weights, margins, means) * _selected[member].Reciprocal;

    public override void Move(int member, double change, double[] margins, double[] probabilities, double[] means) =>
        _selected[member].Add(change * _selected[member].Reciprocal, margins, probabilities, means);

    protected override void Start(double[] residuals, double[] curvatures)
    {
        residuals.CopyTo(_model, 0);
        (_curvatures, _curvature, _sum, _shift) = (curvatures, curvatures.Sum(), residuals.Sum(), 0);
        if (_weighted.Length != Parameters.Length)
            _weighted = new double[Parameters.Length];
    }

    protected override void Curve(int first, int count, Span<double> diagonal)
    {
        for (var k = 0; k < count; k++)
        {
            var column = _selected[first + k];
            var (weighted, squares) = column.Moments(_curvatures);
            _weighted[first + k] = weighted;
            var centred = squares - column.Mean * (2 * weighted - column.Mean * _curvature);
            diagonal[k] = Math.Max(0, centred) * column.Reciprocal * column.Reciprocal;
        }
    }

    protected override void Squares(ReadOnlySpan<int> members, double[] weights, Span<double> sums)
    {
        for (var m = 0; m < members.Length; m++)
        {
            var column = _selected[members[m]];
            sums[m] = column.Moments(weights).Squares * column.Reciprocal * column.Reciprocal;
        }
    }

    protected override void Prepare(double[] vector)
    {
        _vectorSum = 0;
        foreach (var value in vector)
            _vectorSum += value;
    }

    protected override void Products(ReadOnlySpan<int> members, double[] vector, Span<double> products)
    {
        for (var m = 0; m < members.Length; m++)
        {
            var column = _selected[members[m]];
            products[m] = (column.Product(vector) - column.Mean * _vectorSum) * column.Reciprocal;
        }
    }

    protected override long EntriesOf(int[]? members)
    {
        var entries = 0L;
        if (members is null)
        {
            foreach (var column in _selected)
                entries += column.Count;
        }
        else
        {
            foreach (var member in members)
                entries += _selected[member].Count;
        }
        return 4 * entries;
    }

    protected override void Hold(int[] parameters, CancellationToken cancellationToken)
    {
        if (_held.Count > MostHeld(parameters.Length))
            _held.Clear();
        int[] missing = [.. parameters.Where(parameter => !_held.ContainsKey(parameter))];
        if (missing.Length > 0)
            CopyAll(missing, cancellationToken);
        _selected = [.. parameters.Select(parameter => _held[parameter])];
    }

    private double MeanOf(int parameter) => parameter < _lead ? -1 : _scaling?.Means[parameter - _lead] ?? 0;

    /// <summary>Adds the shift to the model's numbers.</summary>
    private void Settle()
    {
        for (var i = 0; i < _model.Length && _shift != 0; i++)
            _model[i] = Math.FusedMultiplyAdd(_shift, _curvatures[i], _model[i]);
        _sum += _shift * _curvature;
        _shift = 0;
    }

    private void CopyAll(int[] parameters, CancellationToken cancellationToken)
    {
        var places = new int[_features.Columns];
        Array.Fill(places, -1);
        var total = parameters.Sum(parameter => parameter < _lead ? 0L : _counts[parameter - _lead]);
        var rows = new int[total];
        var values = _features.HasValues ? new double[total] : null;
        var next = 0;
        foreach (var parameter in parameters)
        {
            if (parameter < _lead)
            {
                _held[parameter] = new SparseColumn(rows, values, 0, 0, -1, 1);
                continue;
            }
            var column = parameter - _lead;
            _held[parameter] = new SparseColumn(rows, values, next, _counts[column], MeanOf(parameter), _scaling?.Reciprocals[column] ?? 1);
            places[column] = next;
            next += _counts[column];
        }
        for (var i = 0; i < _features.Rows; i++)
        {
            if (i == Half)
            {
                foreach (var parameter in parameters.Where(parameter => parameter >= _lead))
                    _held[parameter].Half = places[parameter - _lead] - _held[parameter].Start;
            }
            if (i % 1024 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var columns = _features.Row(i, out var entries);
            for (var e = 0; e < columns.Length; e++)
            {
                var place = places[columns[e]];
                if (place < 0)
                    continue;
                rows[place] = i;
                if (values is not null)
                    values[place] = entries[e];
                places[columns[e]] = place + 1;
            }
        }
        foreach (var parameter in parameters.Where(parameter => _isExplicit && _held[parameter].Mean != 0))
            _held[parameter] = _held[parameter].InEveryRow(Rows);
    }
}
