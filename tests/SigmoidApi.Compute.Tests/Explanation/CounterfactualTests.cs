using CsCheck;
using SigmoidApi.Compute.Explanation;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Explanation;

public class CounterfactualTests
{
    /// <summary>Log-odds −1 + 0.5·a − 2·b + 0.25·n + {x: 0, y: 1, z: 3} + {no: 0, yes: −1}.</summary>
    private static readonly PreparedModel Model = new(
        new([Number("a"), Category("kind", "x", "y", "z"), Number("b"), Number("n"), Category("flag", "no", "yes")]),
        new LogisticModel(-1, [0.5, 1, 3, -2, 0.25, -1]));

    /// <summary>a = 1, b = 1, n = 4, kind x, flag no: log-odds −1.5.</summary>
    private static readonly double[] Numbers = [1, 1, 4];

    private static readonly int[] Codes = [0, 0];

    private static readonly VariedColumn A = VariedColumn.OfNumber(0, -10, 10, scale: 1);
    private static readonly VariedColumn Kind = VariedColumn.OfCategory(1, [0, 1, 2]);
    private static readonly VariedColumn B = VariedColumn.OfNumber(2, 0.5, 3, scale: 1);
    private static readonly VariedColumn Whole = VariedColumn.OfNumber(3, 0, 20, scale: 4, isWhole: true);
    private static readonly VariedColumn Flag = VariedColumn.OfCategory(4, [0, 1]);

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.1)]
    [InlineData(0.01)]
    public void OneNumberChangesByTheMissingLogOddsOverItsCoefficient(double target)
    {
        var found = Find(target, A);

        found.Reached.ShouldBeTrue();
        found.IsLeast.ShouldBeTrue();
        found.Changes.ShouldHaveSingleItem().Number!.Value.ShouldBe(1 + (Math.Log(target / (1 - target)) + 1.5) / 0.5, 1e-9);
        Predicted(found).ShouldBe(found.Probability);
        found.Probability.ShouldBe(target, 1e-9);
        (target > 0.18 ? found.Probability >= target : found.Probability <= target).ShouldBeTrue();
    }

    [Fact]
    public void WholeNumbersStayWholeAndGoNoFurtherThanNeeded()
    {
        // Needs 1.5 / 0.25 = 6 more.
        Find(0.5, Whole).Changes.ShouldBe([new(3, 10, null)]);
        Find(0.51, Whole).Changes.ShouldBe([new(3, 11, null)]);
        Find(0.1, Whole).Changes.ShouldBe([new(3, 1, null)]);
    }

    [Fact]
    public void AWholeNumberMovesOffAFraction() =>
        Counterfactuals.Find(Model, [1, 1, 4.5], Codes, 0.5, [Whole], cancellationToken: Token).Changes.ShouldBe([new(3, 10, null)]);

    [Fact]
    public void OfLevelsThatSufficeTheOneNearestTheTargetIsTaken()
    {
        Find(0.3, Kind).Changes.ShouldBe([new(1, null, 1)]);
        Find(0.5, Kind).Changes.ShouldBe([new(1, null, 2)]);
    }

    [Fact]
    public void OfColumnsThatSufficeAloneTheNearestIsTaken()
    {
        // Either alone suffices: a needs 3 deviations, n needs 6 of 4.
        var found = Find(0.5, A, Whole);

        found.Changes.ShouldHaveSingleItem();
        found.Changes[0].Column.ShouldBe(3);
        found.Distance.ShouldBe(1.5);
    }

    [Fact]
    public void TwoColumnsChangeWhereOneIsNotEnough()
    {
        // The level gives 3, b at most 1; both are needed for log-odds 2.
        var found = Find(1 / (1 + Math.Exp(-2)), Kind, B);

        found.Reached.ShouldBeTrue();
        found.Changes.Select(change => change.Column).ShouldBe([1, 2]);
        found.Changes[0].Code.ShouldBe(2);
        found.Changes[1].Number!.Value.ShouldBe(0.75, 1e-9);
        found.Distance.ShouldBe(1.25, 1e-9);
    }

    [Fact]
    public void AnUnreachableTargetGetsTheClosestRecord()
    {
        var found = Find(0.99, B, Flag);

        found.Reached.ShouldBeFalse();
        found.Changes.ShouldBe([new(2, 0.5, null)]);
        found.Probability.ShouldBe(1 / (1 + Math.Exp(0.5)), 1e-15);
        Predicted(found).ShouldBe(found.Probability);
    }

    [Fact]
    public void ARangeThatLacksTheValueIsEntered()
    {
        // a = 1 is below the range, whose first value already gives more than is needed.
        var found = Find(0.3, VariedColumn.OfNumber(0, 5, 8, scale: 2));

        found.Changes.ShouldBe([new(0, 5, null)]);
        found.Distance.ShouldBe(2);
        Find(0.3, VariedColumn.OfNumber(0, -8, 0, scale: 2)).Changes.ShouldBeEmpty();
    }

    [Fact]
    public void ARecordAtTheTargetStaysAsItIs()
    {
        var margin = new double[1];
        Model.PredictProbabilities([.. Numbers], [[0], [0]], margin);

        var found = Find(margin[0], A, Kind);

        found.ShouldSatisfyAllConditions(one => one.Reached.ShouldBeTrue(), one => one.Distance.ShouldBe(0), one => one.Changes.ShouldBeEmpty());
    }

    [Fact]
    public void NothingToVaryChangesNothing() => Find(0.9).ShouldSatisfyAllConditions(
        one => one.Reached.ShouldBeFalse(), one => one.Changes.ShouldBeEmpty(), one => one.Probability.ShouldBe(1 / (1 + Math.Exp(1.5)), 1e-15));

    [Fact]
    public void WrongArgumentsAreNamed()
    {
        Should.Throw<ArgumentException>(() => Find(1, A)).ParamName.ShouldBe("target");
        Should.Throw<ArgumentException>(() => Find(0, A)).ParamName.ShouldBe("target");
        Should.Throw<ArgumentException>(() => Find(0.5, A, A)).ParamName.ShouldBe("vary");
        Should.Throw<ArgumentException>(() => Find(0.5, VariedColumn.OfNumber(1, 0, 1, 1)));
        Should.Throw<ArgumentException>(() => Find(0.5, VariedColumn.OfCategory(0, [0])));
        Should.Throw<ArgumentException>(() => Find(0.5, VariedColumn.OfNumber(9, 0, 1, 1)));
        Should.Throw<ArgumentException>(() => Counterfactuals.Find(Model, [double.NaN, 1, 4], Codes, 0.5, [A]));
        Should.Throw<ArgumentException>(() => VariedColumn.OfNumber(0, 1, 0, 1)).ParamName.ShouldBe("low");
        Should.Throw<ArgumentException>(() => VariedColumn.OfNumber(0, 0, 1, 0)).ParamName.ShouldBe("scale");
    }

    [Fact]
    public void CanceledSearchesEnd() => Should.Throw<OperationCanceledException>(() =>
        Counterfactuals.Find(Model, Numbers, Codes, 0.9, [A], cancellationToken: new CancellationToken(canceled: true)));

    /// <param name="Coefficients">Of the columns: wholes first, then categories of three levels (two coefficients each).</param>
    private sealed record Case(int Wholes, double[] Coefficients, double[] Scales, double Target, PreparedModel Model);

    private static readonly Gen<Case> Cases = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int).Where((wholes, categories, _) => wholes + categories > 0)
        .Select((wholes, categories, seed) =>
        {
            var random = new Random(seed);
            double[] coefficients = [.. Enumerable.Range(0, wholes + 2 * categories).Select(_ => Math.Round(4 * random.NextDouble() - 2, 2))];
            FittedColumn[] columns =
            [
                .. Enumerable.Range(0, wholes).Select(i => Number($"n{i}")), .. Enumerable.Range(0, categories).Select(i => Category($"c{i}", "x", "y", "z")),
            ];
            return new Case(wholes, coefficients, [.. Enumerable.Range(0, wholes).Select(_ => 0.5 + random.NextDouble())],
                0.02 + 0.96 * random.NextDouble(), new(new(columns), new LogisticModel(random.NextDouble() - 0.5, coefficients)));
        });

    [Fact]
    public void NoOtherRecordHasFewerChangesOrLessDistance() => Cases.Sample(data =>
    {
        var columns = data.Model.Preparation.Columns.Count;
        double[] numbers = [.. Enumerable.Repeat(2.0, data.Wholes)];
        int[] codes = [.. Enumerable.Repeat(0, columns - data.Wholes)];
        VariedColumn[] vary = [.. Enumerable.Range(0, columns).Select(j => j < data.Wholes
            ? VariedColumn.OfNumber(j, 0, 4, data.Scales[j], isWhole: true)
            : VariedColumn.OfCategory(j, [0, 1, 2]))];

        var found = Counterfactuals.Find(data.Model, numbers, codes, data.Target, vary);

        found.IsLeast.ShouldBeTrue();
        // Every record: each number from 0 to 4, each category of three levels.
        var start = Probability(data.Model, numbers, codes);
        var isRaised = start < data.Target;
        var (fewest, least, closest) = (int.MaxValue, double.PositiveInfinity, start);
        var records = (int)Math.Pow(5, data.Wholes) * (int)Math.Pow(3, codes.Length);
        for (var record = 0; record < records; record++)
        {
            var rest = record;
            double[] others = [.. numbers.Select(_ => { var value = rest % 5; rest /= 5; return (double)value; })];
            int[] levels = [.. codes.Select(_ => { var code = rest % 3; rest /= 3; return code; })];
            var probability = Probability(data.Model, others, levels);
            closest = isRaised ? Math.Max(closest, probability) : Math.Min(closest, probability);
            if (isRaised ? probability < data.Target : probability > data.Target)
                continue;
            var changes = others.Count(value => value != 2) + levels.Count(code => code != 0);
            var distance = others.Zip(data.Scales).Sum(pair => Math.Abs(pair.First - 2) / pair.Second) + levels.Count(code => code != 0);
            if (changes < fewest || (changes == fewest && distance < least))
                (fewest, least) = (changes, distance);
        }

        found.Reached.ShouldBe(fewest < int.MaxValue);
        found.Changes.Count.ShouldBe(found.Reached ? fewest : found.Changes.Count);
        found.Distance.ShouldBe(found.Reached ? least : found.Distance, 1e-9);
        found.Probability.ShouldBe(found.Reached ? found.Probability : closest, 1e-12);
    }, iter: 500);

    [Fact]
    public void NumbersReachTheTargetWithoutGoingBeyondIt() => Gen.Select(Gen.Int[1, 6], Gen.Double[0.01, 0.99], Gen.Int).Sample((count, target, seed) =>
    {
        var random = new Random(seed);
        double[] coefficients = [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
        var model = new PreparedModel(new([.. Enumerable.Range(0, count).Select(i => Number($"x{i}"))]), new LogisticModel(0.3, coefficients));
        double[] row = [.. coefficients.Select(_ => random.NextDouble())];
        VariedColumn[] vary = [.. row.Select((value, j) => VariedColumn.OfNumber(j, value - 4, value + 4, 0.5 + random.NextDouble()))];

        var found = Counterfactuals.Find(model, row, [], target, vary);

        if (found.Reached)
            found.Probability.ShouldBe(target, 1e-9);
        // Each number can add 4·|coefficient| to the log-odds.
        double[] most = [.. coefficients.Select(b => 4 * Math.Abs(b)).OrderDescending()];
        var margin = new double[1];
        model.PredictMargins([.. row], [], margin);
        var need = Math.Abs(Math.Log(target / (1 - target)) - margin[0]);
        found.Reached.ShouldBe(most.Sum() >= need);
        if (found.Reached)
            found.Changes.Count.ShouldBe(Enumerable.Range(1, count).First(k => most.Take(k).Sum() >= need));
    }, iter: 500);

    private static FittedNumber Number(string name) => new(name, fill: 0, missingIndicator: false, missing: 0, present: 1);

    private static FittedCategory Category(string name, params string[] levels) =>
        new(name, levels, levels[0], [], null, missingIndicator: false, UnknownLevel.Ignore, 0, 1);

    private static Counterfactual Find(double target, params VariedColumn[] vary) =>
        Counterfactuals.Find(Model, Numbers, Codes, target, vary, cancellationToken: TestContext.Current.CancellationToken);

    private static double Probability(PreparedModel model, double[] numbers, int[] codes)
    {
        var probability = new double[1];
        model.PredictProbabilities([.. numbers], Array.ConvertAll(codes, code => new[] { code }), probability);
        return probability[0];
    }

    /// <summary>The probability of the changed record: columns 0, 2 and 3 are numbers.</summary>
    private static double Predicted(Counterfactual found)
    {
        double[] numbers = [.. Numbers];
        int[] codes = [.. Codes];
        foreach (var change in found.Changes)
        {
            if (change.Number is { } number)
                numbers[change.Column == 0 ? 0 : change.Column - 1] = number;
            else
                codes[change.Column == 1 ? 0 : 1] = change.Code!.Value;
        }
        return Probability(Model, numbers, codes);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
