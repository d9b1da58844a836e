using System.Numerics;
using System.Runtime.InteropServices;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The rows zᵢ of a dense matrix, standardised and with the intercept's 1, rounded to 16 bits: a pass reads a quarter of the bytes. Within a chunk of rows,
/// each column is in units of its largest value / 32767. The rows only serve sums that vanish at a reference point, so that the effect of the rounding
/// vanishes there too. If the matrix is in memory, the rounded rows are kept; those of a streamed matrix are made again in each pass, with the same bits.
/// <para>
/// Order of calls: an exact pass calls <see cref="Take"/> with the tiles of each chunk in order, <see cref="Finish"/> after the last of them, and
/// <see cref="End"/> at its end. So rounding reads no row from memory again. <see cref="Losses"/> and <see cref="Curvature"/> follow if
/// <see cref="AreSuitable"/>.
/// </para>
/// </summary>
internal sealed class RoundedRows
{
    /// <summary>The most rows that are multiplied and then added while they are in the cache.</summary>
    private const int MostTileRows = 16;

    /// <summary>About how many numbers these rows have at most.</summary>
    private const int TileNumbers = 1 << 15;

    private const int MostGroups = 64;

    /// <summary>Columns whose largest value is beyond this, or below its reciprocal, could leave the range of float32 in sums.</summary>
    private const float LargestValue = 1e15f;

    /// <summary>A column whose values in a chunk are all smaller counts as 0 there.</summary>
    private const float SmallestValue = 1e-30f;

    private readonly RowTiles _tiles;
    private readonly int _rows;
    private readonly int _dimension;
    private readonly ThreadCrew _crew;
    private readonly int _stride;
    private readonly int _tileRows;
    private readonly int _chunkRows;

    /// <summary>Null if the rounded rows are not kept.</summary>
    private readonly Chunk[]? _chunks;
    private readonly Workspace?[] _workspaces;
    private readonly TreeSum _sum;
    private readonly float[] _step;

