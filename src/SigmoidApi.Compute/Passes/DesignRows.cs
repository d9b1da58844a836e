using System.Numerics;
using System.Runtime.InteropServices;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The rows zᵢ of a matrix as a solver sees them: standardised on the way from the matrix (which is neither changed nor copied as a whole) and
/// led by the intercept's 1. Every method but the constructor is one pass over the rows, shared out over the crew's threads; its result is the
/// same to the last bit on any number of them. Standardising each value, rather than correcting sums for the means afterwards, keeps columns
/// accurate whose mean dwarfs their deviation.
/// </summary>
internal class DesignRows
{
    /// <summary>Numbers in a chunk of rows, about: half a megabyte of them.</summary>
    private const int ChunkNumbers = 1 << 16;

    /// <summary>Numbers in a tile of rows, about: 8 KB. At 32 KB, with what else is in use, two threads were no faster than one.</summary>
    private const int TileNumbers = 1024;

    /// <summary>Rows that follow each other in a part of the rows: enough of them for memory to be read in a stream. A multiple of every tile.</summary>
    protected const int PartRows = 64;

    /// <summary>What the groups' sums of a Gram matrix may take.</summary>
    protected const int GramBytes = 2 << 20;

    /// <summary>What the groups' sums of a vector may take.</summary>
    private const int VectorBytes = 8 << 20;

    private readonly FeatureMatrix _features;
    private readonly StandardScaling? _scaling;
    private readonly bool _isPlain;
    private readonly int _lead;
    private readonly AlignedBuffer? _means;
    private readonly AlignedBuffer? _reciprocals;
    private double[]? _padded;
    private readonly Workspace?[] _workspaces;
    private TreeSum? _vectorSum;
    private (int Length, bool Single, TreeSum Sum)? _gram;

