using System.Numerics;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The rows zᵢ of a matrix as a solver sees them: standardised, and with the intercept's 1 in front. The matrix itself is neither changed nor
/// copied as a whole. Every method that takes a cancellation token is one pass over the rows, shared among the threads of the crew. Its result
/// has the same bits on any number of threads. A row has one margin for each vector of parameters; several vectors follow each other, each with its
/// intercept first.
/// </summary>
internal abstract class DesignRows
{
    /// <summary>
    /// Rows in a run. A pass over a part of the rows takes every n-th run of adjacent rows, which memory delivers faster than single rows. A
    /// multiple of the rows in any tile.
    /// </summary>
    public const int RunRows = 64;

    /// <summary>About how many numbers a chunk of rows has: half a megabyte.</summary>
    private const int ChunkNumbers = 1 << 16;

    /// <summary>The most bytes for the groups' sums of a vector.</summary>
    private const int VectorBytes = 8 << 20;

    private readonly FeatureMatrix _features;
    private readonly StandardScaling? _scaling;
    private readonly PassWorkspace?[] _workspaces;
    private (int Length, TreeSum Sum)? _vectorSum;

    protected DesignRows(FeatureMatrix features, StandardScaling? scaling, bool fitIntercept, ThreadCrew crew)
    {
        (_features, _scaling, Crew, HasIntercept) = (features, scaling, crew, fitIntercept);
        Dimension = features.Columns + (fitIntercept ? 1 : 0);
        Tiles = new RowTiles(features, scaling, fitIntercept);
        ChunkRows = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)(ChunkNumbers / Tiles.Stride + 1)), 32, DesignMatrix.BlockRows);
        _workspaces = new PassWorkspace?[crew.Size];
    }

    public int Rows => _features.Rows;

    /// <summary>The length of a vector of parameters: one for each column, and one for the intercept if there is one.</summary>
    public int Dimension { get; }

    public bool HasIntercept { get; }

    /// <summary>How many times all rows were read. A pass over a part of the rows counts as that part.</summary>
    public double Passes { get; set; }

    public ThreadCrew Crew { get; }

    protected RowTiles Tiles { get; }

    protected int ChunkRows { get; init; }

    /// <summary>The rows of <paramref name="features"/>, with passes that suit how the matrix is stored.</summary>
    public static DesignRows Of(FeatureMatrix features, StandardScaling? scaling, bool fitIntercept, ThreadCrew crew) =>
        features is SparseMatrix sparse ? new SparseRows(sparse, scaling, fitIntercept, crew) : new DenseRows(features, scaling, fitIntercept, crew);

    /// <summary>The same rows with passes on one thread, which give the same bits.</summary>
    public DesignRows OnOneThread() => Of(_features, _scaling, HasIntercept, new ThreadCrew());

    /// <summary>
    /// Σ w·logloss(y, zᵀp) over every <paramref name="every"/>-th run of rows, and its gradient in p, which has a vector for each output of the labels.
    /// </summary>
    public abstract LossTotals Losses(double[] parameters, RowLabels labels, int every, Span<double> gradient, CancellationToken cancellationToken);

    /// <summary>
    /// The second derivatives of the same sum, for the parameters in <paramref name="subset"/>: with one output Σ w·σ′(zᵀp)·z·zᵀ, otherwise a block of that
    /// form for each pair of outputs.
    /// </summary>
    /// <param name="parameters">p</param>
    /// <param name="labels">The rows' weights.</param>
    /// <param name="every">1 for all rows.</param>
    /// <param name="subset">Null for all parameters.</param>
    /// <param name="single">Whether to compute products and their sums over a chunk in float32: twice as fast, with 5 or 6 correct digits.</param>
    /// <param name="sums">The result.</param>
    /// <param name="cancellationToken">Checked during the pass.</param>
    /// <returns>Σ w over the same rows.</returns>
    public abstract double Curvature(
        double[] parameters, RowLabels labels, int every, int[]? subset, bool single, SymmetricMatrix sums, CancellationToken cancellationToken);

    /// <summary>Zᵀ diag(v) Z, with one number of v for each row.</summary>
    public abstract void WeightedGram(ReadOnlyMemory<double> rowWeights, SymmetricMatrix sums, CancellationToken cancellationToken);

    /// <summary>Zp, row by row: a margin for each vector in <paramref name="parameters"/>.</summary>
    public abstract void Margins(ReadOnlySpan<double> parameters, Memory<double> margins, CancellationToken cancellationToken);

    /// <summary>Zᵀv</summary>
    public abstract void TransposedProduct(ReadOnlyMemory<double> rowValues, Span<double> sums, CancellationToken cancellationToken);

    /// <summary>Σ w·z², column by column.</summary>
    public abstract void Squares(RowLabels labels, Span<double> sums, CancellationToken cancellationToken);

    /// <summary>Copies a row. May be called from several threads at once.</summary>
    public void CopyRow(int row, Span<double> target)
    {
        var copy = new double[Tiles.Stride];
        Tiles.Copy(row, 1, copy).Values[..Dimension].CopyTo(target);
    }

    /// <summary>Copies of columns, none yet, for this number of outputs of a row.</summary>
    public ColumnCopies Columns(int outputs) => _features is SparseMatrix sparse
        ? new SparseColumns(sparse, _scaling, HasIntercept, outputs, Crew)
        : new DenseColumns(_features, _scaling, HasIntercept, outputs, Crew);

    /// <summary>|Uzᵢ|² for every row, which is zᵢᵀA⁻¹zᵢ.</summary>
    public void SquaredLengths(InverseRoot root, Memory<double> lengths, CancellationToken cancellationToken) =>
        ForChunks((first, count, workspace) =>
        {
            for (var row = first; row < first + count; row += Tiles.TileRows)
            {
                var tile = Tiles.Copy(row, Math.Min(Tiles.TileRows, first + count - row), workspace.Tile.Span);
                LengthKernel.SquaredLengths(
                    workspace.Tile.Span, Tiles.Stride, root.Columns, root.Stride, root.Depths, lengths.Span.Slice(row, tile.Count));
            }
        }, cancellationToken);

    /// <summary>
    /// <see cref="TransposedProduct"/> by groups, on this thread. Row g of <paramref name="sums"/>, row-major, is Σ rowValues[i]·zᵢ over the rows of
    /// group <paramref name="firstGroup"/> + g. Rows of groups outside <paramref name="sums"/> are skipped.
    /// </summary>
    public void GroupedTransposedProduct(
        ReadOnlySpan<double> rowValues, ReadOnlySpan<int> groups, int firstGroup, Span<double> sums, CancellationToken cancellationToken)
    {
        sums.Clear();
        var room = sums.Length / Dimension;
        for (var first = 0; first < Rows; first += Tiles.TileRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var tile = Tiles.Read(first, Math.Min(Tiles.TileRows, Rows - first), WorkspaceOf(0));
            for (var i = 0; i < tile.Count; i++)
            {
                var group = groups[first + i] - firstGroup;
                if ((uint)group < (uint)room)
                    tile.Row(i, Dimension - tile.Lead).AddTo(sums.Slice(group * Dimension, Dimension), rowValues.Slice(first + i, 1));
            }
        }
        Passes++;
    }

    /// <summary>Σ w over every <paramref name="every"/>-th run of rows.</summary>
    protected double PartWeight(RowLabels labels, int every)
    {
        var weight = 0.0;
        for (var row = 0; row < Rows; row += RunRows * every)
            weight += labels.WeightOf(row, Math.Min(RunRows, Rows - row));
        return weight;
    }

    /// <summary>The tree for sums of <paramref name="length"/> numbers. Its memory is kept until another length is asked for.</summary>
    protected TreeSum VectorSum(int length)
    {
        if (_vectorSum?.Length != length)
            _vectorSum = (length, new TreeSum(Rows, ChunkRows, Math.Clamp(VectorBytes / 8 / length, 2, 64), length, Crew));
        return _vectorSum.Value.Sum;
    }

    protected PassWorkspace WorkspaceOf(int worker) => _workspaces[worker] ??= new PassWorkspace(Tiles);

    /// <summary>One pass without sums: calls <paramref name="pass"/> with the first row and the number of rows of each chunk.</summary>
    protected void ForChunks(Action<int, int, PassWorkspace> pass, CancellationToken cancellationToken)
    {
        Passes++;
        Crew.Run((Rows - 1) / ChunkRows + 1, (chunk, worker) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            pass(chunk * ChunkRows, Math.Min(ChunkRows, Rows - chunk * ChunkRows), WorkspaceOf(worker));
        });
    }
}
