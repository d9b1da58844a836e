using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>Columns of a dense matrix. The copies are standardised.</summary>
internal sealed class DenseColumns(FeatureMatrix features, StandardScaling? scaling, bool hasIntercept, int outputs, ThreadCrew crew)
    : ColumnCopies(features.Rows, crew)
{
    /// <summary>Rows that a thread copies at a time.</summary>
    private const int RowsAtOnce = 64;

    /// <summary>Rows of margins that are summed at a time, so that they stay in the first cache.</summary>
    private const int BlockRows = 1024;

    private readonly int _stride = GramKernel.Stride<double>(features.Rows);
    private readonly int _lead = hasIntercept ? 1 : 0;
    private readonly Dictionary<int, Copy> _held = [];
    private readonly double[] _model = outputs > 1 ? [] : new double[features.Rows];
    private Copy[] _selected = [];
    private double[] _curvatures = [];

    /// <summary>Where a column is.</summary>
    private readonly record struct Copy(AlignedBuffer Buffer, int Start);

    public override void Multiply(int[] members, double[] factors, double[] sums)
    {
        var blocks = (Rows - 1) / BlockRows + 1;
        Crew.Run(blocks, (block, _) =>
        {
            var first = block * BlockRows;
            var count = Math.Min(BlockRows, Rows - first);
            var target = sums.AsSpan(first, count);
            target.Clear();
            var m = 0;
            for (; m <= members.Length - 4; m += 4)
            {
                ColumnKernels.Add(Column(members[m]).Slice(first, count), Column(members[m + 1]).Slice(first, count),
                    Column(members[m + 2]).Slice(first, count), Column(members[m + 3]).Slice(first, count), factors.AsSpan(m, 4), target);
            }
            for (; m < members.Length; m++)
                RowKernels.AddScaled(Column(members[m]).Slice(first, count), factors[m], target);
        });
    }

    public override double Slope(int member) => ColumnKernels.Dot(Column(member), _model);

    public override void Move(int member, double change) => ColumnKernels.AddProducts(Column(member), _curvatures, change, _model);

    public override void Move(double length, double[] margins) => ColumnKernels.AddProducts(margins, _curvatures, length, _model);

    public override void Slopes(int[] members, double[] slopes) => Products(members, _model, slopes);

    public override double Slope(int member, double[] weights, double[] margins, double[] means) =>
        ColumnKernels.Dot(Column(member), weights, margins, means);

    public override void Move(int member, double change, double[] margins, double[] probabilities, double[] means) =>
        ColumnKernels.Add(Column(member), change, margins, probabilities, means);

    protected override void Start(double[] residuals, double[] curvatures)
    {
        residuals.CopyTo(_model, 0);
        _curvatures = curvatures;
    }

    protected override void Curve(int first, int count, Span<double> diagonal)
    {
        for (var k = 0; k < count; k++)
            diagonal[k] = ColumnKernels.WeightedSquares(Column(first + k), _curvatures);
    }

    protected override void Squares(ReadOnlySpan<int> members, double[] weights, Span<double> sums)
    {
        for (var m = 0; m < members.Length; m++)
            sums[m] = ColumnKernels.WeightedSquares(Column(members[m]), weights);
    }

    protected override void Products(ReadOnlySpan<int> members, double[] vector, Span<double> products)
    {
        var m = 0;
        for (; m <= members.Length - 4; m += 4)
            ColumnKernels.Dot(Column(members[m]), Column(members[m + 1]), Column(members[m + 2]), Column(members[m + 3]), vector, products[m..]);
        for (; m < members.Length; m++)
            products[m] = ColumnKernels.Dot(Column(members[m]), vector);
    }

    protected override long EntriesOf(int[]? members) => (long)(members?.Length ?? Parameters.Length) * Rows;

    protected override void Hold(int[] parameters, CancellationToken cancellationToken)
    {
        if (_held.Count > MostHeld(parameters.Length))
            _held.Clear();
        int[] missing = [.. parameters.Where(parameter => !_held.ContainsKey(parameter))];
        // Not longer than the largest array.
        var most = Math.Max(1, (1 << 27) / _stride);
        for (var first = 0; first < missing.Length; first += most)
            CopyAll(missing[first..Math.Min(missing.Length, first + most)], cancellationToken);
        _selected = [.. parameters.Select(parameter => _held[parameter])];
    }

    private void CopyAll(int[] parameters, CancellationToken cancellationToken)
    {
        var buffer = new AlignedBuffer(parameters.Length * _stride);
        for (var k = 0; k < parameters.Length; k++)
            _held[parameters[k]] = new Copy(buffer, k * _stride);
        var lead = hasIntercept && parameters[0] == 0 ? 1 : 0;
        buffer.Span[..(lead * Rows)].Fill(1);
        int[] columns = [.. parameters[lead..].Select(parameter => parameter - _lead)];
        if (columns.Length == 0)
            return;
        Crew.Run((Rows - 1) / RowsAtOnce + 1, (part, _) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var first = part * RowsAtOnce;
            var count = Math.Min(RowsAtOnce, Rows - first);
            var target = buffer.Span[(lead * _stride + first)..];
            features.CopyCells(first, count, columns, target, _stride);
            for (var k = 0; k < columns.Length && scaling is not null; k++)
            {
                var (mean, reciprocal) = (scaling.Means[columns[k]], scaling.Reciprocals[columns[k]]);
                foreach (ref var value in target.Slice(k * _stride, count))
                    value = (value - mean) * reciprocal;
            }
        });
    }

    private ReadOnlySpan<double> Column(int member) => _selected[member].Buffer.Span.Slice(_selected[member].Start, Rows);
}
