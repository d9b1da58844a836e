using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Compute.Tests.Preprocessing;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>Training on raw columns: which rows each fit may learn from, and the model that it gives.</summary>
[Trait("Speed", "Slow")]
public class PreparedTrainingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void ThePreparationDoesNotUseTheHoldout()
    {
        var (table, labels) = ReferenceData.Table("credit.csv", "Status", "bad");
        var options = new LogisticOptions { Holdout = 0.25, Seed = 3 };
        var (training, heldOut) = StratifiedSplit.Holdout(labels, 0.25, 3);

        var trained = LogisticTrainer.Train(table, Defaults(table), labels, options, null, Token);

        var alone = Preparation.Fit(table.Select(training), Defaults(table), null, Token);
        trained.Preparation!.Describe().ShouldBe(alone.Describe());
        trained.Preparation!.Describe().ShouldNotBe(Preparation.Fit(table, Defaults(table), null, Token).Describe());
        // The fit must be that of the training rows alone. The other rows are scored with its preparation.
        double[] trainingLabels = [.. training.Select(row => labels[row])];
        var ofTraining = LogisticTrainer.Train(table.Select(training), Defaults(table), trainingLabels, new LogisticOptions(), null, Token);
        trained.StandardizedCoefficients.ShouldBe(ofTraining.StandardizedCoefficients, 1e-9);
        trained.ValidationMetrics.ShouldNotBeNull().LogLoss.ShouldBe(Score(ofTraining, table, labels, heldOut).LogLoss, 1e-9);
    }

    [Fact]
    public void EachFoldLearnsItsPreparationFromItsOwnTrainingRows()
    {
        var (table, labels) = ReferenceData.Table("credit.csv", "Status", "bad");
        var foldOf = StratifiedSplit.Folds(labels, 4, 42);
        var margins = new double[labels.Length];
        var losses = new double[4];
        for (var fold = 0; fold < 4; fold++)
        {
            int[] training = [.. Enumerable.Range(0, labels.Length).Where(i => foldOf[i] != fold)];
            int[] heldOut = [.. Enumerable.Range(0, labels.Length).Where(i => foldOf[i] == fold)];
            double[] trainingLabels = [.. training.Select(row => labels[row])];
            var alone = LogisticTrainer.Train(table.Select(training), Defaults(table), trainingLabels, new LogisticOptions { C = 0.1 }, null, Token);
            losses[fold] = Score(alone, table, labels, heldOut).LogLoss;
            foreach (var (row, margin) in heldOut.Zip(Margins(alone, table, heldOut)))
                margins[row] = margin;
        }

        var trained = LogisticTrainer.Train(table, Defaults(table), labels, new LogisticOptions { Folds = 4, Cs = [0.1] }, null, Token);

        trained.Path!.Points[0].Validation!.LogLoss.ShouldBe(losses.Average(), 1e-9);
        trained.ValidationMetrics!.LogLoss.ShouldBe(ClassificationMetrics.FromMargins(labels, margins).LogLoss, 1e-9);
        trained.Preparation!.Describe().ShouldBe(Preparation.Fit(table, Defaults(table), null, Token).Describe());
    }

    [Fact]
    public void ALevelMissingFromTheTrainingRowsOfAFoldGivesNoWarning()
    {
        // Level c is in one row, so that it is absent from the training rows of the fold that holds this row out. Their median is different too.
        int[] codes = [.. Enumerable.Range(0, 40).Select(i => i == 7 ? 2 : i % 2)];
        double[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 4 < 2 ? 1.0 : 0)];
        var numbers = DesignMatrix.FromRows([.. Enumerable.Range(0, 40).Select(i => i == 8 ? double.NaN : i * 37 % 41)], 40, 1);
        var table = new FeatureTable(40, [new("kind", new CategoryCodes(codes, ["a", "b", "c"])), new("x", null)], numbers);
        ColumnPreparation[] preparation = [new(), new() { Imputation = Imputation.Median }];
        var foldOf = StratifiedSplit.Folds(labels, 4, 42);
        double[] training = [.. foldOf.Select(fold => fold == foldOf[7] ? 0.0 : 1)];

        var trained = LogisticTrainer.Train(table, preparation, labels, new LogisticOptions { Folds = 4 }, null, Token);

        trained.Preparation!.Terms.ShouldBe(["kind=a", "kind=b", "kind=c", "x"]);
        trained.Convergence.Warnings.ShouldBeEmpty();
        var ofFold = Preparation.Fit(table, preparation, training, Token);
        ofFold.Terms.ShouldBe(["kind=a", "kind=b", "x"]);
        ((FittedNumber)ofFold.Columns[1]).Fill.ShouldNotBe(((FittedNumber)trained.Preparation.Columns[1]).Fill);
    }

    [Fact]
    public void AConstantIndicatorGivesAWarning()
    {
        var table = new FeatureTable(4, [new("kind", new CategoryCodes([0, 0, 0, 0], ["a"])), new("x", null)], DesignMatrix.FromRows([1, 2, 3, 5], 4, 1));

        var trained = LogisticTrainer.Train(table, Defaults(table), [0, 1, 0, 1], new LogisticOptions(), null, Token);

        var warning = trained.Convergence.Warnings.ShouldHaveSingleItem();
        (warning.Code, warning.Columns[0]).ShouldBe(("constant_column", 0));
        trained.Model.Coefficients[0].ShouldBe(0);
    }

    [Fact]
    public void NumbersWithoutMissingValuesGiveTheSameBitsAsTheirMatrix()
    {
        var (features, labels) = ReferenceData.Csv("spambase.csv");
        FeatureColumn[] columns = [.. Enumerable.Range(0, features.Columns).Select(j => new FeatureColumn($"x{j}", null))];
        var table = new FeatureTable(features.Rows, columns, features);
        var options = new LogisticOptions { Folds = 3, Cs = [0.1, 1] };

        var ofTable = LogisticTrainer.Train(table, Defaults(table), labels, options, null, Token);

        var ofMatrix = LogisticTrainer.Train(features, labels, options, null, Token);
        ofTable.Model.Coefficients.ToArray().ShouldBe(ofMatrix.Model.Coefficients.ToArray());
        ofTable.ValidationMetrics!.LogLoss.ShouldBe(ofMatrix.ValidationMetrics!.LogLoss);
        ofMatrix.Preparation.ShouldBeNull();
        // The preparation has the means as fills for future rows, although no value is missing.
        ofTable.Preparation!.Describe().ShouldBe(Preparation.Fit(table, Defaults(table), null, Token).Describe());
    }

    [Fact]
    public void SparseAndDenseDesignsGiveTheSameModel()
    {
        var (table, labels) = ReferenceData.Table("churn.csv", "churn", "yes");
        var preparation = Preparation.Fit(table, Defaults(table), null, Token);
        var encoder = new DesignEncoder(preparation, table);

        var options = new LogisticOptions { Tolerance = 1e-10 };
        var models = new FeatureMatrix[] { encoder.ToDense(new ThreadCrew(), Token), encoder.ToSparse(Token) }.Select(matrix =>
            new PenalizedFits(new Design(matrix, preparation), new Target(labels, options), null, options, new ThreadCrew(), Token)
                .FitAll(FitJournal.ForOneCall(null), Token).Single().Fit.Model.Coefficients[0]).ToArray();

        models[1].ShouldBe(models[0], 1e-9);
    }

    [Fact]
    public void AnInfiniteNumberIsNamedAndAMissingOneIsNot()
    {
        var table = new FeatureTable(4, [new("x", null)], DesignMatrix.FromRows([double.NaN, 2, double.PositiveInfinity, 4], 4, 1));
        var promised = new FeatureTable(4, [new("x", null)], DesignMatrix.FromRows([1, 2, double.NaN, 4], 4, 1), hasMissing: false);

        var problem = Should.Throw<UntrainableDataException>(() =>
            LogisticTrainer.Train(table, Defaults(table), [0, 1, 0, 1], new LogisticOptions(), null, Token));

        (problem.Code, problem.Message).ShouldBe(("non_finite_value", "Row 2, column 'x' is Infinity; a fit needs finite numbers."));
        Should.Throw<UntrainableDataException>(() => LogisticTrainer.Train(promised, Defaults(promised), [0, 1, 0, 1], new LogisticOptions(), null, Token))
            .Message.ShouldStartWith("Row 2, column 'x' is NaN;");
    }

    [Fact]
    public void GroupsAreHeldOutWhole()
    {
        var (features, labels) = RandomData.Make(300, 3, 5);
        int[] groups = [.. Enumerable.Range(0, 300).Select(i => i / 10)];
        var (training, heldOut) = RowSplit.ByGroup(groups, 0.3, 9);

        var trained = LogisticTrainer.Train(features, labels, new LogisticOptions { Holdout = 0.3, Groups = groups, Seed = 9 }, null, Token);

        var alone = LogisticTrainer.Train(features.Select(training), [.. training.Select(row => labels[row])], new LogisticOptions(), null, Token);
        trained.StandardizedCoefficients.ShouldBe(alone.StandardizedCoefficients, 1e-9);
        var confusion = trained.ValidationMetrics!.Confusion;
        (confusion.TruePositives + confusion.FalsePositives + confusion.TrueNegatives + confusion.FalseNegatives).ShouldBe(heldOut.Length);
    }

    [Fact]
    public void FoldsKeepGroupsWhole()
    {
        var (features, labels) = RandomData.Make(300, 3, 5);
        int[] groups = [.. Enumerable.Range(0, 300).Select(i => i % 30)];
        var foldOf = RowSplit.GroupFolds(groups, 3, 42);
        var margins = new double[300];
        for (var fold = 0; fold < 3; fold++)
        {
            double[] weights = [.. foldOf.Select(of => of == fold ? 0.0 : 1)];
            var model = LogisticTrainer.Train(features, labels, new LogisticOptions { SampleWeight = weights }, null, Token).Model;
            foreach (var (row, margin) in model.PredictMargins(features, new ThreadCrew(), Token).Index().Where(of => foldOf[of.Index] == fold))
                margins[row] = margin;
        }

        var trained = LogisticTrainer.Train(features, labels, new LogisticOptions { Folds = 3, Groups = groups }, null, Token);

        trained.ValidationMetrics!.LogLoss.ShouldBe(ClassificationMetrics.FromMargins(labels, margins).LogLoss, 1e-9);
    }

    [Fact]
    public void TheLatestRowsAreHeldOut()
    {
        var (features, labels) = RandomData.Make(200, 3, 6);
        double[] times = [.. Enumerable.Range(0, 200).Select(i => (double)(i * 7 % 200))];
        double[] training = [.. times.Select(time => time < 150 ? 1.0 : 0)];

        var trained = LogisticTrainer.Train(features, labels, new LogisticOptions { Holdout = 0.25, TimeOrder = times }, null, Token);

        var alone = LogisticTrainer.Train(features, labels, new LogisticOptions { SampleWeight = training }, null, Token);
        trained.StandardizedCoefficients.ShouldBe(alone.StandardizedCoefficients);
    }

    [Fact]
    public void AHoldoutOfOneClassIsRefused()
    {
        var (features, _) = RandomData.Make(40, 2, 6);
        double[] labels = [.. Enumerable.Range(0, 40).Select(i => i is > 0 and < 20 ? 0.0 : 1)];
        var options = new LogisticOptions { Holdout = 0.25, TimeOrder = [.. Enumerable.Range(0, 40).Select(i => (double)i)] };

        Should.Throw<UntrainableDataException>(() => LogisticTrainer.Train(features, labels, options, null, Token))
            .Code.ShouldBe("class_missing_from_split");
    }

    public static TheoryData<string, LogisticOptions> BadOptions => new()
    {
        { "Groups", new LogisticOptions { Groups = [1, 2] } },
        { "Groups", new LogisticOptions { Groups = [1], Folds = 2 } },
        { "TimeOrder", new LogisticOptions { TimeOrder = [1, 2] } },
        { "TimeOrder", new LogisticOptions { TimeOrder = [1, 2], Folds = 2 } },
        { "TimeOrder", new LogisticOptions { TimeOrder = [1], Holdout = 0.5 } },
        { "TimeOrder", new LogisticOptions { TimeOrder = [1, 2], Groups = [1, 2], Holdout = 0.5 } },
        { "InitialWeights", new LogisticOptions { InitialWeights = [1] } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void AnInvalidOptionIsNamed(string name, LogisticOptions options)
    {
        var table = new FeatureTable(2, [new("kind", new CategoryCodes([0, 1], ["a", "b"]))], null);

        Should.Throw<ArgumentException>(() => LogisticTrainer.Train(table, Defaults(table), [0, 1], options, null, Token)).ParamName.ShouldBe(name);
    }

    private static ColumnPreparation[] Defaults(FeatureTable table) => [.. table.Columns.Select(_ => new ColumnPreparation())];

    private static ClassificationMetrics Score(LogisticTraining trained, FeatureTable table, double[] labels, int[] rows) =>
        ClassificationMetrics.FromMargins([.. rows.Select(row => labels[row])], Margins(trained, table, rows));

    private static double[] Margins(LogisticTraining trained, FeatureTable table, int[] rows)
    {
        var (numbers, codes) = ServedRows.Of(table, trained.Preparation!, rows);
        var margins = new double[rows.Length];
        new PreparedModel(trained.Preparation!, trained.Model).PredictMargins(numbers, codes, margins);
        return margins;
    }
}
