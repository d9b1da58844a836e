using CsCheck;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Tests.Evaluation;

public class CalibrationSearchTests
{
    /// <summary>
    /// Once a Newton step was shorter than rounding, the search took it for one that leaves the bracket, and halved what was left of the bracket in fifty
    /// passes.
    /// </summary>
    [Fact]
    public void ANewtonStepBelowRoundingEndsTheSearch() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        double[] logOdds = [.. Enumerable.Range(0, 300).Select(_ => 7 * random.NextDouble() - 3)];
        double[] labels = [.. logOdds.Select((z, i) => i < 2 ? i : random.NextDouble() < 1 / (1 + Math.Exp(0.5 - z)) ? 1.0 : 0)];
        double[] weights = [.. logOdds.Select((_, i) => (1 + i % 8) / 4.0)];
        var rows = ScoredRows.FromLogOdds(labels, logOdds, weights);
        using var crew = new ThreadCrew();
        var search = new CalibrationSearch(rows, logOdds, crew, TestContext.Current.CancellationToken);

        var a = search.InTheLarge(-10, 10);

        search.Passes.ShouldBeLessThan(12);
        // The sum of the residuals is 0 there.
        labels.Select((y, i) => weights[i] * (1 / (1 + Math.Exp(-a - logOdds[i])) - y)).Sum().ShouldBe(0, 1e-11);
    }, iter: 300);

    /// <summary>From far away, where all rows saturate, Newton's steps alone would go astray.</summary>
    [Fact]
    public void SaturatedLogOddsAreMovedBack()
    {
        double[] labels = [0, 1, 0, 1, 1, 0];
        double[] logOdds = [700, 690, 705, 720, 680, 699];
        using var crew = new ThreadCrew();

        var a = new CalibrationSearch(ScoredRows.FromLogOdds(labels, logOdds), logOdds, crew, TestContext.Current.CancellationToken).InTheLarge(-720, -680);

        labels.Select((y, i) => 1 / (1 + Math.Exp(-a - logOdds[i])) - y).Sum().ShouldBe(0, 1e-11);
    }
}
