using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Calibration;

/// <summary>
/// The least-squares function that does not fall, by pooling adjacent violators (R. E. Barlow et al., "Statistical inference under order restrictions", 1972).
/// Rows of equal log-odds are averaged first. The knots are both ends of each block, as scikit-learn's.
/// </summary>
internal static class IsotonicFit
{
    public static CalibrationMap Of(double[] labels, double[] logOdds, double[]? weights)
    {
        double[] sorted = [.. logOdds];
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        NumberSort.Sort(sorted, order);
        var blocks = new List<Block>();
        for (var i = 0; i < sorted.Length;)
        {
            var (z, ones, weight) = (sorted[i], 0.0, 0.0);
            for (; i < sorted.Length && sorted[i] == z; i++)
            {
                var w = weights is null ? 1 : weights[order[i]];
                (ones, weight) = (ones + (labels[order[i]] == 1 ? w : 0), weight + w);
            }
            if (weight == 0)
                continue;
            var block = new Block(ones, weight, z, z);
            // Compared as products, so that equal means are found equal.
            while (blocks.Count > 0 && blocks[^1].Ones * block.Weight >= block.Ones * blocks[^1].Weight)
            {
                block = new(blocks[^1].Ones + block.Ones, blocks[^1].Weight + block.Weight, blocks[^1].First, block.Last);
                blocks.RemoveAt(blocks.Count - 1);
            }
            blocks.Add(block);
        }

        var (knots, values) = (new List<double>(), new List<double>());
        foreach (var block in blocks)
        {
            foreach (var knot in block.First == block.Last ? [block.First] : new[] { block.First, block.Last })
            {
                knots.Add(knot);
                values.Add(block.Ones / block.Weight);
            }
        }
        return new(CalibrationMethod.Isotonic, [], knots, values);
    }

    private readonly record struct Block(double Ones, double Weight, double First, double Last);
}
