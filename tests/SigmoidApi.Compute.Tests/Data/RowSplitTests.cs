using CsCheck;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Tests.Data;

public class RowSplitTests
{
    private static readonly Gen<int[]> Keys = Gen.Int[-3, 6].Array[2, 80].Where(keys => keys.Distinct().Count() > 1);

    private static readonly Gen<double> Fraction = Gen.Double[0.05, 0.95];

    [Fact]
    public void ShuffledSplitHoldsOutTheGivenShareOfTheRows() =>
        Gen.Select(Gen.Int[2, 200], Fraction, Gen.Long).Sample((rows, fraction, seed) =>
        {
            var split = RowSplit.Shuffled(rows, fraction, seed);

            IsPartition(split, rows);
            split.Test.Length.ShouldBe(Math.Clamp((int)Math.Round(rows * fraction), 1, rows - 1));
            RowSplit.Shuffled(rows, fraction, seed).Test.ShouldBe(split.Test);
        });

    [Fact]
    public void StratifiedSplitHoldsOutTheGivenShareOfEachClassAndLeavesOneRowForTraining() =>
        Gen.Select(Keys, Fraction, Gen.Long).Sample((classes, fraction, seed) =>
        {
            if (classes.CountBy(key => key).All(of => Math.Min((int)Math.Round(of.Value * fraction), of.Value - 1) == 0))
            {
                CodeOf(() => RowSplit.Stratified(classes, fraction, seed)).ShouldBe("empty_split");
                return;
            }
            var split = RowSplit.Stratified(classes, fraction, seed);

            IsPartition(split, classes.Length);
            foreach (var (key, members) in classes.CountBy(key => key))
                split.Test.Count(row => classes[row] == key).ShouldBe(Math.Min((int)Math.Round(members * fraction), members - 1));
            RowSplit.Stratified(classes, fraction, seed).Test.ShouldBe(split.Test);
        });

    [Fact]
    public void StratifiedSplitOfLabelsEqualsTheHoldout()
    {
        int[] classes = [.. Enumerable.Range(0, 20).Select(i => i % 3 == 0 ? 1 : 0)];

        RowSplit.Stratified(classes, 0.25, 42).Test.ShouldBe([3, 6, 8, 13, 19]);
    }

    [Fact]
    public void GroupsStayWholeAndTheTestMissesTheFractionByLessThanAGroup() =>
        Gen.Select(Keys, Fraction, Gen.Long).Sample((groups, fraction, seed) =>
        {
            var split = RowSplit.ByGroup(groups, fraction, seed);

            IsPartition(split, groups.Length);
            split.Test.Select(row => groups[row]).Intersect(split.Training.Select(row => groups[row])).ShouldBeEmpty();
            var distance = Math.Abs(split.Test.Length - groups.Length * fraction);
            distance.ShouldBeLessThan(groups.CountBy(key => key).Max(of => of.Value));
            var left = split.Training.CountBy(row => groups[row]).ToArray();
            foreach (var (_, rows) in left.Length > 1 ? left : [])
                Math.Abs(split.Test.Length + rows - groups.Length * fraction).ShouldBeGreaterThanOrEqualTo(distance);
            RowSplit.ByGroup(groups, fraction, seed).Test.ShouldBe(split.Test);
        });

    /// <summary>For groups of 50, 30, 15 and 5 rows, an earlier version gave tests of 20, 50, 50, 35 and 50 rows instead of 30.</summary>
    [Fact]
    public void SplitOfAFewUnevenGroupsIsCloseToTheFraction()
    {
        int[] groups = [.. Enumerable.Range(0, 100).Select(row => row < 50 ? 0 : row < 80 ? 1 : row < 95 ? 2 : 3)];

        int[] tests = [.. Enumerable.Range(0, 100).Select(seed => RowSplit.ByGroup(groups, 0.3, seed).Test.Length)];

        tests.ShouldAllBe(rows => rows >= 25 && rows <= 35);
        tests.ShouldContain(30);
    }

    [Fact]
    public void ManyGroupsHaveAboutEqualChances()
    {
        int[] groups = [.. Enumerable.Range(0, 100).SelectMany(group => Enumerable.Repeat(group, 1 + group % 7))];
        var chosen = new int[100];

        for (var seed = 0; seed < 2000; seed++)
        {
            var test = RowSplit.ByGroup(groups, 0.3, seed).Test;
            Math.Abs(test.Length - groups.Length * 0.3).ShouldBeLessThan(1);
            foreach (var group in test.Select(row => groups[row]).Distinct())
                chosen[group]++;
        }

        // Six standard errors of a share are 0.06.
        chosen.Select(count => count / 2000.0).ShouldAllBe(share => Math.Abs(share - 0.3) < 0.08);
    }

