using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The blocks of the second derivatives of a sum over rows with several outputs, one for each pair of outputs a ≤ b. Each is a Gram matrix of the same
/// columns with other row weights, so that it is symmetric. With one output there is one block, the whole matrix.
/// </summary>
internal sealed class CurvatureBlocks
{
    private readonly (int A, int B)[] _pairs;

    /// <summary>For each output the parameters of the matrix that belong to it: their places in the matrix and in a block.</summary>
    private readonly List<(int Place, int InBlock)>[] _members;

    /// <param name="outputs">The number of vectors of parameters.</param>
    /// <param name="dimension">The length of a vector.</param>
    /// <param name="subset">The parameters of the matrix; null for all.</param>
    public CurvatureBlocks(int outputs, int dimension, int[]? subset)
    {
        TotalOrder = subset?.Length ?? outputs * dimension;
        _pairs = [.. Enumerable.Range(0, outputs).SelectMany(a => Enumerable.Range(a, outputs - a).Select(b => (a, b)))];
        Columns = outputs == 1 || subset is null ? subset : [.. subset.Select(parameter => parameter % dimension).Distinct().Order()];
        Order = Columns?.Length ?? dimension;
        _members = [.. Enumerable.Range(0, outputs).Select(_ => new List<(int, int)>())];
        for (var place = 0; place < TotalOrder && outputs > 1; place++)
        {
            var parameter = subset?[place] ?? place;
            var column = parameter % dimension;
            _members[parameter / dimension].Add((place, Columns is null ? column : Array.BinarySearch(Columns, column)));
        }
    }

    /// <summary>The order of the matrix.</summary>
    public int TotalOrder { get; }

    /// <summary>The places in a vector of parameters that a block is about; null for all.</summary>
    public int[]? Columns { get; }

    /// <summary>The order of a block.</summary>
    public int Order { get; }

    public int Count => _pairs.Length;

    /// <summary>The outputs of a block, row by row of the upper triangle.</summary>
    public (int A, int B) this[int block] => _pairs[block];

    /// <summary>Writes the matrix from its blocks.</summary>
    /// <param name="sums">The matrix.</param>
    /// <param name="read">Writes a block, given its number, to a matrix of its order.</param>
    public void Scatter(SymmetricMatrix sums, Action<int, SymmetricMatrix> read)
    {
        if (Count == 1)
        {
            read(0, sums);
            return;
        }
        var block = new SymmetricMatrix(Order);
        for (var number = 0; number < Count; number++)
        {
            read(number, block);
            var (a, b) = this[number];
            foreach (var (place, inBlock) in _members[a])
            {
                foreach (var (otherPlace, otherInBlock) in _members[b])
                {
                    if (a != b || otherPlace >= place)
                        sums[place, otherPlace] = block[inBlock, otherInBlock];
                }
            }
        }
    }
}
