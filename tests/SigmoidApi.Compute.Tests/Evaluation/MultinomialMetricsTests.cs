using CsCheck;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

public class MultinomialMetricsTests
{
    /// <param name="Scores">Row-major. Small whole numbers, so that many are tied.</param>
    private sealed record Case(int Classes, double[] Labels, double[] Scores)
    {
        public double[] Row(int i) => [.. Scores.Skip(i * Classes).Take(Classes).Select(score => Math.Exp(score))];

        public double Probability(int i, int k) => Row(i)[k] / Row(i).Sum();
    }

    private static readonly Gen<Case> Cases = Gen.Select(Gen.Int[5, 40], Gen.Int[2, 5], Gen.Int).Select((n, classes, seed) =>
    {
        var random = new Random(seed);
        return new Case(classes, [.. Enumerable.Range(0, n).Select(i => (double)(i < classes ? i : random.Next(classes)))],
            [.. Enumerable.Range(0, n * classes).Select(_ => (double)random.Next(-2, 3))]);
    });

    [Fact]
    public void AreasAreSharesOfPairs() => Cases.Sample(data =>
    {
        var areas = MultinomialMetrics.FromScores(data.Labels, data.Scores, data.Classes).RocAuc;

        // Tied scores give probabilities that differ by rounding only if their rows differ, so that the same softmax is taken here.
        var probabilities = new double[data.Scores.Length];
        Softmax.Values(data.Scores, data.Classes, probabilities);
        double Area(int k, Func<int, bool> isOther)
        {
            var (wins, pairs) = (0.0, 0);
            for (var i = 0; i < data.Labels.Length; i++)
            {
                for (var j = 0; j < data.Labels.Length; j++)
                {
                    if (data.Labels[i] != k || !isOther((int)data.Labels[j]))
                        continue;
                    var (own, other) = (probabilities[i * data.Classes + k], probabilities[j * data.Classes + k]);
                    wins += own > other ? 1 : own == other ? 0.5 : 0;
                    pairs++;
                }
            }
            return wins / pairs;
        }
        var counts = Enumerable.Range(0, data.Classes).Select(k => (double)data.Labels.Count(label => label == k)).ToArray();
        var rest = Enumerable.Range(0, data.Classes).Select(k => Area(k, other => other != k)).ToArray();
        areas.OneVsRestMacro.ShouldBe(rest.Average(), 1e-12);
        areas.OneVsRestWeighted.ShouldBe(rest.Zip(counts, (area, count) => area * count).Sum() / data.Labels.Length, 1e-12);
        var pairs = (from i in Enumerable.Range(0, data.Classes) from j in Enumerable.Range(0, i) select (i, j)).ToList();
        var ofPairs = pairs.Select(pair => (Area(pair.i, other => other == pair.j) + Area(pair.j, other => other == pair.i)) / 2).ToArray();
        areas.OneVsOneMacro.ShouldBe(ofPairs.Average(), 1e-12);
        var weights = pairs.Select(pair => counts[pair.i] + counts[pair.j]).ToArray();
        areas.OneVsOneWeighted.ShouldBe(ofPairs.Zip(weights, (area, weight) => area * weight).Sum() / weights.Sum(), 1e-12);
    }, iter: 100);

    [Fact]
    public void CountsAndLossesAreThoseOfTheRows() => Cases.Sample(data =>
    {
        var metrics = MultinomialMetrics.FromScores(data.Labels, data.Scores, data.Classes);

        var n = data.Labels.Length;
        var own = Enumerable.Range(0, n).Select(i => (int)data.Labels[i]).ToArray();
        metrics.LogLoss.ShouldBe(Enumerable.Range(0, n).Average(i => -Math.Log(data.Probability(i, own[i]))), 1e-12);
        metrics.Confusion.Sum(row => row.Sum()).ShouldBe(n);
        metrics.Accuracy.ShouldBe(Enumerable.Range(0, data.Classes).Sum(k => metrics.Confusion[k][k]) / (double)n);
        metrics.TopKAccuracy.Count.ShouldBe(Math.Min(5, data.Classes - 1));
        for (var k = 1; k <= metrics.TopKAccuracy.Count; k++)
        {
            var top = Enumerable.Range(0, n).Count(i => Enumerable.Range(0, data.Classes).Count(c => data.Scores[i * data.Classes + c]
                > data.Scores[i * data.Classes + own[i]]) < k);
            metrics.TopKAccuracy[k - 1].ShouldBe((double)top / n);
        }
        metrics.Brier.ShouldBe(Enumerable.Range(0, n).Average(i => Enumerable.Range(0, data.Classes)
            .Sum(k => Math.Pow(data.Probability(i, k) - (k == own[i] ? 1 : 0), 2))), 1e-12);
    }, iter: 100);

    [Fact]
    public void PermutedClassesHaveTheSameScores() => Cases.Sample(data =>
    {
        int[] order = [.. Enumerable.Range(1, data.Classes - 1), 0];
        var scores = new double[data.Scores.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i / data.Classes * data.Classes + order[i % data.Classes]] = data.Scores[i];

        var metrics = MultinomialMetrics.FromScores(data.Labels, data.Scores, data.Classes);
        var permuted = MultinomialMetrics.FromScores([.. data.Labels.Select(label => (double)order[(int)label])], scores, data.Classes);

        permuted.LogLoss.ShouldBe(metrics.LogLoss, 1e-12);
        permuted.RocAuc.OneVsOneMacro.ShouldBe(metrics.RocAuc.OneVsOneMacro, 1e-12);
        permuted.TopKAccuracy.ShouldBe(metrics.TopKAccuracy);
    }, iter: 100);

    [Fact]
    public void AClassWithoutRowsIsLeftOutOfAreasAndOfBalancedAccuracy()
    {
        var with = MultinomialMetrics.FromScores([0, 0, 1, 1], [2, 0, -9, 0, 1, -9, 0, 2, -9, 1, 0, -9], 3);

        with.RocAuc.OneVsRestMacro.ShouldBe(0.75, 0.251);
        with.RocAuc.OneVsOneMacro.ShouldBe(with.RocAuc.OneVsRestMacro, 0.01);
        with.BalancedAccuracy.ShouldBe(0.5);
        with.Confusion[2].ShouldBe([0, 0, 0]);
        MultinomialMetrics.FromScores([1, 1], [0, 1, 0, 1, 0, 0], 3).RocAuc.OneVsRestMacro.ShouldBe(double.NaN);
    }
}