    [Fact]
    public void TestRowsAreTheLastInTimeAndRowsOfOneTimeStayTogether() =>
        Gen.Select(Keys, Fraction).Sample((times, fraction) =>
        {
            double[] order = [.. times.Select(time => time / 2.0)];

            var split = RowSplit.ByTime(order, fraction);

            IsPartition(split, order.Length);
            var start = split.Test.Min(row => order[row]);
            split.Training.Max(row => order[row]).ShouldBeLessThan(start);
            var wanted = Math.Clamp((int)Math.Round(order.Length * fraction), 1, order.Length - 1);
            // The test has more rows than wanted only to keep its first time whole, and fewer only if training would be empty otherwise.
            split.Test.Count(row => order[row] > start).ShouldBeLessThan(wanted);
            if (split.Test.Length < wanted)
                split.Training.Select(row => order[row]).Distinct().ShouldHaveSingleItem();
        });

    [Fact]
    public void GroupFoldsKeepGroupsWholeAndAreEven() =>
        Gen.Select(Gen.Int[0, 30].Array[40, 120], Gen.Int[2, 5], Gen.Long).Sample((groups, folds, seed) =>
        {
            var foldOf = RowSplit.GroupFolds(groups, folds, seed);

            foldOf.Zip(groups).Distinct().Select(pair => pair.Second).ShouldBeUnique();
            int[] sizes = [.. Enumerable.Range(0, folds).Select(fold => foldOf.Count(of => of == fold))];
            (sizes.Max() - sizes.Min()).ShouldBeLessThanOrEqualTo(groups.CountBy(key => key).Max(of => of.Value));
            sizes.Min().ShouldBeGreaterThan(0);
            RowSplit.GroupFolds(groups, folds, seed).ShouldBe(foldOf);
        });

    [Fact]
    public void SeedGivesTheSameRowsOnEveryMachine()
    {
        // Computed by an independent implementation in Python.
        int[] groups = [.. Enumerable.Range(0, 20).Select(i => i * 7 % 5)];

        RowSplit.Shuffled(20, 0.25, 42).Test.ShouldBe([1, 7, 9, 15, 16]);
        RowSplit.ByGroup(groups, 0.4, 42).Test.Select(row => groups[row]).Distinct().Order().ShouldBe([1, 2]);
        RowSplit.GroupFolds(groups, 2, 42).Take(5).ShouldBe([1, 1, 0, 0, 0]);
    }

    [Fact]
    public void RowsOfTheBoundaryTimeAreTestRowsUnlessTrainingWouldBeEmpty()
    {
        RowSplit.ByTime([3, 1, 2, 2, 2, 3], 0.5).Test.ShouldBe([0, 2, 3, 4, 5]);
        RowSplit.ByTime([1, 1, 1, 2], 0.5).Test.ShouldBe([3]);
        CodeOf(() => RowSplit.ByTime([1, 1], 0.5)).ShouldBe("empty_split");
        CodeOf(() => RowSplit.ByTime([1, double.NaN], 0.5)).ShouldBe("missing_order");
    }

    [Fact]
    public void SplitWithAnEmptyPartIsRefused()
    {
        CodeOf(() => RowSplit.Shuffled(1, 0.5, 0)).ShouldBe("empty_split");
        CodeOf(() => RowSplit.ByGroup([7, 7, 7], 0.5, 0)).ShouldBe("empty_split");
        CodeOf(() => RowSplit.GroupFolds([7, 8, 7], 3, 0)).ShouldBe("empty_split");
        Should.Throw<ArgumentOutOfRangeException>(() => RowSplit.Shuffled(2, 1, 0)).ParamName.ShouldBe("fraction");
    }

    private static void IsPartition((int[] Training, int[] Test) split, int rows)
    {
        split.Training.Concat(split.Test).Order().ShouldBe(Enumerable.Range(0, rows));
        split.Training.ShouldBeInOrder();
        split.Test.ShouldBeInOrder();
        split.Training.ShouldNotBeEmpty();
        split.Test.ShouldNotBeEmpty();
    }

    private static string CodeOf(Action split) => Should.Throw<UntrainableDataException>(split).Code;
}
