using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>Fits that are interrupted at any report and resumed from the parts that were saved before it.</summary>
[Trait("Speed", "Slow")]
public class ResumedFitTests
{
    private const int ResumesOfEach = 25;

    private static readonly Dictionary<string, LogisticOptions> Solvers = new()
    {
        ["gradient descent"] = new() { Solver = Solver.GradientDescent, MaxIterations = 8 },
        ["gradient descent that diverges"] = new() { Solver = Solver.GradientDescent, LearningRate = 1e200, MaxIterations = 8 },
        ["newton"] = new() { Solver = Solver.Newton },
        ["newton, not standardized"] = new() { Solver = Solver.Newton, Standardize = false },
        ["newton without a penalty"] = new() { Solver = Solver.Newton, Penalty = Penalty.None },
        ["newton from elsewhere"] = new() { Solver = Solver.Newton, InitialWeights = [5, -3, 8], InitialIntercept = 2 },
        ["lbfgs"] = new() { Solver = Solver.Lbfgs },
        ["lbfgs without a penalty"] = new() { Solver = Solver.Lbfgs, Penalty = Penalty.None },
        ["coordinate descent"] = new() { Solver = Solver.CoordinateDescent },
        ["coordinate descent without a penalty"] = new() { Solver = Solver.CoordinateDescent, Penalty = Penalty.None },
        ["lasso"] = new() { Penalty = Penalty.L1, C = 0.1 },
        ["elastic net"] = new() { Penalty = Penalty.ElasticNet, C = 0.1, ClassWeight = ClassWeight.Balanced },
        ["firth"] = new() { Penalty = Penalty.Firth },
        ["firth without profiles"] = new() { Penalty = Penalty.Firth, Intervals = ConfidenceIntervals.Wald },
        ["firth from where rows are saturated"] = new() { Penalty = Penalty.Firth, InitialWeights = [1e5, 0, 0] },
    };

    private static readonly Dictionary<string, Func<LogisticOptions, LogisticOptions>> Shapes = new()
    {
        ["single"] = options => options,
        ["holdout"] = options => options with { Holdout = 0.3 },
        ["folds"] = options => options with { Folds = 3 },
        ["path"] = options => options with { Cs = Cs, L1Ratios = options.Penalty == Penalty.ElasticNet ? [0.2, 0.9] : null },
        ["path and holdout"] = options => options with { Cs = Cs, Holdout = 0.3 },
        ["calibrated"] = options => options with { Calibration = new(CalibrationMethod.Isotonic, Folds: 3) },
        ["path, folds and other folds of a calibration"] = options =>
            options with { Cs = Cs, Folds = 3, Calibration = new(CalibrationMethod.Isotonic, Folds: 2) },
        ["path and folds"] = options => options with { Cs = Cs, Folds = 3, Selection = Selection.OneStandardError },
    };

    private static double[] Cs => [0.5, 0.02, 0.1, 5];

