using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Regression;

public class PathTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly double[] Cs = [1, 0.01, 0.1, 10];

    [Theory]
    [InlineData(Penalty.L1)]
    [InlineData(Penalty.L2)]
    [InlineData(Penalty.ElasticNet)]
    public void EveryPointAgreesWithASingleFitOfItsC(Penalty penalty)
    {
        var (features, labels) = RandomData.Make(300, 8, 11);
        var options = new LogisticOptions { Penalty = penalty, Tolerance = 1e-10 };

        var path = LogisticTrainer.Fit(features, labels, options with { Cs = Cs }, null, Token).Path.ShouldNotBeNull();

        path.Points.Select(point => point.C).ShouldBe(Cs.Order());
        path.Rule.ShouldBe("last");
        path.Selected.ShouldBe(3);
        foreach (var point in path.Points)
        {
            var alone = LogisticTrainer.Fit(features, labels, options with { C = point.C }, null, Token);
            point.Converged.ShouldBeTrue();
            point.Objective.ShouldBe(alone.Convergence.Objective, 1e-11 * alone.Convergence.Objective);
            point.Model.Coefficients.ToArray().ShouldBe(alone.Model.Coefficients.ToArray(), 1e-7);
            point.NonZero.ShouldBe(alone.Model.Coefficients.ToArray().Count(coefficient => coefficient != 0));
            point.Validation.ShouldBeNull();
        }
    }

    [Fact]
    public void EachL1RatioIsFittedWithEachC()
    {
        var (features, labels) = RandomData.Make(200, 5, 2);

        var options = new LogisticOptions { Penalty = Penalty.ElasticNet, Cs = [1, 0.1], L1Ratios = [0, 0.5, 1] };
        var path = LogisticTrainer.Fit(features, labels, options, null, Token).Path!;

        path.Points.Select(point => (point.C, point.L1Ratio)).ShouldBe([(0.1, 0), (1, 0), (0.1, 0.5), (1, 0.5), (0.1, 1), (1, 1)]);
    }

    [Fact]
    public void FoldsScoreEachPointOnRowsThatItsFitHasNotSeen()
    {
        var (features, labels) = RandomData.Make(200, 6, 21);
        var options = new LogisticOptions { Cs = [0.001, 0.1, 10], Folds = 4, Seed = 9, Tolerance = 1e-11 };

        var training = LogisticTrainer.Train(features, labels, options, null, Token);

        var foldOf = StratifiedSplit.Folds(labels, 4, 9);
        var path = training.Path.ShouldNotBeNull();
        for (var p = 0; p < 3; p++)
        {
            var losses = Enumerable.Range(0, 4).Select(fold =>
            {
                int[] inside = [.. Enumerable.Range(0, 200).Where(i => foldOf[i] != fold)];
                int[] outside = [.. Enumerable.Range(0, 200).Where(i => foldOf[i] == fold)];
                var options = new LogisticOptions { C = path.Points[p].C, Tolerance = 1e-11 };
                var fit = LogisticTrainer.Fit(features.Select(inside), [.. inside.Select(i => labels[i])], options, null, Token);
                double[] rows = [.. outside.SelectMany(i => features.Row(i).ToArray())];
                return fit.Model.MeanLogLoss(rows, [.. outside.Select(i => labels[i])]);
            }).ToArray();
            var validation = path.Points[p].Validation.ShouldNotBeNull();
            validation.LogLoss.ShouldBe(losses.Average(), 1e-9);
            validation.StandardError.ShouldNotBeNull().ShouldBe(Math.Sqrt(losses.Sum(loss => Math.Pow(loss - losses.Average(), 2)) / 3 / 4), 1e-9);
        }
        path.Rule.ShouldBe("best");
        path.Points[path.Selected].Validation!.LogLoss.ShouldBe(path.Points.Min(point => point.Validation!.LogLoss));
        training.Model.Coefficients.ToArray().ShouldBe(path.Points[path.Selected].Model.Coefficients.ToArray());
        training.ValidationMetrics.ShouldNotBeNull().LogLoss.ShouldBe(path.Points[path.Selected].Validation!.LogLoss, 1e-3);
    }

    [Fact]
    public void OneStandardErrorSelectsTheStrongestPenaltyThatIsGoodEnough()
    {
        var (features, labels) = RandomData.Make(300, 10, 5);
        for (var i = 0; i < 300; i++)
            labels[i] = features.Row(i)[0] + 0.7 * features.Row(i)[4] + features.Row((i + 1) % 300)[2] > 0.6 ? 1 : 0;
        var options = new LogisticOptions { Penalty = Penalty.L1, Cs = [.. Enumerable.Range(-8, 14).Select(i => Math.Pow(2, i))], Folds = 5 };

        var best = LogisticTrainer.Fit(features, labels, options, null, Token).Path!;
        var simplest = LogisticTrainer.Fit(features, labels, options with { Selection = Selection.OneStandardError }, null, Token).Path!;

        var limit = best.Points[best.Selected].Validation!.LogLoss + best.Points[best.Selected].Validation!.StandardError!.Value;
        simplest.Rule.ShouldBe("one_standard_error");
        simplest.Selected.ShouldBe(Enumerable.Range(0, best.Points.Count).First(i => best.Points[i].Validation!.LogLoss <= limit));
        simplest.Selected.ShouldBeLessThan(best.Selected);
    }

    [Fact]
    public void FoldsOfASingleCGiveAPathOfOnePoint()
    {
        var (features, labels) = RandomData.Make(100, 3, 5);

        var fit = LogisticTrainer.Fit(features, labels, new LogisticOptions { Folds = 3 }, null, Token);

        fit.Path.ShouldNotBeNull().Points.ShouldHaveSingleItem().Validation.ShouldNotBeNull();
    }

    [Fact]
    public void ProgressRisesOverAllPointsAndFolds()
    {
        var (features, labels) = RandomData.Make(100, 3, 5);
        var fractions = new List<double>();

        var options = new LogisticOptions { Cs = [0.1, 1], Folds = 3, MaxIterations = 50 };
        LogisticTrainer.Fit(features, labels, options, progress => fractions.Add(progress.Fraction), Token);

        fractions.ShouldBeInOrder();
        fractions[0].ShouldBe(0);
        fractions[^1].ShouldBeInRange(7 / 8.0, 1);
    }

    [Fact]
    public void SpambaseSparseFitsAgreeWithTheReference()
    {
        var (features, labels) = ReferenceData.Csv("spambase.csv");
        foreach (var expected in ReferenceData.Json("spambase-fits.json").GetProperty("l1").EnumerateArray())
        {
            var c = expected.GetProperty("C").GetDouble();
            var coefficients = expected.GetProperty("coefficients").Numbers();

            var training = LogisticTrainer.Train(features, labels, new LogisticOptions { Penalty = Penalty.L1, C = c }, null, Token);

            training.Convergence.Converged.ShouldBeTrue();
            (training.Convergence.Objective / c).ShouldBe(expected.GetProperty("objective").GetDouble(), 1e-10 * expected.GetProperty("objective").GetDouble());
            for (var j = 0; j < coefficients.Length; j++)
                training.StandardizedCoefficients[j].ShouldBe(coefficients[j], 1e-7, $"c {c}, coefficient {j} {training.Convergence}");
            for (var j = 0; j < coefficients.Length; j++)
                (training.StandardizedCoefficients[j] == 0).ShouldBe(coefficients[j] == 0, $"coefficient {j}");
        }
    }
}
