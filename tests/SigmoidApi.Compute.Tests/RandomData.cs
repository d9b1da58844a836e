using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests;

/// <summary>Random rows, and labels of both classes drawn from a random model.</summary>
internal static class RandomData
{
    public static (DesignMatrix Features, double[] Labels) Make(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var features = new DesignMatrix(rows, columns);
        var weights = Enumerable.Range(0, columns).Select(_ => (2 * random.NextDouble() - 1) * 2 / Math.Sqrt(columns)).ToArray();
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            var margin = 0.2;
            var row = features.Row(i);
            for (var j = 0; j < columns; j++)
            {
                // Neighbours are correlated.
                row[j] = 2 * random.NextDouble() - 0.8 + (j > 0 ? 0.5 * row[j - 1] : 0);
                margin += weights[j] * row[j];
            }
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-margin)) ? 1 : 0;
        }
        (labels[0], labels[^1]) = (0, 1);
        return (features, labels);
    }

    /// <summary>The same numbers in three kinds of matrix. All are exact in float32.</summary>
    public static (DesignMatrix Dense, SingleMatrix Single, SparseMatrix Sparse, double[] Labels) MakeSparse(int rows, int columns, int seed)
    {
        var (dense, labels) = Make(rows, columns, seed);
        var single = new SingleMatrix(rows, columns);
        var (starts, indices, values) = (new long[rows + 1], new List<int>(), new List<double>());
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var value = (i * 7 + j * 3) % 4 == 0 ? (float)dense.Row(i)[j] : 0;
                (dense.Row(i)[j], single.Row(i)[j]) = (value, value);
                if (value != 0)
                {
                    indices.Add(j);
                    values.Add(value);
                }
            }
            starts[i + 1] = indices.Count;
        }
        return (dense, single, new SparseMatrix(starts, [.. indices], [.. values], columns), labels);
    }
}