    /// <param name="tiles">The rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="dimension">The number of parameters.</param>
    /// <param name="chunkRows">Rows in every chunk but the last. The sums over a chunk are float32.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="isKept">Whether to keep the rounded rows.</param>
    public RoundedRows(RowTiles tiles, int rows, int dimension, int chunkRows, ThreadCrew crew, bool isKept)
    {
        (_tiles, _rows, _dimension, _chunkRows, _crew) = (tiles, rows, dimension, chunkRows, crew);
        _stride = RoundedKernels.Stride(dimension);
        _tileRows = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)(TileNumbers / _stride + 1)) / 2, 4, MostTileRows);
        _chunks = isKept ? new Chunk[(rows - 1) / _chunkRows + 1] : null;
        _workspaces = new Workspace?[crew.Size];
        _sum = new TreeSum(rows, _chunkRows, MostGroups, tiles.Stride + 2, crew);
        _step = new float[_stride];
    }

    /// <summary>Whether the columns suit the range of float32; null before the rows are rounded.</summary>
    public bool? AreSuitable { get; private set; }

    /// <summary>Σ w·logloss at the reference point plus a step s, and Σ rᵢ·zᵢᵀs with the residuals r at the reference point.</summary>
    public readonly record struct Totals(double Loss, double Slope);

    /// <summary>Takes a tile of a chunk that starts with row <paramref name="first"/>.</summary>
    public void Take(int first, int row, TileOfRows tile, int worker)
    {
        var workspace = WorkspaceOf(worker);
        if (row == first)
            workspace.Maxima.Span.Clear();
        if (tile.Stride != _tiles.Stride || tile.Lead > 0)
            tile = tile.Padded(_tiles.Stride, workspace.Tile.Span);
        Narrow(row - first, tile, workspace);
    }

    /// <summary>Rounds the rows of a chunk that were taken.</summary>
    public void Finish(int first, int count, int worker)
    {
        var workspace = WorkspaceOf(worker);
        RoundedKernels.Widen(workspace.Maxima.Span, workspace.AllMaxima.Span);
        if (_chunks is not null)
            _chunks[first / _chunkRows] = Round(count, workspace, new Chunk(count, _stride));
    }

    /// <summary>All rows have been taken.</summary>
    public void End()
    {
        // A NaN fails the first comparison.
        AreSuitable = true;
        foreach (var workspace in _workspaces)
        {
            foreach (var most in workspace is null ? [] : workspace.AllMaxima.Span)
                AreSuitable &= most <= LargestValue && !(most < 1 / LargestValue && most > 0);
        }
    }

    /// <summary>One pass at the reference point plus a step.</summary>
    /// <param name="step">s</param>
    /// <param name="reference">The margins and residuals at the reference point.</param>
    /// <param name="labels">The labels and weights.</param>
    /// <param name="change">How much the gradient of Σ w·logloss changes along the step.</param>
    /// <param name="cancellationToken">Checked for each chunk.</param>
    public Totals Losses(ReadOnlySpan<double> step, ReferencePoint reference, RowLabels labels, Span<double> change, CancellationToken cancellationToken)
    {
        for (var j = 0; j < _dimension; j++)
            _step[j] = (float)step[j];
        var (lossPlace, slopePlace) = (_tiles.Stride, _tiles.Stride + 1);
        var totals = _sum.Run((first, count, worker, sums) =>
        {
            var workspace = WorkspaceOf(worker);
            var chunk = ChunkOf(first, count, workspace);
            var losses = workspace.Losses;
            var vector = workspace.Vector.Span;
            var changes = workspace.Sums.Span;
            RoundedKernels.Multiply(_step, chunk.Units.Span, vector);
            changes.Clear();
            for (var row = first; row < first + count; row += _tileRows)
            {
                var rows = Math.Min(_tileRows, first + count - row);
                var tile = chunk.Values.Span.Slice((row - first) * _stride, rows * _stride);
                RoundedKernels.Multiply(tile, vector, workspace.Products.AsSpan(0, rows));
                for (var k = 0; k < rows; k++)
                    losses.Margins[k] = reference.Margins[row + k] + workspace.Products[k];
                labels.Evaluate(losses, row, rows);
                for (var k = 0; k < rows; k++)
                {
                    workspace.Changes[k] = (float)(losses.Residuals[k] - reference.Residuals[row + k]);
                    sums[slopePlace] += reference.Residuals[row + k] * workspace.Products[k];
                }
                RoundedKernels.AddRows(tile, workspace.Changes.AsSpan(0, rows), changes, fetchNext: _chunks is not null);
            }
            sums[lossPlace] += losses.Loss.Take();
            RoundedKernels.AddScaled(changes, chunk.Units.Span, sums[.._dimension]);
        }, cancellationToken);
        totals[.._dimension].CopyTo(change);
        return new Totals(totals[lossPlace], totals[slopePlace]);
    }

    /// <summary>
    /// Σ v·z·zᵀ over the rows of every <paramref name="every"/>-th chunk, with the second derivatives v of the losses at these margins. It serves as an
    /// approximate Hessian: the numbers are rounded to 12 bits. Returns the weight of the rows.
    /// </summary>
    public double Curvature(double[] margins, RowLabels labels, int every, SymmetricMatrix sums, CancellationToken cancellationToken)
    {
        var grams = new RoundedGram?[_crew.Size];
        var chunks = TreeSum.OfGram(_rows, _chunkRows, RoundedGram.Length(_dimension), _crew, single: true);
        chunks.Run((first, count, worker, sums) =>
        {
            var (workspace, gram) = (WorkspaceOf(worker), grams[worker] ??= new RoundedGram(_dimension, _chunkRows));
            for (var row = first; row < first + count; row += _chunkRows)
            {
                if (row / _chunkRows % every != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                var rows = Math.Min(_chunkRows, first + count - row);
                var chunk = ChunkOf(row, rows, workspace);
                for (var k = 0; k < rows; k += MostTileRows)
                {
                    var losses = workspace.Losses;
                    var tile = Math.Min(MostTileRows, rows - k);
                    margins.AsSpan(row + k, tile).CopyTo(losses.Margins);
                    labels.Evaluate(losses, row + k, tile);
                    losses.Loss.Take();
                    for (var i = 0; i < tile; i++)
                        gram.Roots[k + i] = (float)Math.Sqrt(losses.Curvatures[i]);
                }
                gram.Add(chunk.Values.Span, chunk.Units.Span, rows, MemoryMarshal.Cast<double, float>(sums));
            }
        }, cancellationToken);
        RoundedGram.CopyTo(MemoryMarshal.Cast<double, float>(chunks.Sums), sums);
        var weight = 0.0;
        for (var row = 0; row < _rows; row += _chunkRows * every)
            weight += labels.WeightOf(row, Math.Min(_chunkRows, _rows - row));
        return weight;
    }

    private Chunk ChunkOf(int first, int count, Workspace workspace)
    {
        if (_chunks is not null)
            return _chunks[first / _chunkRows];
        workspace.Maxima.Span.Clear();
        for (var row = 0; row < count; row += _tileRows)
            Narrow(row, _tiles.Copy(first + row, Math.Min(_tileRows, count - row), workspace.Tile.Span), workspace);
        return Round(count, workspace, workspace.Rounded);
    }

    /// <summary>Writes a tile in float32 to the workspace, and notes the largest values of the columns.</summary>
    private void Narrow(int row, TileOfRows tile, Workspace workspace)
    {
        for (var k = 0; k < tile.Count; k++)
        {
            var single = workspace.Singles.Span.Slice((row + k) * _stride, _stride);
            RoundedKernels.Narrow(tile.Values.Slice(k * tile.Stride, tile.Stride), single, workspace.Maxima.Span);
            single[tile.Stride..].Clear();
        }
    }

    /// <summary>Rounds the float32 rows of the workspace.</summary>
    private Chunk Round(int count, Workspace workspace, Chunk target)
    {
        var maxima = workspace.Maxima.Span;
        var factors = workspace.Vector.Span;
        var units = target.Units.Span;
        for (var j = 0; j < _stride; j++)
            (factors[j], units[j]) = maxima[j] > SmallestValue ? (RoundedKernels.Largest / maxima[j], maxima[j] / RoundedKernels.Largest) : (0, 0);
        for (var row = 0; row < count; row++)
            RoundedKernels.Round(workspace.Singles.Span.Slice(row * _stride, _stride), factors, target.Values.Span.Slice(row * _stride, _stride));
        return target;
    }

    private Workspace WorkspaceOf(int worker) => _workspaces[worker] ??=
        new Workspace(_chunkRows, _stride, Math.Max(_tileRows, _tiles.TileRows) * _tiles.Stride);

    /// <summary>Some rows, in units of each column.</summary>
    private sealed class Chunk(int rows, int stride)
    {
        public PinnedBuffer<short> Values { get; } = new(rows * stride);

        public PinnedBuffer<float> Units { get; } = new(stride);
    }

    /// <summary>The memory that one thread works in.</summary>
    private sealed class Workspace(int chunkRows, int stride, int tile)
    {
        private PinnedBuffer<float>? _singles;
        private Chunk? _rounded;

        /// <summary>Rows that are not kept.</summary>
        public Chunk Rounded => _rounded ??= new Chunk(chunkRows, stride);

        /// <summary>A chunk before rounding.</summary>
        public PinnedBuffer<float> Singles => _singles ??= new PinnedBuffer<float>(chunkRows * stride);

        public AlignedBuffer Tile { get; } = new(tile);

        public PinnedBuffer<float> Vector { get; } = new(stride);

        public PinnedBuffer<float> Sums { get; } = new(stride);

        /// <summary>The largest values of the columns in a chunk.</summary>
        public PinnedBuffer<float> Maxima { get; } = new(stride, isZero: true);

        /// <summary>The largest values of the columns in all chunks that this thread has made.</summary>
        public PinnedBuffer<float> AllMaxima { get; } = new(stride, isZero: true);

        public RowLosses Losses { get; } = new(MostTileRows);

        public double[] Products { get; } = new double[MostTileRows];

        public float[] Changes { get; } = new float[MostTileRows];
    }
}
