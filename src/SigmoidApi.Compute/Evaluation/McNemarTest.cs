using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>McNemar's test (1947) of whether two models predict equally many labels correctly.</summary>
/// <param name="BothRight">Rows that both predict correctly.</param>
/// <param name="OnlyFirstRight">Rows that the first model alone predicts correctly.</param>
/// <param name="OnlySecondRight">Rows that the second model alone predicts correctly.</param>
/// <param name="NeitherRight">Rows that neither predicts correctly.</param>
/// <param name="ExactPValue">Two-sided, from the binomial distribution; 1 if no row tells the models apart.</param>
/// <param name="Statistic">(|b − c| − 1)² / (b + c), with Edwards' continuity correction; null if no row tells the models apart.</param>
/// <param name="PValue">Of the statistic, chi-squared with one degree of freedom.</param>
/// <param name="UncorrectedStatistic">(b − c)² / (b + c).</param>
/// <param name="UncorrectedPValue">Of the uncorrected statistic.</param>
public sealed record McNemarTest(long BothRight, long OnlyFirstRight, long OnlySecondRight, long NeitherRight, double ExactPValue, double? Statistic,
    double? PValue, double? UncorrectedStatistic, double? UncorrectedPValue)
{
    internal static McNemarTest Of(long bothRight, long onlyFirst, long onlySecond, long neither)
    {
        var (differ, gap) = (onlyFirst + onlySecond, Math.Abs((double)onlyFirst - onlySecond));
        if (differ == 0)
            return new McNemarTest(bothRight, 0, 0, neither, 1, null, null, null, null);
        var (corrected, plain) = ((gap - 1) * (gap - 1) / differ, gap * gap / differ);
        return new McNemarTest(bothRight, onlyFirst, onlySecond, neither, Exact(Math.Min(onlyFirst, onlySecond), differ), corrected,
            ChiSquaredDistribution.UpperTail(corrected, 1), plain, ChiSquaredDistribution.UpperTail(plain, 1));
    }

    /// <summary>
    /// min(1, 2·P(X ≤ least)) for X binomial with n trials of ½. The terms C(n, k) are summed as multiples of the middle one, both up to
    /// <paramref name="least"/> and in all, so that no factorial is needed; far from the middle they are 0.
    /// </summary>
    private static double Exact(long least, long n)
    {
        if (2 * least >= n)
            return 1;
        var middle = n / 2;
        var (term, below, all) = (1.0, 0.0, 0.0);
        for (var k = middle; k >= 0 && term > 0; k--)
        {
            below += k <= least ? term : 0;
            // The other half has the same terms; with n even the middle one is there once.
            all += 2 * k == n ? term : 2 * term;
            term *= k / (n - k + 1.0);
        }
        return Math.Min(1, 2 * below / all);
    }
}
