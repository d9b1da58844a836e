using System.Reflection;
using CsCheck;
using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>When checkpoints of a fit are written, and which of them are used to resume it.</summary>
public class FitCheckpointTests
{
    private static readonly LogisticOptions Options = new() { Penalty = Penalty.L1, Cs = [0.02, 0.1, 1], Threads = 1 };

    private static (DesignMatrix Features, double[] Labels) Data { get; } = RandomData.Make(120, 4, seed: 3);

    [Fact]
    public void DamagedPartsStartOver()
    {
        var uninterrupted = KeptFit.Of(Data.Features, Data.Labels, Options);

        Gen.Select(Gen.Int[1, uninterrupted.PartsAt.Count - 1], Gen.Int, Gen.Int, Gen.Int[0, 3]).Sample((step, part, place, kind) =>
        {
            var parts = uninterrupted.PartsAt[step].ToArray();
            var damaged = (int)((uint)part % parts.Length);
            var state = (byte[])parts[damaged].State.Clone();
            var index = (int)((uint)place % state.Length);
            state[index] ^= 1;
            parts[damaged] = kind switch
            {
                0 => parts[damaged] with { State = state },
                1 => parts[damaged] with { State = parts[damaged].State[..index] },
                2 => parts[damaged] with { IsFinal = !parts[damaged].IsFinal },
                _ => parts[damaged] with { State = [.. state, 0] },
            };
            var number = parts[damaged].Part;

            var resumed = uninterrupted.Resumed(parts);

            resumed.Outcome.ShouldBe(uninterrupted.Outcome);
            // Parts before the damaged one are used; its own call starts from the beginning.
            resumed.Reports.ShouldBe(uninterrupted.Reports.Where(report => report.Fit >= number));
        }, iter: 60);
    }

    [Fact]
    public void PartsInAnyOrderAndWithGapsGiveTheSameBits()
    {
        var uninterrupted = KeptFit.Of(Data.Features, Data.Labels, Options);

        uninterrupted.Resumed([.. uninterrupted.Parts.Reverse()]).Reports.ShouldBeEmpty();
        var resumed = uninterrupted.Resumed([uninterrupted.Parts[0], uninterrupted.Parts[2]]);

        resumed.Outcome.ShouldBe(uninterrupted.Outcome);
        resumed.Reports.ShouldBe(uninterrupted.Reports.Where(report => report.Fit >= 1));
    }

    public static TheoryData<string> OtherFits => ["rows", "labels", "columns", "solver", "penalty", "part"];

    [Theory]
    [MemberData(nameof(OtherFits))]
    public void PartsOfAnotherFitAreIgnored(string what)
    {
        var (features, labels) = Data;
        var others = what switch
        {
            "rows" => RandomData.Make(120, 4, seed: 4).Features,
            "columns" => RandomData.Make(120, 5, seed: 3).Features,
            _ => features,
        };
        double[] otherLabels = what == "labels" ? [1, .. labels[1..]] : labels;
        var options = what switch
        {
            "solver" => Options with { Penalty = Penalty.L2, Solver = Solver.Lbfgs },
            "penalty" => Options with { Cs = [0.02, 0.1, 2] },
            _ => Options,
        };
        var parts = KeptFit.Of(others, otherLabels, options).Parts;
        if (what == "part")
            parts = [.. parts.Select(part => part with { Part = part.Part ^ 1 })];
        var alone = KeptFit.Of(features, labels, Options);

        var resumed = KeptFit.Of(features, labels, Options, parts);

        resumed.Outcome.ShouldBe(alone.Outcome);
        resumed.Reports.ShouldBe(alone.Reports);
    }

    [Fact]
    public void EachOptionThatDecidesAFitChangesTheFingerprint()
    {
        RequireFingerprints(classes: null, nameof(LogisticOptions.MultiClass), nameof(LogisticOptions.BaseClass), nameof(LogisticOptions.InitialIntercepts));
        RequireFingerprints(classes: 3);
    }

