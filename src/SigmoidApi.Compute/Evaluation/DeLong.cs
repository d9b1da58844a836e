namespace SigmoidApi.Compute.Evaluation;

/// <summary>Areas of two models on the same rows, their variances and covariance; NaN if a label has one row only. For one model both are the same.</summary>
internal sealed record DeLong(double FirstArea, double SecondArea, double FirstVariance, double SecondVariance, double Covariance)
{
    public AreaEstimate First(double confidenceLevel) => AreaEstimate.Of(FirstArea, FirstVariance, confidenceLevel);

    public AreaEstimate Second(double confidenceLevel) => AreaEstimate.Of(SecondArea, SecondVariance, confidenceLevel);

    /// <param name="labels">Of each row.</param>
    /// <param name="first">Each row's place by the first model: <see cref="ScoreRanking.Places"/>.</param>
    /// <param name="second">By the second model; the same array for one model.</param>
    /// <param name="positives">Rows of label 1, at least one.</param>
    /// <param name="negatives">Rows of label 0, at least one.</param>
    public static DeLong Of(double[] labels, uint[] first, uint[] second, int positives, int negatives)
    {
        // Sums of whole numbers are exact: 2·P·N at most.
        var (sumFirst, sumSecond) = (0UL, 0UL);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 1)
                (sumFirst, sumSecond) = (sumFirst + first[i], sumSecond + second[i]);
        }
        var pairs = 2.0 * positives * negatives;
        var (areaFirst, areaSecond) = (sumFirst / pairs, sumSecond / pairs);
        // A place of label 1 counts rows of label 0, and the other way round.
        var ones = new Moments(2 * areaFirst * negatives, 2 * areaSecond * negatives);
        var zeros = new Moments(2 * areaFirst * positives, 2 * areaSecond * positives);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 1)
                ones.Add(first[i], second[i]);
            else
                zeros.Add(first[i], second[i]);
        }
        var (ofOnes, ofZeros) = (Scale(negatives, positives), Scale(positives, negatives));
        return new DeLong(
            areaFirst, areaSecond, ones.First * ofOnes + zeros.First * ofZeros, ones.Second * ofOnes + zeros.Second * ofZeros,
            ones.Both * ofOnes + zeros.Both * ofZeros);
    }

    /// <summary>Sums of squares and products about the means.</summary>
    private struct Moments(double meanFirst, double meanSecond)
    {
        public double First { get; private set; }

        public double Second { get; private set; }

        public double Both { get; private set; }

        public void Add(double first, double second)
        {
            var (a, b) = (first - meanFirst, second - meanSecond);
            (First, Second, Both) = (First + a * a, Second + b * b, Both + a * b);
        }
    }

    /// <summary>The factor from a sum of squares of places to the variance of the mean of components; NaN for a single row.</summary>
    private static double Scale(int others, int rows) => rows == 1 ? double.NaN : 1 / (4.0 * others * others * rows * (rows - 1.0));
}
