using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Inspection;

/// <summary>What holds for any rows.</summary>
public sealed class InspectionPropertyTests
{
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LeveragesSumToTheNumberOfParameters(bool fitIntercept)
    {
        var (table, labels) = Mixed(300, seed: 1);
        using var rows = InspectedModel.Of(table, labels, InspectedModel.Unpenalized with { FitIntercept = fitIntercept }).Rows;
        var influence = Influence.Of(rows, 300, Token);
        influence.Rows.Count.ShouldBe(300);
        influence.Rows.Sum(row => row.Leverage).ShouldBeNear(influence.Parameters, Tolerance, "sum");
        influence.Rows.Sum(row => row.CooksDistance).ShouldBeNear(influence.SumCooksDistance, Tolerance, "Cook's distances");
        influence.Rows.Select(row => row.CooksDistance).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public void TopKeepsTheRowsOfTheGreatestDistance()
    {
        var (table, labels) = Mixed(300, seed: 2);
        using var rows = InspectedModel.Of(table, labels).Rows;
        Influence.Of(rows, 7, Token).Rows.ShouldBe(Influence.Of(rows, 300, Token).Rows.Take(7));
    }

    [Fact]
    public void WeightsCountAsEqualRows()
    {
        var (table, labels) = Mixed(200, seed: 3);
        double[] weights = [.. Enumerable.Range(0, 200).Select(i => (double)(i % 3))];
        int[] copies = [.. Enumerable.Range(0, 200).SelectMany(i => Enumerable.Repeat(i, i % 3))];
        using var weighted = InspectedModel.Of(table, labels, InspectedModel.Unpenalized with { SampleWeight = weights }).Rows;
        using var copied = InspectedModel.Of(Select(table, copies), [.. copies.Select(i => labels[i])]).Rows;

        var (one, other) = (Influence.Of(weighted, 200, Token), Influence.Of(copied, copies.Length, Token));
        one.SumCooksDistance.ShouldBeNear(other.SumCooksDistance, 1e-8, "Cook's distances");
        one.Observations.ShouldBe(other.Observations);
        foreach (var row in one.Rows)
        {
            var copy = other.Rows.First(found => copies[found.Row] == row.Row);
            row.Leverage.ShouldBeNear(copy.Leverage, 1e-8, "leverage");
            row.Studentized.ShouldBeNear(copy.Studentized, 1e-8, "studentized");
        }
        foreach (var (a, b) in VarianceInflation.OfTerms(weighted, Token).Zip(VarianceInflation.OfTerms(copied, Token)))
            a.ShouldBeNear(b, 1e-8, "VIF");
        foreach (var (a, b) in LikelihoodRatioTests.Of(weighted, Token).Zip(LikelihoodRatioTests.Of(copied, Token)))
            a.LikelihoodRatio.ShouldBeNear(b.LikelihoodRatio, 1e-8, a.Column);
        foreach (var method in Enum.GetValues<MarginMethod>())
        {
            foreach (var (a, b) in Effects(weighted, method).Zip(Effects(copied, method)))
            {
                a.Effect.ShouldBeNear(b.Effect, 1e-8, $"{method}");
                a.StandardError.ShouldBeNear(b.StandardError, 1e-7, $"{method}");
            }
        }
        GoodnessOfFit.Of(weighted).TjurR2.ShouldBeNear(GoodnessOfFit.Of(copied).TjurR2, 1e-8, "Tjur");
        GoodnessOfFit.Of(weighted).PearsonChiSquared.ShouldBeNear(GoodnessOfFit.Of(copied).PearsonChiSquared, 1e-8, "Pearson");
    }

    [Fact]
    public void StreamedAndSparseRowsGiveTheSame()
    {
        var (table, labels) = Wide(400, seed: 4);
        var dense = new FeatureTable(table.Rows, table.Columns, table.Numbers) { IsStreamed = true };
        using var sparse = InspectedModel.Of(table, labels).Rows;
        using var streamed = InspectedModel.Of(dense, labels).Rows;
        Influence.Of(sparse, 20, Token).SumCooksDistance.ShouldBeNear(Influence.Of(streamed, 20, Token).SumCooksDistance, 1e-8, "Cook");

        var (matrix, _, sparseMatrix, ofMatrix) = RandomData.MakeSparse(500, 6, seed: 5);
        FeatureColumn[] columns = [.. Enumerable.Range(0, 6).Select(j => new FeatureColumn($"x{j}", null))];
        using var a = InspectedModel.Of(new FeatureTable(500, columns, matrix), ofMatrix).Rows;
        using var b = InspectedModel.Of(new FeatureTable(500, columns, sparseMatrix), ofMatrix).Rows;
        var stream = new StreamedMatrix(500, 6, (first, target) => matrix.CopyRows(first, target.Length / 6, target, 6));
        using var c = InspectedModel.Of(new FeatureTable(500, columns, stream), ofMatrix).Rows;
        foreach (var other in (FittedRows[])[b, c])
        {
            foreach (var (x, y) in LikelihoodRatioTests.Of(a, Token).Zip(LikelihoodRatioTests.Of(other, Token)))
                x.LikelihoodRatio.ShouldBeNear(y.LikelihoodRatio, 1e-8, x.Column);
            foreach (var (x, y) in Influence.Of(a, 9, Token).Rows.Zip(Influence.Of(other, 9, Token).Rows))
                x.CooksDistance.ShouldBeNear(y.CooksDistance, 1e-8, "Cook");
            foreach (var (x, y) in Effects(a, MarginMethod.Eyex).Zip(Effects(other, MarginMethod.Eyex)))
                x.StandardError.ShouldBeNear(y.StandardError, 1e-8, "eyex");
            foreach (var (x, y) in VarianceInflation.OfTerms(a, Token).Zip(VarianceInflation.OfTerms(other, Token)))
                x.ShouldBeNear(y, 1e-8, "VIF");
        }
    }

    [Theory]
    [InlineData(MarginMethod.Dydx)]
    [InlineData(MarginMethod.Eydx)]
    [InlineData(MarginMethod.Dyex)]
    [InlineData(MarginMethod.Eyex)]
    public void EffectsOfNumbersAreFiniteDifferences(MarginMethod method)
    {
        var (matrix, labels) = RandomData.Make(150, 3, seed: 6);
        var table = new FeatureTable(150, [.. Enumerable.Range(0, 3).Select(j => new FeatureColumn($"x{j}", null))], matrix);
        var (training, rows) = InspectedModel.Of(table, labels);
        using (rows)
        {
            const double Step = 1e-5;
            foreach (var effect in Effects(rows, method))
            {
                var sum = 0.0;
                for (var i = 0; i < 150; i++)
                {
                    var x = matrix.Row(i).ToArray();
                    var difference = (Value(x, effect.Term, Step) - Value(x, effect.Term, -Step)) / (2 * Step);
                    sum += method is MarginMethod.Dyex or MarginMethod.Eyex ? difference * x[effect.Term] : difference;
                }
                effect.Effect.ShouldBeNear(sum / 150, 1e-8, $"term {effect.Term}");
                effect.IsDiscrete.ShouldBeFalse();
            }

            double Value(double[] row, int term, double step)
            {
                double[] moved = [.. row];
                moved[term] += step;
                var probability = new double[1];
                training.Model.PredictProbabilities(moved, probability);
                return method is MarginMethod.Eydx or MarginMethod.Eyex ? Math.Log(probability[0]) : probability[0];
            }
        }
    }

    [Fact]
    public void TestsAreTwiceTheDifferenceOfLogLikelihoods()
    {
        var (matrix, labels) = RandomData.Make(250, 3, seed: 7);
        var table = new FeatureTable(250, [.. Enumerable.Range(0, 3).Select(j => new FeatureColumn($"x{j}", null))], matrix);
        var (training, rows) = InspectedModel.Of(table, labels);
        using (rows)
        {
            var tests = LikelihoodRatioTests.Of(rows, Token);
            for (var left = 0; left < 3; left++)
            {
                int[] kept = [.. Enumerable.Range(0, 3).Where(j => j != left)];
                double[] values = [.. Enumerable.Range(0, 250).SelectMany(i => kept.Select(j => matrix.Row(i)[j]))];
                var fit = LogisticTrainer.Fit(DesignMatrix.FromRows(values, 250, 2), labels, InspectedModel.Unpenalized, progress: null, Token);
                tests[left].LikelihoodRatio.ShouldBeNear(
                    2 * (training.Inference!.LogLikelihood - fit.Inference!.LogLikelihood), Tolerance, $"column {left}");
            }
        }
    }

    [Fact]
    public void OnlyColumnIsTestedAgainstTheNullModel()
    {
        var (matrix, labels) = RandomData.Make(100, 1, seed: 8);
        var (training, rows) = InspectedModel.Of(new FeatureTable(100, [new FeatureColumn("x", null)], matrix), labels);
        using (rows)
            LikelihoodRatioTests.Of(rows, Token).Single().LikelihoodRatio.ShouldBeNear(training.Inference!.LikelihoodRatio, Tolerance, "x");
    }

    [Fact]
    public void DependentColumnsHaveInfiniteInflationAndNoTest()
    {
        var (matrix, labels) = RandomData.Make(100, 2, seed: 9);
        double[] values = [.. Enumerable.Range(0, 100).SelectMany(i => (double[])[matrix.Row(i)[0], matrix.Row(i)[1], 2 * matrix.Row(i)[0] + 1])];
        FeatureColumn[] columns = [.. Enumerable.Range(0, 3).Select(j => new FeatureColumn($"x{j}", null))];
        using var rows = InspectedModel.Of(new FeatureTable(100, columns, DesignMatrix.FromRows(values, 100, 3)), labels).Rows;
        var inflation = VarianceInflation.OfTerms(rows, Token);
        inflation[0].ShouldBe(double.PositiveInfinity);
        inflation[2].ShouldBe(double.PositiveInfinity);
        inflation[1].ShouldBeInRange(1, 10);
        LikelihoodRatioTests.Of(rows, Token).Select(test => test.DegreesOfFreedom).ShouldBe([0, 1, 0]);
        Effects(rows, MarginMethod.Dydx).Select(effect => double.IsNaN(effect.StandardError)).ShouldBe([true, false, true]);
    }

    [Fact]
    public void RowsHeldOutAreAbsent()
    {
        var (table, labels) = Mixed(200, seed: 10);
        var options = InspectedModel.Unpenalized with { Holdout = 0.25 };
        var (training, rows) = InspectedModel.Of(table, labels, options);
        using (rows)
        {
            rows.Observations.ShouldBe(training.Inference!.Observations);
            rows.LogLikelihood.ShouldBeNear(training.Inference.LogLikelihood, Tolerance, "log-likelihood");
            Influence.Of(rows, 200, Token).Rows.Count.ShouldBe((int)rows.Observations);
        }
    }

    [Fact]
    public void RobustErrorsAreThoseOfTheFit()
    {
        var (matrix, labels) = RandomData.Make(300, 2, seed: 11);
        var options = InspectedModel.Unpenalized with { CovarianceType = Compute.Inference.CovarianceType.HC1 };
        var table = new FeatureTable(300, [new FeatureColumn("a", null), new FeatureColumn("b", null)], matrix);
        var (training, rows) = InspectedModel.Of(table, labels, options);
        using (rows)
        {
            // d ln p/dx at the mean is b·(1 − p): with its gradient the error follows from the covariance of the fit.
            var effect = MarginalEffects.Of(rows, MarginMethod.Eydx, MarginPoint.Mean, asNumbers: true, Token)[0];
            double[] mean = [1, .. Enumerable.Range(0, 2).Select(j => Enumerable.Range(0, 300).Average(i => matrix.Row(i)[j]))];
            var b = training.Model.Coefficients[0];
            var p = 1 / (1 + Math.Exp(-(training.Model.Intercept + b * mean[1] + training.Model.Coefficients[1] * mean[2])));
            double[] gradient = [.. mean.Select((x, j) => (j == 1 ? 1 - p : 0) - b * p * (1 - p) * x)];
            var variance = 0.0;
            for (var i = 0; i < 3; i++)
            {
                for (var j = 0; j < 3; j++)
                    variance += gradient[i] * training.Inference!.Covariance[i][j] * gradient[j];
            }
            effect.StandardError.ShouldBeNear(Math.Sqrt(variance), Tolerance, "error");
        }
    }

    [Fact]
    public void PenalizedEffectsHaveNoErrorsAndNoTests()
    {
        var (table, labels) = Mixed(200, seed: 12);
        using var rows = InspectedModel.Of(table, labels, new LogisticOptions { Threads = 1 }).Rows;
        var effects = Effects(rows, MarginMethod.Dydx);
        effects.ShouldAllBe(effect => double.IsFinite(effect.Effect) && double.IsNaN(effect.StandardError));
        Should.Throw<ArgumentException>(() => LikelihoodRatioTests.Of(rows, default));
    }

    private static IReadOnlyList<MarginalEffect> Effects(FittedRows rows, MarginMethod method) =>
        MarginalEffects.Of(rows, method, MarginPoint.Overall, asNumbers: false, default);

    /// <summary>Two numbers and a category of four levels.</summary>
    private static (FeatureTable Table, double[] Labels) Mixed(int rows, int seed)
    {
        var (matrix, labels) = RandomData.Make(rows, 2, seed);
        var random = new Random(seed);
        int[] codes = [.. Enumerable.Range(0, rows).Select(_ => random.Next(4))];
        return (new FeatureTable(rows, Columns(codes, 4), matrix), labels);
    }

    /// <summary>Two numbers and a category of enough levels to make the design sparse.</summary>
    private static (FeatureTable Table, double[] Labels) Wide(int rows, int seed)
    {
        var (matrix, labels) = RandomData.Make(rows, 2, seed);
        // Each level has rows of both classes, so that nothing separates.
        var seen = new int[2];
        int[] codes = [.. labels.Select(label => seen[(int)label]++ % 20)];
        return (new FeatureTable(rows, Columns(codes, 20), matrix), labels);
    }

    private static FeatureColumn[] Columns(int[] codes, int levels) =>
        [new("a", null), new("kind", new CategoryCodes(codes, [.. Enumerable.Range(0, levels).Select(k => $"k{k:00}")])), new("b", null)];

    private static FeatureTable Select(FeatureTable table, int[] rows)
    {
        var numbers = new double[rows.Length * 2];
        foreach (var (i, row) in rows.Index())
            table.Numbers!.CopyRow(row, numbers.AsSpan(2 * i, 2));
        FeatureColumn[] columns =
        [
            .. table.Columns.Select(column => column.Codes is { } codes
                ? column with { Codes = new CategoryCodes([.. rows.Select(row => codes.Codes[row])], codes.Levels) }
                : column),
        ];
        return new FeatureTable(rows.Length, columns, DesignMatrix.FromRows(numbers, rows.Length, 2));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