    /// <summary>Options of more than two classes decide nothing for two, whose fingerprints are those of stored runs.</summary>
    private static void RequireFingerprints(int? classes, params string[] ofMoreClasses)
    {
        var options = new LogisticOptions();
        string[] indifferent =
            [nameof(LogisticOptions.Threads), nameof(LogisticOptions.ThreadStart), nameof(LogisticOptions.TimeProvider), .. ofMoreClasses];
        string Fingerprint(LogisticOptions of) => Convert.ToHexString(of.Fingerprint([0, 1], 3, classes));
        var seen = new HashSet<string> { Fingerprint(options) };

        foreach (var property in typeof(LogisticOptions).GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var other = options with { };
            property.SetValue(other, Other(property, property.GetValue(options)));
            seen.Add(Fingerprint(other)).ShouldBe(!indifferent.Contains(property.Name), property.Name);
        }
        foreach (var weights in new[] { ClassWeight.Of(1, 2), ClassWeight.Of(2, 1) })
            seen.Add(Fingerprint(options with { ClassWeight = weights })).ShouldBeTrue();
        seen.Add(Fingerprint(options with { Seed = options.Seed + (1L << 40) })).ShouldBeTrue();
    }

    [Fact]
    public void CheckpointsComeAtMostOnceInAnInterval()
    {
        var time = new SetTime();
        var kept = new List<(TimeSpan At, int Reports, string Parts)>();
        var reports = 0;

        var options = new LogisticOptions { Solver = Solver.GradientDescent, Cs = [1, 2], MaxIterations = 5, TimeProvider = time };
        LogisticTrainer.Train(Data.Features, Data.Labels, options, new FitControl
        {
            Progress = _ =>
            {
                reports++;
                time.Now += TimeSpan.FromSeconds(0.4);
            },
            Checkpoint = parts => kept.Add((time.Now, reports, string.Join(' ', parts.Select(part => $"{part.Part}{(part.IsFinal ? "!" : "")}")))),
        }, TestContext.Current.CancellationToken);

        // Each of the two calls makes 6 reports, 0.4 s apart.
        kept.ShouldBe([
            (TimeSpan.FromSeconds(1.2), 3, "0"), (TimeSpan.FromSeconds(2.4), 6, "0"),
            (TimeSpan.FromSeconds(3.6), 9, "0! 1"), (TimeSpan.FromSeconds(4.8), 12, "1"),
        ]);
    }

    [Fact]
    public void SlowCheckpointsTakeATwentiethOfTheTime()
    {
        var time = new SetTime();
        var kept = new List<TimeSpan>();

        var options = new LogisticOptions { Solver = Solver.GradientDescent, MaxIterations = 60, TimeProvider = time };
        LogisticTrainer.Train(Data.Features, Data.Labels, options, new FitControl
        {
            Progress = _ => time.Now += TimeSpan.FromSeconds(0.5),
            Checkpoint = _ =>
            {
                kept.Add(time.Now);
                time.Now += TimeSpan.FromSeconds(0.5);
            },
        }, TestContext.Current.CancellationToken);

        kept.ShouldBe([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(11.5), TimeSpan.FromSeconds(22)]);
    }

    private static object Other(PropertyInfo property, object? value) => value switch
    {
        bool flag => !flag,
        int number => number + 1,
        long number => number + 1,
        double number => number + 0.5,
        Enum choice => Enum.GetValues(choice.GetType()).Cast<Enum>().First(other => !other.Equals(choice)),
        TimeProvider => new SetTime(),
        _ when property.PropertyType == typeof(double?) => 0.25,
        _ when property.PropertyType == typeof(int?) => 7,
        _ when property.PropertyType == typeof(double[]) => new double[] { 1, 2 },
        _ when property.PropertyType == typeof(int[]) => new[] { 1, 2 },
        _ when property.PropertyType == typeof(CalibrationOptions) => new CalibrationOptions(CalibrationMethod.Beta, 3),
        _ when property.PropertyType == typeof(ClassWeight) => ClassWeight.Balanced,
        _ when property.PropertyType == typeof(ConfidenceIntervals?) => ConfidenceIntervals.None,
        _ when property.PropertyType == typeof(Action) => (Action)Console.Clear,
        _ => throw new NotSupportedException($"{property.Name}: say here what another value of it would be."),
    };

    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
