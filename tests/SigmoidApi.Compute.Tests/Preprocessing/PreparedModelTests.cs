using CsCheck;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Preprocessing;

public class PreparedModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void MarginsAgreeWithTheDesignRows() =>
        Gen.Select(RandomTable.Tables, RandomTable.Tables, RandomTable.Options.Array[4], Gen.Int).Sample((training, table, options, seed) =>
        {
            options = [.. options.Select(option => option.Unknown == UnknownLevel.Error ? option with { Unknown = UnknownLevel.Ignore } : option)];
            var preparation = Preparation.Fit(training, options, null, Token);
            var random = new Random(seed);
            var model = new LogisticModel(0.3, [.. preparation.Terms.Select(_ => 4 * random.NextDouble() - 2)]);
            var (numbers, codes) = ServedRows.Of(table, preparation, [.. Enumerable.Range(0, table.Rows)]);
            var margins = new double[table.Rows];

            new PreparedModel(preparation, model).PredictMargins(numbers, codes, margins);

            var design = preparation.Transform(table, Token);
            for (var i = 0; i < table.Rows; i++)
                margins[i].ShouldBe(0.3 + design.RowOf(i).Zip(model.Coefficients.ToArray(), (x, w) => x * w).Sum(), 1e-12);
            numbers.ShouldNotContain(double.NaN);
        }, iter: 500);

    [Fact]
    public void WithoutCategoriesTheBitsAreThoseOfTheModel()
    {
        var (features, labels) = ReferenceData.Csv("spambase.csv");
        FeatureColumn[] columns = [.. Enumerable.Range(0, features.Columns).Select(j => new FeatureColumn($"x{j}", null))];
        var table = new FeatureTable(features.Rows, columns, features);
        var trained = LogisticTrainer.Train(table, [.. columns.Select(_ => new ColumnPreparation())], labels, new LogisticOptions(), null, Token);
        double[] rows = [.. Enumerable.Range(0, features.Rows).SelectMany(i => features.Row(i).ToArray())];
        var (expected, actual) = (new double[features.Rows], new double[features.Rows]);
        trained.Model.PredictProbabilities(rows, expected);

        new PreparedModel(trained.Preparation!, trained.Model).PredictProbabilities(rows, [], actual);

        actual.ShouldBe(expected);
    }

    [Fact]
    public void UnknownLevelsFollowTheOption()
    {
        double MarginOf(UnknownLevel unknown, params string[] infrequent)
        {
            var category = new FittedCategory("kind", ["a"], null, infrequent, "a", missingIndicator: false, unknown, 0, 1);
            var model = new PreparedModel(new Preparation([category]), new LogisticModel(1, infrequent.Length > 0 ? [2, 4] : [2]));
            var margins = new double[1];
            model.PredictMargins([], [[category.CodeOf("z")]], margins);
            return margins[0];
        }

        MarginOf(UnknownLevel.Ignore, "b", "c").ShouldBe(1);
        MarginOf(UnknownLevel.Infrequent, "b", "c").ShouldBe(5);
        MarginOf(UnknownLevel.Infrequent).ShouldBe(1);
        Should.Throw<ArgumentException>(() => MarginOf(UnknownLevel.Error, "b")).Message.ShouldStartWith("Row 0: 'kind' has a level that no training row had.");
    }

    [Fact]
    public void CodesFollowTheLevels()
    {
        var category = new FittedCategory("kind", ["a", "c"], "a", ["b", "d"], null, missingIndicator: false, UnknownLevel.Ignore, 0, 1);

        new[] { "a", "c", "b", "d", "z", null }.Select(category.CodeOf).ShouldBe([0, 1, 2, 2, FittedCategory.UnknownCode, FittedCategory.MissingCode]);
    }

    [Fact]
    public void InputsOfAWrongLengthOrCodeAreRefused()
    {
        var category = new FittedCategory("kind", ["a"], null, [], null, missingIndicator: false, UnknownLevel.Ignore, 0, 1);
        var model = new PreparedModel(new Preparation([category]), new LogisticModel(1, [2]));

        Should.Throw<ArgumentException>(() => model.PredictMargins([1.0], [[0]], new double[1])).Message.ShouldStartWith("Expected no numbers, got 1.");
        Should.Throw<ArgumentException>(() => model.PredictMargins([], [], new double[1])).Message.ShouldStartWith("There are 1 categories, but codes for 0.");
        Should.Throw<ArgumentException>(() => model.PredictMargins([], [[0, 0]], new double[1])).Message.ShouldStartWith("Expected 1 codes for 'kind', got 2.");
        Should.Throw<ArgumentException>(() => model.PredictMargins([], [[1]], new double[1])).Message.ShouldStartWith("Row 0: 1 is not a code of 'kind'.");
        Should.Throw<ArgumentException>(() => new PreparedModel(new Preparation([category]), new LogisticModel(1, [2, 3]))).Message
            .ShouldStartWith("There are 1 terms and 2 coefficients.");
    }
}