    protected DesignRows(FeatureMatrix features, StandardScaling? scaling, bool fitIntercept, ThreadCrew crew)
    {
        (_features, _scaling, Crew, HasIntercept) = (features, scaling, crew, fitIntercept);
        _lead = fitIntercept ? 1 : 0;
        Dimension = features.Columns + _lead;
        Stride = GramKernel.Stride<double>(Dimension);
        // Wide rows are read where they lie; narrow ones gain more from whole vectors than the copy costs. Rows that lie elsewhere come in the same layout,
        // on which the sums' last bits hang.
        _isPlain = scaling is null && features.Columns >= 64 && features is (DesignMatrix or StreamedMatrix);
        TileRows = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)(TileNumbers / Stride + 1)) / 2, 8, 32);
        ChunkRows = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)(ChunkNumbers / Stride + 1)), 32, DesignMatrix.BlockRows);
        _workspaces = new Workspace?[crew.Size];
        if (scaling is not null)
        {
            (_means, _reciprocals) = (new AlignedBuffer(Stride), new AlignedBuffer(Stride));
            _reciprocals.Span[..Dimension].Fill(1);
            scaling.Means.CopyTo(_means.Span[_lead..]);
            scaling.Reciprocals.CopyTo(_reciprocals.Span[_lead..]);
        }
    }

    public int Rows => _features.Rows;

    /// <summary>Columns, and one more if there is an intercept.</summary>
    public int Dimension { get; }

    public bool HasIntercept { get; }

    /// <summary>How many times all rows were read, parts of them counted as parts.</summary>
    public double Passes { get; set; }

    public ThreadCrew Crew { get; }

    protected int ChunkRows { get; init; }

    private int Stride { get; }

    private int TileRows { get; }

    /// <summary>The rows of <paramref name="features"/>, by the way that suits their storage.</summary>
    public static DesignRows Of(FeatureMatrix features, StandardScaling? scaling, bool fitIntercept, ThreadCrew crew) =>
        features is SparseMatrix sparse ? new SparseRows(sparse, scaling, fitIntercept, crew) : new DesignRows(features, scaling, fitIntercept, crew);

    /// <summary>The same rows, with passes that are not shared out, and with the same bits.</summary>
    public DesignRows OnOneThread() => Of(_features, _scaling, HasIntercept, new ThreadCrew());

    /// <summary>Σ w·logloss(y, zᵀp) over every <paramref name="every"/>-th 64 rows, and its gradient in p.</summary>
    public virtual LossTotals Losses(double[] parameters, RowLabels labels, int every, Span<double> gradient, CancellationToken cancellationToken)
    {
        var padded = Pad(parameters);
        var sums = VectorSum(Stride + 2).Run((first, count, worker, sums) =>
        {
            var workspace = WorkspaceOf(worker);
            var losses = workspace.Losses;
            for (var row = first; row < first + count; row += TileRows)
            {
                if (row / PartRows % every != 0)
                    continue;
                var rows = Tile(row, Math.Min(TileRows, first + count - row), workspace);
                Multiply(rows, padded, losses.Margins);
                LogisticLoss.Evaluate(losses, rows.Count, labels.Values.AsSpan(row, rows.Count), labels.WeightsOf(row, rows.Count));
                AddRows(rows, losses.Residuals.AsSpan(0, rows.Count), sums);
                sums[Stride + 1] += labels.WeightOf(row, rows.Count);
            }
            sums[Stride] += losses.Loss.Take();
        }, cancellationToken);
        Passes += 1.0 / every;
        sums[..Dimension].CopyTo(gradient);
        return new LossTotals(sums[Stride], sums[Stride + 1]);
    }

    /// <summary>Σ w·σ′(zᵀp)·z·zᵀ over every <paramref name="every"/>-th 64 rows, of the parameters in <paramref name="subset"/>, or of all.</summary>
    /// <param name="parameters">p</param>
    /// <param name="labels">The rows' weights.</param>
    /// <param name="every">1 for all rows.</param>
    /// <param name="subset">Null for all parameters.</param>
    /// <param name="single">Products and their sums over a chunk in float32: twice as fast, and good to 5 or 6 digits.</param>
    /// <param name="sums">The result.</param>
    /// <param name="cancellationToken">Looked at within the pass.</param>
    /// <returns>Σ w over the same rows.</returns>
    public virtual double Curvature(double[] parameters, RowLabels labels, int every, int[]? subset, bool single, SymmetricMatrix sums, CancellationToken cancellationToken)
    {
        var padded = Pad(parameters);
        Gram(every, subset, sums, single, (rows, first, workspace) =>
        {
            var losses = workspace.Losses;
            Multiply(rows, padded, losses.Margins);
            LogisticLoss.Evaluate(losses, rows.Count, labels.Values.AsSpan(first, rows.Count), labels.WeightsOf(first, rows.Count));
            losses.Loss.Take();
            return losses.Curvatures;
        }, cancellationToken);
        return PartWeight(labels, every);
    }

    /// <summary>Zᵀ diag(v) Z for a v of one number for each row.</summary>
    public virtual void WeightedGram(ReadOnlyMemory<double> rowWeights, SymmetricMatrix sums, CancellationToken cancellationToken) =>
        Gram(1, null, sums, single: false, (rows, first, workspace) =>
        {
            rowWeights.Span.Slice(first, rows.Count).CopyTo(workspace.Losses.Curvatures);
            return workspace.Losses.Curvatures;
        }, cancellationToken);

    /// <summary>Zp</summary>
    public virtual void Margins(ReadOnlySpan<double> parameters, Memory<double> margins, CancellationToken cancellationToken)
    {
        var padded = Pad(parameters);
        ForTiles((rows, first, workspace) => Multiply(rows, padded, margins.Span[first..]), cancellationToken);
    }

    /// <summary>Zᵀv</summary>
    public virtual void TransposedProduct(ReadOnlyMemory<double> rowValues, Span<double> sums, CancellationToken cancellationToken)
    {
        var totals = VectorSum(Stride + 2).Run((first, count, worker, sums) =>
        {
            for (var row = first; row < first + count; row += TileRows)
            {
                var rows = Tile(row, Math.Min(TileRows, first + count - row), WorkspaceOf(worker));
                AddRows(rows, rowValues.Span.Slice(row, rows.Count), sums);
            }
        }, cancellationToken);
        Passes++;
        totals[..Dimension].CopyTo(sums);
    }

    /// <summary>Σ w·z², column by column.</summary>
    public virtual void Squares(RowLabels labels, Span<double> sums, CancellationToken cancellationToken)
    {
        var totals = VectorSum(Stride + 2).Run((first, count, worker, sums) =>
        {
            for (var row = first; row < first + count; row += TileRows)
            {
                var rows = Tile(row, Math.Min(TileRows, first + count - row), WorkspaceOf(worker));
                for (var k = 0; k < rows.Count; k++)
                {
                    var weight = labels.Weights is null ? 1 : labels.Weights[row + k];
                    RowKernels.AddSquares(rows.Values.Slice(k * rows.Stride, rows.Width), weight, sums[rows.Lead..]);
                    if (rows.Lead == 1)
                        sums[0] += weight;
                }
            }
        }, cancellationToken);
        Passes++;
        totals[..Dimension].CopyTo(sums);
    }

    /// <summary>|Uzᵢ|² for every row: zᵢᵀA⁻¹zᵢ.</summary>
    public void SquaredLengths(InverseRoot root, Memory<double> lengths, CancellationToken cancellationToken) =>
        ForChunks((first, count, workspace) =>
        {
            for (var row = first; row < first + count; row += TileRows)
            {
                var rows = CopyTile(row, Math.Min(TileRows, first + count - row), workspace.Tile.Span);
                LengthKernel.SquaredLengths(workspace.Tile.Span, Stride, root.Columns, root.Stride, root.Depths, lengths.Span.Slice(row, rows.Count));
            }
        }, cancellationToken);

    /// <summary>
    /// <see cref="TransposedProduct"/> by groups, on this thread: row g of <paramref name="sums"/>, row-major, is Σ rowValues[i]·zᵢ over the rows of group
    /// <paramref name="firstGroup"/> + g. Rows of groups for which <paramref name="sums"/> has no room are passed over.
    /// </summary>
    public void GroupedTransposedProduct(ReadOnlySpan<double> rowValues, ReadOnlySpan<int> groups, int firstGroup, Span<double> sums,
        CancellationToken cancellationToken)
    {
        sums.Clear();
        var room = sums.Length / Dimension;
        for (var first = 0; first < Rows; first += TileRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var tile = Tile(first, Math.Min(TileRows, Rows - first), WorkspaceOf(0));
            for (var i = 0; i < tile.Count; i++)
            {
                var group = groups[first + i] - firstGroup;
                if ((uint)group < (uint)room)
                    AddRows(tile.Row(i, Dimension - tile.Lead), rowValues.Slice(first + i, 1), sums.Slice(group * Dimension, Dimension));
            }
        }
        Passes++;
    }

    /// <summary>Σ w over every <paramref name="every"/>-th 64 rows.</summary>
    protected double PartWeight(RowLabels labels, int every)
    {
        var weight = 0.0;
        for (var row = 0; row < Rows; row += PartRows * every)
            weight += labels.WeightOf(row, Math.Min(PartRows, Rows - row));
        return weight;
    }

    protected TreeSum VectorSum(int length) =>
        _vectorSum ??= new TreeSum(Rows, ChunkRows, Math.Clamp(VectorBytes / 8 / length, 2, 64), length, Crew);

    protected Workspace WorkspaceOf(int worker) => _workspaces[worker] ??= new Workspace(TileRows, Stride);

    protected void CountPass(double share) => Passes += share;

    private delegate void TilePass(TileOfRows rows, int first, Workspace workspace);

    private delegate double[] RowWeights(TileOfRows rows, int first, Workspace workspace);

    private void ForTiles(TilePass pass, CancellationToken cancellationToken) =>
        ForChunks((first, count, workspace) =>
        {
            for (var row = first; row < first + count; row += TileRows)
                pass(Tile(row, Math.Min(TileRows, first + count - row), workspace), row, workspace);
        }, cancellationToken);

    private void ForChunks(Action<int, int, Workspace> pass, CancellationToken cancellationToken)
    {
        Passes++;
        Crew.Run((Rows - 1) / ChunkRows + 1, (chunk, worker) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            pass(chunk * ChunkRows, Math.Min(ChunkRows, Rows - chunk * ChunkRows), WorkspaceOf(worker));
        });
    }

    private void Gram(int every, int[]? subset, SymmetricMatrix sums, bool single, RowWeights rowWeights, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Order, subset?.Length ?? Dimension);
        var (stride, tileRows) = (sums.Stride, GramTileRows(sums.Stride));
        var (singleStride, singleLength) = (GramKernel.Stride<float>(sums.Order), GramKernel.Length<float>(sums.Order));
        var length = single ? singleLength / 2 : sums.Values.Length;
        if (_gram is null || _gram.Value.Length != length || _gram.Value.Single != single)
        {
            // Few sums, for each may be large; the chunks of a group follow each other in it.
            var groups = Math.Clamp(GramBytes / 8 / length, 2, 16);
            var chunkRows = ((Rows - 1) / (groups * tileRows) + 1) * tileRows;
            _gram = (length, single, new TreeSum(Rows, chunkRows, groups, length, Crew, single));
        }
        var totals = _gram.Value.Sum.Run((first, count, worker, sums) =>
        {
            var workspace = WorkspaceOf(worker);
            workspace.ReserveGram(tileRows, Stride, Math.Max(stride, singleStride), subset is not null);
            for (var row = first; row < first + count; row += tileRows)
            {
                if (row / PartRows % every != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                var rows = CopyTile(row, Math.Min(tileRows, first + count - row), workspace.GramTile!.Span);
                var weights = rowWeights(rows, row, workspace).AsSpan(0, rows.Count);
                var tile = rows.Values;
                if (subset is not null)
                {
                    tile = workspace.GramSubset!.Span;
                    Gather(rows, subset, stride, workspace.GramSubset.Span);
                }
                if (single)
                {
                    var (narrow, panel) = workspace.SingleTile(rows.Count * singleStride, GramKernel.PanelLength(rows.Count, singleStride));
                    for (var k = 0; k < rows.Count; k++)
                        RowKernels.Narrow(tile.Slice(k * stride, stride), narrow.Span.Slice(k * singleStride, singleStride));
                    GramKernel.AddOuterProducts<float>(narrow.Span, singleStride, weights, panel.Span, MemoryMarshal.Cast<double, float>(sums));
                }
                else
                {
                    GramKernel.AddOuterProducts<double>(tile, stride, weights, workspace.GramPanel!.Span, sums);
                }
            }
        }, cancellationToken);
        Passes += 1.0 / every;
        if (!single)
        {
            totals.CopyTo(sums.Values);
            return;
        }
        for (var i = 0; i < sums.Order; i++)
            RowKernels.Widen(MemoryMarshal.Cast<double, float>(totals).Slice(i * singleStride, stride), sums.Values.Slice(i * stride, stride));
    }

    private static void Gather(TileOfRows rows, int[] subset, int stride, Span<double> target)
    {
        for (var k = 0; k < rows.Count; k++)
        {
            var source = rows.Values.Slice(k * rows.Stride, rows.Width);
            var row = target.Slice(k * stride, stride);
            for (var j = 0; j < subset.Length; j++)
                row[j] = source[subset[j]];
        }
    }

    /// <summary>More rows, for what a register tile costs at both ends; measured, as the other.</summary>
    private static int GramTileRows(int stride) => stride <= 128 ? 16 : 32;

    private TileOfRows Tile(int first, int count, Workspace workspace)
    {
        if (!_isPlain)
            return CopyTile(first, count, workspace.Tile.Span);
        if (_features is DesignMatrix matrix)
            return new TileOfRows(matrix.RowSpan(first, count), _features.Columns, _features.Columns, count, _lead, inPlace: true);
        var tile = workspace.Tile.Span[..(count * _features.Columns)];
        _features.CopyRows(first, count, tile, _features.Columns);
        return new TileOfRows(tile, _features.Columns, _features.Columns, count, _lead);
    }

    private TileOfRows CopyTile(int first, int count, Span<double> tile)
    {
        _features.CopyRows(first, count, tile[_lead..], Stride);
        for (var k = 0; k < count && _lead == 1; k++)
            tile[k * Stride] = 1;
        for (var k = 0; k < count && _means is not null; k++)
            RowKernels.Standardize(tile.Slice(k * Stride, Stride), _means.Span, _reciprocals!.Span);
        return new TileOfRows(tile[..(count * Stride)], Stride, Stride, count, 0);
    }

    /// <summary>Their margins. Of rows read where they lie the intercept's 1 is not among the values.</summary>
    private static void Multiply(TileOfRows rows, double[] padded, Span<double> margins) =>
        RowKernels.Multiply(rows.Values, rows.Stride, rows.Width, padded.AsSpan(rows.Lead), rows.Lead == 0 ? 0 : padded[0], margins[..rows.Count]);

    private static void AddRows(TileOfRows rows, ReadOnlySpan<double> weights, Span<double> sums)
    {
        RowKernels.AddRows(rows.Values, rows.Stride, rows.Width, weights, sums[rows.Lead..], rows.InPlace);
        if (rows.Lead == 1)
        {
            foreach (var weight in weights)
                sums[0] += weight;
        }
    }

    private double[] Pad(ReadOnlySpan<double> parameters)
    {
        _padded ??= new double[Stride];
        parameters.CopyTo(_padded);
        return _padded;
    }

    /// <summary>Rows of <c>Width</c> values, <c>Stride</c> apart; <c>Lead</c> is 1 where the intercept's 1 is left out of them.</summary>
    private readonly ref struct TileOfRows(ReadOnlySpan<double> values, int stride, int width, int count, int lead, bool inPlace = false)
    {
        public readonly ReadOnlySpan<double> Values = values;
        public readonly int Stride = stride;
        public readonly int Width = width;
        public readonly int Count = count;
        public readonly int Lead = lead;

        /// <summary>Whether they lie in the matrix itself, where the next rows follow.</summary>
        public readonly bool InPlace = inPlace;

        /// <summary>One row, without what pads it.</summary>
        public TileOfRows Row(int row, int width) => new(Values.Slice(row * Stride, width), width, width, 1, Lead);
    }

    /// <summary>What one thread works in.</summary>
    protected sealed class Workspace(int tileRows, int stride)
    {
        private AlignedBuffer? _tile;
        private float[]? _singles;

        public AlignedBuffer Tile => _tile ??= new AlignedBuffer(tileRows * stride);

        public RowLosses Losses { get; } = new(128);

        public AlignedBuffer? GramTile { get; private set; }

        public AlignedBuffer? GramPanel { get; private set; }

        public AlignedBuffer? GramSubset { get; private set; }

        /// <summary>Room for a tile in float32 and for its panel.</summary>
        public (Memory<float> Tile, Memory<float> Panel) SingleTile(int tile, int panel)
        {
            if (_singles is null || _singles.Length < tile + panel)
                _singles = GC.AllocateUninitializedArray<float>(tile + panel, pinned: true);
            return (_singles.AsMemory(0, tile), _singles.AsMemory(tile, panel));
        }

        public void ReserveGram(int rows, int stride, int subsetStride, bool subset)
        {
            if (GramTile?.Length != rows * stride)
                GramTile = new AlignedBuffer(rows * stride);
            if (GramPanel?.Length != GramKernel.PanelLength(rows, subsetStride))
            {
                GramPanel = new AlignedBuffer(GramKernel.PanelLength(rows, subsetStride));
                GramSubset = subset ? new AlignedBuffer(rows * subsetStride) : null;
            }
            if (subset)
                GramSubset ??= new AlignedBuffer(rows * subsetStride);
        }
    }
}

/// <summary>Sums over rows: of their weighted losses, and of their weights.</summary>
internal readonly record struct LossTotals(double Loss, double Weight);
