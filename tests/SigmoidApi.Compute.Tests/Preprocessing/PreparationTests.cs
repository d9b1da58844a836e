using System.Text.Json;
using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Tests.Preprocessing;

public class PreparationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Gen<ColumnPreparation[]> Options = RandomTable.Options.Array[4];

    [Fact]
    public void ARowOfWeight2CountsTwiceAndOneOfWeight0NotAtAll() =>
        Gen.Select(RandomTable.Tables, Options, Gen.Int).Sample((table, options, seed) =>
        {
            var random = new Random(seed);
            int[] weights = [.. Enumerable.Range(0, table.Rows).Select(i => i == 0 ? 1 : random.Next(3))];
            int[] repeated = [.. Enumerable.Range(0, table.Rows).SelectMany(i => Enumerable.Repeat(i, weights[i]))];

            var weighted = Preparation.Fit(table, options, [.. weights.Select(weight => (double)weight)], Token);

            weighted.Describe().ShouldBe(Preparation.Fit(table.Select(repeated), options, null, Token).Describe());
        }, iter: 500);

    [Fact]
    public void MediansUseWeights() =>
        Gen.Select(RandomTable.Tables, Gen.Int).Sample((table, seed) =>
        {
            var random = new Random(seed);
            int[] weights = [.. Enumerable.Range(0, table.Rows).Select(_ => random.Next(3))];
            int[] repeated = [.. Enumerable.Range(0, table.Rows).SelectMany(i => Enumerable.Repeat(i, weights[i]))];
            ColumnPreparation[] options = [new(), new() { Imputation = Imputation.Median }, new(), new() { Imputation = Imputation.Median }];

            var fitted = Preparation.Fit(table, options, [.. weights.Select(weight => (double)weight)], Token);

            foreach (var (column, k) in new[] { (1, 0), (3, 1) })
            {
                double[] values = [.. repeated.Select(row => table.Numbers!.RowOf(row)[k]).Where(value => !double.IsNaN(value)).Order()];
                var median = values.Length == 0 ? 0 : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
                ((FittedNumber)fitted.Columns[column]).Fill.ShouldBe(median);
            }
        }, iter: 500);

    [Fact]
    public void NothingIsLearnedFromRowsOfWeight0() =>
        Gen.Select(RandomTable.Tables, RandomTable.Tables, Options).Sample((table, other, options) =>
        {
            var half = table.Rows / 2;
            double[] weights = [.. Enumerable.Range(0, table.Rows).Select(i => i < half ? 1.0 : 0)];
            // The second half of the rows comes from another table.
            var rows = Enumerable.Range(0, table.Rows).Select(i => i < half ? (From: table, Row: i) : (From: other, Row: i % other.Rows)).ToArray();
            var changed = RandomTable.Of([.. rows.SelectMany(row => row.From.Numbers!.RowOf(row.Row))],
                [.. rows.Select(row => row.From.Columns[0].Codes!.Codes[row.Row])], [.. rows.Select(row => row.From.Columns[2].Codes!.Codes[row.Row])]);

            Preparation.Fit(changed, options, weights, Token).Describe().ShouldBe(Preparation.Fit(table, options, weights, Token).Describe());
        }, iter: 500);

    [Fact]
    public void DenseAndSparseRowsAgreeWithEachOtherAndWithTheTerms() =>
        Gen.Select(RandomTable.Tables, RandomTable.Tables, Options).Sample((training, table, options) =>
        {
            var preparation = Preparation.Fit(training, options, null, Token);

            var encoder = new DesignEncoder(preparation, table);
            var (dense, sparse) = (encoder.ToDense(new ThreadCrew(), Token), encoder.ToSparse(Token));

            for (var i = 0; i < table.Rows; i++)
            {
                dense.RowOf(i).ShouldBe(sparse.RowOf(i));
                dense.RowOf(i).ShouldBe(preparation.Terms.Select(term => ValueByTerm(preparation, table, i, term)));
            }
        }, iter: 300);

    /// <summary>The value of a design column according to its name.</summary>
    private static double ValueByTerm(Preparation preparation, FeatureTable table, int row, string term)
    {
        var (name, level) = term.Split('=') is [var left, var right] ? (left, right) : (term, null);
        var ofMissing = name.EndsWith(" is missing", StringComparison.Ordinal);
        name = ofMissing ? name[..^" is missing".Length] : name;
        var index = Enumerable.Range(0, 4).Single(j => table.Columns[j].Name == name);
        var codes = table.Columns[index].Codes;
        if (codes is null)
        {
            var value = table.Numbers!.RowOf(row)[index / 2];
            return ofMissing ? double.IsNaN(value) ? 1 : 0 : double.IsNaN(value) ? ((FittedNumber)preparation.Columns[index]).Fill : value;
        }
        var category = (FittedCategory)preparation.Columns[index];
        var actual = codes.Codes[row] < 0 ? null : codes.Levels[codes.Codes[row]];
        if (ofMissing)
            return actual is null ? 1 : 0;
        actual ??= category.Fill;
        if (actual is null)
            return 0;
        var isKnown = category.Levels.Contains(actual) || category.Infrequent.Contains(actual);
        if (level == "(infrequent)")
            return category.Infrequent.Contains(actual) || (!isKnown && category.Unknown == UnknownLevel.Infrequent) ? 1 : 0;
        return actual == level ? 1 : 0;
    }

    [Fact]
    public void CompleteNumbersAreNotCopied()
    {
        var numbers = DesignMatrix.FromRows([1, 2, 3, 4], 2, 2);
        var table = new FeatureTable(2, [new("x", null), new("y", null)], numbers);

        var preparation = Preparation.Fit(table, [new() { MissingIndicator = true }, new()], null, Token);

        preparation.Transform(table, Token).ShouldBeSameAs(numbers);
        preparation.Terms.ShouldBe(["x", "y"]);
        preparation.Columns.Cast<FittedNumber>().Select(column => column.Fill).ShouldBe([2, 3]);
    }

    [Fact]
    public void TermsFollowTheOrderOfTheColumns()
    {
        var table = RandomTable.Of([1, double.NaN, 2, 5, 3, 6], [0, 1, 2], [-1, 4, 4]);
        ColumnPreparation[] options = [new() { Drop = DroppedLevel.First, MaxLevels = 2 }, new() { MissingIndicator = true },
            new() { MissingIndicator = true, MinFrequency = 4 }, new() { MissingIndicator = true }];

        var preparation = Preparation.Fit(table, options, null, Token);

        preparation.Terms.ShouldBe(["kind=b", "kind=(infrequent)", "x", "colour=(infrequent)", "colour is missing", "y", "y is missing"]);
        preparation.Indicators.ShouldBe([true, true, false, true, true, false, true]);
        preparation.Transform(table, Token).RowOf(0).ShouldBe([1, 0, 1, 1, 1, 5.5, 1]);
    }

    [Fact]
    public void TheSmallestOfEquallyFrequentLevelsCountsAsTheMostFrequent()
    {
        // Levels are b, a, e, c, d.
        var table = RandomTable.Of([2, 7, 1, 7, 2, 8, 1, 8, 9, 9], [0, 1, 0, 1, 3], [4, 3, 2, 1, 0]);
        ColumnPreparation[] options =
        [
            new() { MaxLevels = 1 }, new() { Imputation = Imputation.MostFrequent }, new() { MaxLevels = 3 }, new() { Imputation = Imputation.MostFrequent },
        ];

        var preparation = Preparation.Fit(table, options, null, Token);

        var (kind, colour) = ((FittedCategory)preparation.Columns[0], (FittedCategory)preparation.Columns[2]);
        kind.Fill.ShouldBe("a");
        kind.Levels.ShouldBe(["a"]);
        kind.Infrequent.ShouldBe(["b", "c"]);
        colour.Fill.ShouldBe("a");
        colour.Levels.ShouldBe(["a", "b", "c"]);
        colour.Infrequent.ShouldBe(["d", "e"]);
        ((FittedNumber)preparation.Columns[1]).Fill.ShouldBe(1);
        ((FittedNumber)preparation.Columns[3]).Fill.ShouldBe(7);
    }

    [Fact]
    public void ColumnsWithoutAnyValueAreMarked()
    {
        var table = RandomTable.Of([double.NaN, 1, double.NaN, 2], [-1, -1], [-1, -1]);
        ColumnPreparation[] options = [new(), new(), new() { Imputation = Imputation.Constant, FillLevel = "none" }, new()];

        var preparation = Preparation.Fit(table, options, null, Token);

        preparation.Columns.Select(column => column.AllMissing).ShouldBe([true, true, true, false]);
        preparation.Terms.ShouldBe(["x", "colour=none", "y"]);
        preparation.Transform(table, Token).RowOf(1).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void ADesignWithoutColumnsIsRefused()
    {
        var table = new FeatureTable(2, [new("kind", new CategoryCodes([-1, -1], ["a"]))], null);
        var preparation = Preparation.Fit(table, [new()], null, Token);

        Should.Throw<UntrainableDataException>(() => preparation.Transform(table, Token)).Code.ShouldBe("no_columns");
    }

    [Fact]
    public void AFilledConstantColumnStaysConstant()
    {
        var table = new FeatureTable(4, [new("x", null)], DesignMatrix.FromRows([0.1, double.NaN, 0.1, 0.1], 4, 1));

        var matrix = Preparation.Fit(table, [new()], null, Token).Transform(table, Token);

        Enumerable.Range(0, 4).ShouldAllBe(i => matrix.RowOf(i)[0] == 0.1);
    }

    [Fact]
    public void APreparationCanBeRebuiltFromItsFittedColumns() =>
        Gen.Select(RandomTable.Tables, Options).Sample((table, options) =>
        {
            var preparation = Preparation.Fit(table, options, null, Token);

            var again = new Preparation([.. preparation.Columns.Select<FittedColumn, FittedColumn>(column => column is FittedCategory category
                ? new FittedCategory(category.Name, category.Levels, category.Reference, category.Infrequent, category.Fill, category.MissingIndicator,
                    category.Unknown, category.Missing, category.Present)
                : new FittedNumber(column.Name, ((FittedNumber)column).Fill, column.MissingIndicator, column.Missing, column.Present))]);

            again.Terms.ShouldBe(preparation.Terms);
            again.Describe().ShouldBe(preparation.Describe());
            for (var i = 0; i < table.Rows; i++)
                again.Transform(table, Token).RowOf(i).ShouldBe(preparation.Transform(table, Token).RowOf(i));
        }, iter: 50);

    [Fact]
    public void FittedColumnsSurviveAJsonRoundTrip()
    {
        var category = new FittedCategory("kind", ["a", "b"], "a", ["c"], "b", missingIndicator: true, UnknownLevel.Infrequent, 2.5, 7);
        var number = new FittedNumber("x", 0.1, missingIndicator: true, 1, 3);

        var again = new Preparation([
            JsonSerializer.Deserialize<FittedCategory>(JsonSerializer.Serialize(category))!,
            JsonSerializer.Deserialize<FittedNumber>(JsonSerializer.Serialize(number))!,
        ]);

        again.Describe().ShouldBe("kind [a,b] a [c] b True Infrequent 2.5 7; x 0.1 True 1 3");
    }

    public static TheoryData<string, ColumnPreparation> BadOptions => new()
    {
        { "Imputation", new ColumnPreparation { Imputation = Imputation.Mean } },
        { "Imputation", new ColumnPreparation { Imputation = (Imputation)99 } },
        { "FillLevel", new ColumnPreparation { Imputation = Imputation.Constant } },
        { "FillNumber", new ColumnPreparation { FillNumber = double.NaN } },
        { "MinFrequency", new ColumnPreparation { MinFrequency = -1 } },
        { "MaxLevels", new ColumnPreparation { MaxLevels = 0 } },
        { "Unknown", new ColumnPreparation { Unknown = (UnknownLevel)99 } },
        { "Drop", new ColumnPreparation { Drop = DroppedLevel.Of("A") } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void AnInvalidOptionIsNamedWithItsColumn(string name, ColumnPreparation options)
    {
        var table = new FeatureTable(1, [new("kind", new CategoryCodes([0], ["a"]))], null);

        var problem = Should.Throw<ArgumentException>(() => Preparation.Fit(table, [options], null, Token));

        problem.ParamName.ShouldBe(name);
        problem.Message.ShouldContain("'kind'");
    }

    [Fact]
    public void ATableWithOtherColumnsIsRefused()
    {
        var table = new FeatureTable(1, [new("x", null)], DesignMatrix.FromRows([1], 1, 1));
        var other = new FeatureTable(1, [new("y", null)], DesignMatrix.FromRows([1], 1, 1));

        Should.Throw<ArgumentException>(() => Preparation.Fit(table, [new()], null, Token).Transform(other, Token)).ParamName.ShouldBe("table");
    }
}
