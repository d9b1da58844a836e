using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

public class ClassSeparationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void AClassBeyondAThresholdIsNamedWithItsColumn(int baseClass)
    {
        // Column 1 is above 1 for class 2 alone; column 0 overlaps.
        var (features, labels) = Random(300, 3, (row, label, random) =>
        {
            row[0] = random.NextDouble() + 0.3 * label;
            row[1] = label == 2 ? 1.1 + random.NextDouble() : random.NextDouble();
        });

        var fit = MultinomialTrainer.Fit(features, labels, new LogisticOptions { Penalty = Penalty.None, BaseClass = baseClass }, null, Token);

        fit.Convergence.Converged.ShouldBeFalse();
        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("separation");
        warning.SeparatingColumns.ShouldContain(1);
        warning.Columns.ShouldContain(1);
        warning.Classes.ShouldBe([0, 1, 2]);
        warning.Message.ShouldContain("'a' and 'c', 'b' and 'c'");
        warning.Message.ShouldContain("some rows");
        warning.Message.ShouldNotContain("firth");
        fit.Inference!.Classes.SelectMany(of => of.Coefficients).ShouldAllBe(parameter => parameter == null);
        (fit.Inference.LikelihoodRatio, fit.Inference.Aic).ShouldBe((double.NaN, double.NaN));
    }

    [Fact]
    public void AllClassesApartAreSeparatedCompletely()
    {
        var (features, labels) = Random(60, 4, (row, label, random) => row[0] = 2 * label + random.NextDouble());

        var fit = MultinomialTrainer.Fit(features, labels, new LogisticOptions { Penalty = Penalty.None }, null, Token);

        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("separation");
        warning.Message.ShouldContain("all rows");
        warning.Message.ShouldContain("1 more pair of classes");
    }

    [Fact]
    public void SetosaIsSeparatedFromTheOtherIrises()
    {
        var (table, labels) = ReferenceData.Classes("iris.csv", "species");

        var training = MultinomialTrainer.Train(
            table, [.. table.Columns.Select(_ => new ColumnPreparation())], labels, new LogisticOptions { Penalty = Penalty.None }, null, Token);

        var warning = training.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("separation");
        warning.Message.ShouldContain("some rows of 'setosa' and 'versicolor', 'setosa' and 'virginica', so that");
    }

    [Fact]
    public void OverlappingClassesAreNotSeparated()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var (features, labels) = Random(80, 3, (row, label, random) =>
            {
                for (var j = 0; j < row.Length; j++)
                    row[j] = random.NextDouble() + 0.2 * label;
            }, seed);

            var fit = MultinomialTrainer.Fit(features, labels, new LogisticOptions { Penalty = Penalty.None }, null, Token);

            fit.Convergence.Warnings.ShouldBeEmpty();
            fit.Convergence.Converged.ShouldBeTrue();
        }
    }

    [Fact]
    public void APenaltyKeepsSeparatedEstimatesFinite()
    {
        var (features, labels) = Random(60, 3, (row, label, random) => row[0] = 2 * label + random.NextDouble());

        var fit = MultinomialTrainer.Fit(features, labels, new LogisticOptions(), null, Token);

        fit.Convergence.Converged.ShouldBeTrue();
        fit.Convergence.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Solver.Auto)]
    [InlineData(Solver.Lbfgs)]
    public void OneVsRestNamesTheClassThatIsSeparatedFromAllOthers(Solver solver)
    {
        var (features, labels) = Random(300, 3, (row, label, random) =>
        {
            row[0] = random.NextDouble() + 0.3 * label;
            row[1] = label == 2 ? 1.1 + random.NextDouble() : random.NextDouble();
        });
        var options = new LogisticOptions { Penalty = Penalty.None, MultiClass = MultiClass.OneVsRest, Solver = solver };

        var fit = MultinomialTrainer.Fit(features, labels, options, null, Token);

        fit.Convergence.Converged.ShouldBeFalse();
        var warning = fit.Convergence.Warnings.Single(warning => warning.Code == "separation");
        warning.Classes.ShouldBe([2]);
        warning.SeparatingColumns.ShouldBe([1]);
        warning.Message.ShouldStartWith("Class 'c': ");
        warning.Message.ShouldNotContain("firth");
        fit.Inference.ShouldBeNull();
    }

    [Fact]
    public void FirthsPenaltyIsRefusedWithAReason()
    {
        var (features, labels) = Random(60, 3, (row, label, random) => row[0] = random.NextDouble());

        Should.Throw<ArgumentException>(() => MultinomialTrainer.Fit(features, labels, new LogisticOptions { Penalty = Penalty.Firth }, null, Token))
            .Message.ShouldContain("Firth's penalty is implemented for two");
    }

    private delegate void FillRow(Span<double> row, int label, Random random);

    private static (DesignMatrix Features, ClassLabels Labels) Random(int rows, int classes, FillRow fill, int seed = 3)
    {
        var random = new Random(seed);
        var features = new DesignMatrix(rows, 2);
        int[] codes = [.. Enumerable.Range(0, rows).Select(i => i % classes)];
        for (var i = 0; i < rows; i++)
        {
            features.Row(i)[1] = random.NextDouble();
            fill(features.Row(i), codes[i], random);
        }
        return (features, new ClassLabels(codes, [.. Enumerable.Range(0, classes).Select(k => $"{(char)('a' + k)}")]));
    }
}
