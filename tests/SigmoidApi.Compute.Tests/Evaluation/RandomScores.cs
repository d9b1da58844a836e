using CsCheck;
using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

/// <summary>Random scored rows: few distinct probabilities, 0 and 1 among them, so that ties are common; both classes have a positive weight.</summary>
/// <param name="Weights">Eighths, some 0.</param>
internal sealed record RandomScores(double[] Labels, double[] Probabilities, double[] Weights)
{
    public static readonly Gen<RandomScores> All = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 20], Gen.Int[0, 8]).Array[0, 40].Select(rows => new RandomScores(
        [.. rows.Select(row => (double)row.Item1), 0, 1],
        [.. rows.Select(row => row.Item2 / 20.0), 0.55, 0.4],
        [.. rows.Select(row => row.Item3 / 8.0), 1, 0.5]));

    public ScoredRows Rows => ScoredRows.FromProbabilities(Labels, Probabilities, Weights);

    public ScoredRows Unweighted => ScoredRows.FromProbabilities(Labels, Probabilities);

    public RandomScores InOrder(IEnumerable<int> order)
    {
        int[] rows = [.. order];
        return new([.. rows.Select(i => Labels[i])], [.. rows.Select(i => Probabilities[i])], [.. rows.Select(i => Weights[i])]);
    }
}
