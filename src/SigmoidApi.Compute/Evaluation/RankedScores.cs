namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Scored rows in their shortest form: one entry for each distinct probability, from the highest down, with the weights of its rows of label 1 and 0. All
/// curves, gains, bins and best thresholds follow from it exactly, so that it can be stored in place of the rows. An entry may have weight 0: its rows count
/// only in the deciles of Hosmer and Lemeshow's test.
/// </summary>
public sealed class RankedScores
{
    /// <summary>Takes what was stored. The arrays are not copied.</summary>
    /// <param name="scores">Distinct probabilities, falling.</param>
    /// <param name="ones">The weight of the rows of label 1 at each score.</param>
    /// <param name="zeros">The weight of the rows of label 0.</param>
    /// <param name="rows">The number of rows, of any weight.</param>
    /// <param name="present">The number of rows of positive weight; may be the same array.</param>
    /// <exception cref="ArgumentException">The lengths differ, scores do not fall or are not probabilities, or no weight is positive.</exception>
    public RankedScores(double[] scores, double[] ones, double[] zeros, int[] rows, int[] present)
        : this(scores, ones, zeros, rows, present, Check(scores, ones, zeros, rows, present))
    {
    }

    /// <summary>The same for arrays that are known to be right.</summary>
    private RankedScores(double[] scores, double[] ones, double[] zeros, int[] rows, int[] present, bool isRight)
    {
        (Scores, Ones, Zeros, Rows, Present, _) = (scores, ones, zeros, rows, present, isRight);
        (Positives, Negatives) = (ScoredRows.Sum(ones), ScoredRows.Sum(zeros));
        foreach (var count in rows)
            TotalRows += count;
    }

    /// <summary>The distinct probabilities, falling.</summary>
    public double[] Scores { get; }

    /// <summary>The weight of the rows of label 1 at each score.</summary>
    public double[] Ones { get; }

    /// <summary>The weight of the rows of label 0 at each score.</summary>
    public double[] Zeros { get; }

    /// <summary>The number of rows at each score, of any weight.</summary>
    public int[] Rows { get; }

    /// <summary>The number of rows of positive weight at each score.</summary>
    public int[] Present { get; }

    /// <summary>The number of distinct scores.</summary>
    public int Count => Scores.Length;

    /// <summary>The number of rows, of any weight.</summary>
    public long TotalRows { get; }

    /// <summary>P, the weight of label 1.</summary>
    public double Positives { get; }

    /// <summary>N, the weight of label 0.</summary>
    public double Negatives { get; }

    /// <summary>W, the weight of all rows.</summary>
    public double Weight => Positives + Negatives;

    /// <summary>Whether both labels have a positive weight.</summary>
    public bool HasTwoClasses => Positives > 0 && Negatives > 0;

    /// <summary>Area under the ROC curve, ties counted half; null with one class.</summary>
    public double? RocAuc()
    {
        var (area, above) = (0.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            area += Zeros[i] * (above + Ones[i] / 2);
            above += Ones[i];
        }
        return HasTwoClasses ? area / (Positives * Negatives) : null;
    }

    /// <summary>Whether an entry has a positive weight. The others are no points of a curve.</summary>
    internal bool IsThere(int entry) => Ones[entry] + Zeros[entry] > 0;

    /// <summary>Takes arrays that are right by construction.</summary>
    internal static RankedScores Of(double[] scores, double[] ones, double[] zeros, int[] rows, int[] present) =>
        new(scores, ones, zeros, rows, present, isRight: true);

    private static bool Check(double[] scores, double[] ones, double[] zeros, int[] rows, int[] present)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(ones);
        ArgumentNullException.ThrowIfNull(zeros);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(present);
        if (scores.Length == 0 || ones.Length != scores.Length || zeros.Length != scores.Length || rows.Length != scores.Length
            || present.Length != scores.Length)
        {
            throw new ArgumentException("Expected arrays of one length, at least 1, got others.");
        }
        for (var i = 0; i < scores.Length; i++)
        {
            if (!(scores[i] is >= 0 and <= 1) || (i > 0 && !(scores[i] < scores[i - 1])))
                throw new ArgumentException($"Expected falling probabilities, got {scores[i]} as entry {i}.");
            if (rows[i] < 1 || present[i] < 0 || present[i] > rows[i])
                throw new ArgumentException($"Expected at least one row, and no more of positive weight, got {rows[i]} and {present[i]} in entry {i}.");
            if (!(ones[i] >= 0 && zeros[i] >= 0))
                throw new ArgumentException($"Expected weights of at least 0, got {ones[i]} and {zeros[i]} in entry {i}.");
        }
        var total = ScoredRows.Sum(ones) + ScoredRows.Sum(zeros);
        return total is > 0 and < double.PositiveInfinity
            ? true
            : throw new ArgumentException($"Expected weights with a positive, finite sum, got {total}.");
    }
}