    public static TheoryData<string, string, bool> Cases()
    {
        var cases = new TheoryData<string, string, bool>();
        foreach (var (solver, options) in Solvers)
        {
            foreach (var shape in Shapes.Keys)
            {
                if (options.Penalty is Penalty.None or Penalty.Firth && shape.StartsWith("path", StringComparison.Ordinal))
                    continue;
                cases.Add(solver, shape, false);
                if (options.InitialWeights is null)
                    cases.Add(solver, shape, true);
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AFitInterruptedAtAnyStepGivesTheSameBits(string solver, string shape, bool prepared)
    {
        var uninterrupted = Fit(solver, shape, prepared);

        uninterrupted.Outcome.ShouldBe(KeptFit.Describe(uninterrupted.Train(new FitControl())));
        uninterrupted.Reports.Select(report => report.Step).ShouldBe(Enumerable.Range(0, uninterrupted.Reports.Count));
        uninterrupted.Reports.ShouldAllBe(report => report.Fits == uninterrupted.Parts.Length);
        uninterrupted.Parts.ShouldAllBe(part => part.IsFinal);
        foreach (var step in Spread(uninterrupted.PartsAt.Count, ResumesOfEach))
            ShouldResumeFrom(uninterrupted, step);
    }

    /// <summary>Covers each state of a fit by parts of the rows: the factor of a part, its corrections, and a new Hessian.</summary>
    [Theory]
    [InlineData(40_000, 30, 1e-8)]
    [InlineData(12_000, 100, 1e-14)]
    public void AnInterruptedNewtonFitByPartsGivesTheSameBits(int rows, int columns, double tolerance)
    {
        var (features, labels) = RandomData.Make(rows, columns, seed: 5);
        var uninterrupted = KeptFit.Of(features, labels, new LogisticOptions { Solver = Solver.Newton, Tolerance = tolerance, C = 100, Threads = 1 });

        uninterrupted.Reports.Count.ShouldBeGreaterThan(2);
        foreach (var step in Spread(uninterrupted.PartsAt.Count, 8))
            ShouldResumeFrom(uninterrupted, step, threads: 2);
    }

    /// <summary>Covers working sets that are short of room, and whole ones.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.05)]
    public void AnInterruptedFitOverWorkingSetsGivesTheSameBits(double ratio)
    {
        var (features, labels) = RandomData.Make(150, 900, seed: 5);
        var options = new LogisticOptions { Penalty = Penalty.ElasticNet, L1Ratio = ratio, Cs = [0.05, 0.08, 10], Threads = 1 };
        var uninterrupted = KeptFit.Of(features, labels, options);

        uninterrupted.Reports.Count.ShouldBeGreaterThan(10);
        foreach (var step in Spread(uninterrupted.PartsAt.Count, ResumesOfEach))
            ShouldResumeFrom(uninterrupted, step, threads: 2);
    }

    /// <summary>Covers Hessians in float32 and their corrections; of the second, columns that float32 can't tell apart.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnInterruptedL1PathGivesTheSameBits(bool nearlyCollinear)
    {
        var (features, labels) = RandomData.Make(12_000, 20, seed: 5);
        for (var i = 0; i < features.Rows && nearlyCollinear; i++)
            features.Row(i)[3] = features.Row(i)[2] + 1e-4 * features.Row(i)[3];
        var options = new LogisticOptions { Penalty = Penalty.L1, Cs = [0.001, 0.0015, 0.002, 0.1, 50], Threads = 1 };
        var uninterrupted = KeptFit.Of(features, labels, options);

        foreach (var step in Spread(uninterrupted.PartsAt.Count, 12))
            ShouldResumeFrom(uninterrupted, step, threads: 2);
    }

    /// <summary>Covers states whose value and gradient come from rounded rows, and states with an exact gradient between them.</summary>
    [Theory]
    [InlineData(6_000, 300, Solver.Newton, 1e-8)]
    [InlineData(1_100, 1_000, Solver.Lbfgs, 1e-6)]
    [InlineData(6_000, 300, Solver.Lbfgs, 0)]
    public void AnInterruptedWideFitGivesTheSameBits(int rows, int columns, Solver solver, double tolerance)
    {
        var (features, labels) = RandomData.Make(rows, columns, seed: 11);
        var uninterrupted = KeptFit.Of(features, labels, new LogisticOptions { Solver = solver, Tolerance = tolerance, Threads = 1 });

        uninterrupted.Reports.Count.ShouldBeGreaterThan(10);
        foreach (var step in Spread(uninterrupted.PartsAt.Count, 8))
            ShouldResumeFrom(uninterrupted, step, threads: 2);
    }

    [Fact]
    public void InterruptedProfilesOnTwoThreadsGiveTheSameBits()
    {
        var (features, labels) = RandomData.Make(300, 6, seed: 9);
        var uninterrupted = KeptFit.Of(features, labels, new LogisticOptions { Penalty = Penalty.Firth, Threads = 1 });

        uninterrupted.Reports.Count(report => report.Phase == FitPhase.Intervals).ShouldBe(8);
        for (var step = 0; step < uninterrupted.PartsAt.Count; step++)
            ShouldResumeFrom(uninterrupted, step, threads: 2);
    }

    /// <summary>A bug found by killing processes: saving a state while another thread finished a profile discarded that profile.</summary>
    [Fact]
    public void SavingAStateKeepsTheResultsThatOtherThreadsWrite()
    {
        var (features, labels) = RandomData.Make(40, 8, seed: 10);
        var options = new LogisticOptions { Penalty = Penalty.Firth, Threads = 1 };
        var alone = KeptFit.Of(features, labels, options).Outcome;

        for (var round = 0; round < 150; round++)
            KeptFit.Of(features, labels, options with { Threads = 4 }).Outcome.ShouldBe(alone, $"round {round}");
    }

    [Fact]
    public void AResumedFitOfSeparatedClassesHasTheSameWarning()
    {
        var features = DesignMatrix.FromRows([1, 5, 2, 1, 3, 2, 4, 4, 5, 3, 6, 6, 7, 1, 8, 2], 8, 2);
        foreach (var solver in new[] { Solver.Newton, Solver.Lbfgs })
        {
            var uninterrupted = KeptFit.Of(features, [0, 0, 0, 0, 1, 1, 1, 1], new LogisticOptions { Solver = solver, Penalty = Penalty.None, Threads = 1 });

            uninterrupted.Outcome.ShouldContain("separat");
            for (var step = 0; step < uninterrupted.PartsAt.Count; step++)
                ShouldResumeFrom(uninterrupted, step);
        }
    }

    private static void ShouldResumeFrom(KeptFit uninterrupted, int step, int threads = 1)
    {
        var resumed = uninterrupted.Resumed(uninterrupted.PartsAt[step], threads);

        resumed.Outcome.ShouldBe(uninterrupted.Outcome, $"from step {step}");
        resumed.Reports.ShouldBe(uninterrupted.Reports.Skip(step), $"from step {step}");
        StatesOf(resumed).ShouldBe(StatesOf(uninterrupted), $"from step {step}");

        static IEnumerable<string> StatesOf(KeptFit fit) => fit.Parts.Select(part => Convert.ToHexString(part.State));
    }

    private static IEnumerable<int> Spread(int count, int most) =>
        count <= most ? Enumerable.Range(0, count) : Enumerable.Range(0, most).Select(i => (int)((long)i * (count - 1) / (most - 1)));

    private static KeptFit Fit(string solver, string shape, bool prepared)
    {
        var options = Shapes[shape](Solvers[solver]) with { Threads = 1 };
        var (features, labels) = RandomData.Make(150, 3, seed: 8);
        return prepared ? KeptFit.Of(Table(features), labels, options) : KeptFit.Of(features, labels, options);
    }

    /// <summary>The same rows with some missing values, and a category.</summary>
    private static FeatureTable Table(DesignMatrix features)
    {
        for (var i = 0; i < features.Rows; i += 17)
            features.Row(i)[i % 3] = double.NaN;
        int[] codes = [.. Enumerable.Range(0, features.Rows).Select(i => i * 7 % 11 % 4 - 1)];
        FeatureColumn[] columns = [new("x", null), new("kind", new CategoryCodes(codes, ["a", "b", "c"])), new("y", null), new("z", null)];
        return new FeatureTable(features.Rows, columns, features);
    }
}
