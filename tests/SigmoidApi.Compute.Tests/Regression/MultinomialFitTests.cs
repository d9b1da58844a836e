using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

public class MultinomialFitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A kind of fit for each solver, penalty and way to tell classes apart.</summary>
    public static TheoryData<string> Kinds => [.. Options.Keys];

    private static readonly Dictionary<string, LogisticOptions> Options = new()
    {
        ["newton"] = new() { Solver = Solver.Newton },
        ["lbfgs"] = new() { Solver = Solver.Lbfgs, C = 0.5 },
        ["gradient_descent"] = new() { Solver = Solver.GradientDescent, MaxIterations = 40, LearningRate = 0.5 },
        ["l1"] = new() { Penalty = Penalty.L1, C = 0.3 },
        ["elastic_net_path"] = new() { Penalty = Penalty.ElasticNet, Cs = [0.05, 0.2, 1], L1Ratios = [0.3, 0.9], Folds = 3 },
        ["unpenalized"] = new() { Penalty = Penalty.None, BaseClass = 1 },
        ["one_vs_rest"] = new() { MultiClass = MultiClass.OneVsRest, Cs = [0.1, 1], Holdout = 0.25 },
        ["one_vs_rest_l1"] = new() { MultiClass = MultiClass.OneVsRest, Penalty = Penalty.L1, Cs = [0.1, 1], ClassWeight = ClassWeight.Balanced },
        ["without_intercept"] = new() { FitIntercept = false, ClassWeight = ClassWeight.OfClasses(1, 2, 0.5, 1) },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AnyNumberOfThreadsGivesTheSameBits(string kind)
    {
        var (features, labels) = Make(2 * DesignMatrix.BlockRows + 77, 9, 4, 11);
        var expected = Bits(Train(features, labels, Options[kind] with { Threads = 1 }));

        foreach (var threads in new[] { 2, 3 })
            Bits(Train(features, labels, Options[kind] with { Threads = threads })).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AResumedFitHasTheBitsOfAnUninterruptedOne(string kind)
    {
        var (features, labels) = Make(150, 5, 4, 12);
        var store = new Dictionary<int, FitCheckpoint>();
        var saved = new List<FitCheckpoint[]>();
        var control = new FitControl
        {
            CheckpointInterval = TimeSpan.Zero,
            Progress = _ => saved.Add([.. store.Values]),
            Checkpoint = parts =>
            {
                foreach (var part in parts)
                    store[part.Part] = part;
            },
        };
        var options = Options[kind];
        var expected = Bits(MultinomialTrainer.Train(features, labels, options, control, Token));

        for (var report = 1; report < saved.Count; report += 1 + saved.Count / 12)
        {
            var reports = 0;
            var resumed = MultinomialTrainer.Train(
                features, labels, options with { Threads = 2 }, new FitControl { Resume = saved[report], Progress = _ => reports++ }, Token);
            Bits(resumed).ShouldBe(expected, $"report {report}");
            reports.ShouldBeLessThan(saved.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EachStorageGivesTheSameFit(string kind)
    {
        var (dense, single, sparse, _) = RandomData.MakeSparse(300, 6, 13);
        var labels = LabelsOf(dense, 4, 13);
        var streamed = new StreamedMatrix(dense.Rows, dense.Columns, (first, rows) =>
        {
            for (var i = 0; i < rows.Length / dense.Columns; i++)
                dense.Row(first + i).CopyTo(rows.Slice(i * dense.Columns, dense.Columns));
        });
        var options = Options[kind].Solver == Solver.GradientDescent ? Options[kind] : Options[kind] with { Tolerance = 1e-10 };
        var expected = Train(dense, labels, options);

        Bits(Train(streamed, labels, options)).ShouldBe(Bits(expected));
        Bits(Train(single, labels, options)).ShouldBe(Bits(expected));
        var ofSparse = Train(sparse, labels, options);
        Vector(ofSparse.Model).ShouldBe(Vector(expected.Model), 1e-7);
        ofSparse.TrainingMetrics.LogLoss.ShouldBe(expected.TrainingMetrics.LogLoss, 1e-9);
    }

    [Fact]
    public void TwoClassesAreTheLogisticFitAtTwiceC() => Gen.Select(Gen.Int[0, 1000], Gen.Double[0.05, 5], Gen.Bool).Sample((seed, c, standardize) =>
    {
        var (features, values) = RandomData.Make(80, 3, seed);
        var labels = new ClassLabels([.. values.Select(value => (int)value)], ["no", "yes"]);
        var options = new LogisticOptions { C = c, Standardize = standardize, Tolerance = 1e-10 };

        var softmax = Train(features, labels, options);

        var logistic = LogisticTrainer.Train(features, values, options with { C = 2 * c }, null, Token);
        softmax.Model.Intercepts[1].ShouldBe(logistic.Model.Intercept / 2, 1e-8);
        for (var j = 0; j < 3; j++)
        {
            softmax.Model.Coefficients(1)[j].ShouldBe(logistic.Model.Coefficients[j] / 2, 1e-8);
            softmax.Model.Coefficients(0)[j].ShouldBe(-softmax.Model.Coefficients(1)[j], 1e-8);
        }
        softmax.TrainingMetrics.LogLoss.ShouldBe(logistic.TrainingMetrics.LogLoss, 1e-9);
        softmax.TrainingMetrics.RocAuc.OneVsRestMacro.ShouldBe(logistic.TrainingMetrics.RocAuc, 1e-12);
        // The two penalties are the same, but the objective of softmax has twice the weight of the loss's half.
        (2 * softmax.Convergence.Objective).ShouldBe(logistic.Convergence.Objective, 1e-8 * logistic.Convergence.Objective);
    }, iter: 20);

    [Theory]
    [InlineData("newton")]
    [InlineData("lbfgs")]
    [InlineData("l1")]
    [InlineData("one_vs_rest")]
    public void PermutedClassesHavePermutedParameters(string kind)
    {
        var (features, labels) = Make(200, 4, 3, 14);
        int[] order = [2, 0, 1];
        var options = Options[kind] with { Tolerance = 1e-10, Holdout = null };
        var permuted = new ClassLabels([.. labels.Codes.Select(code => order[code])], ["x", "y", "z"]);

        var (model, other) = (Train(features, labels, options).Model, Train(features, permuted, options).Model);

        for (var k = 0; k < 3; k++)
        {
            other.Intercepts[order[k]].ShouldBe(model.Intercepts[k], 1e-7);
            other.Coefficients(order[k]).ToArray().ShouldBe(model.Coefficients(k).ToArray(), 1e-7);
        }
    }

    [Theory]
    [InlineData(MultiClass.Multinomial)]
    [InlineData(MultiClass.OneVsRest)]
    public void ClassWeightsActAsWeightsOfTheRows(MultiClass multiClass)
    {
        var (features, labels) = Make(200, 4, 3, 15);
        double[] weights = [0.5, 2, 1];
        var options = new LogisticOptions { MultiClass = multiClass, Standardize = false, Tolerance = 1e-10 };

        var byClass = Train(features, labels, options with { ClassWeight = ClassWeight.OfClasses(weights) });
        var byRow = Train(features, labels, options with { SampleWeight = [.. labels.Codes.Select(code => weights[code])] });

        Vector(byClass.Model).ShouldBe(Vector(byRow.Model), 1e-12);
    }

    [Fact]
    public void BalancedClassesHaveTheSameTotalWeight()
    {
        var (features, labels) = Make(200, 4, 3, 16);
        double[] counts = [.. Enumerable.Range(0, 3).Select(k => (double)labels.Codes.Count(code => code == k))];
        var options = new LogisticOptions { Standardize = false, Tolerance = 1e-10 };

        var balanced = Train(features, labels, options with { ClassWeight = ClassWeight.Balanced });
        var weighted = Train(features, labels, options with { ClassWeight = ClassWeight.OfClasses([.. counts.Select(count => 200 / (3 * count))]) });

        Vector(balanced.Model).ShouldBe(Vector(weighted.Model), 1e-12);
    }

    [Fact]
    public void OneVsRestIsAFitOfTwoClassesForEach()
    {
        var (features, labels) = Make(200, 4, 3, 17);
        var options = new LogisticOptions { Penalty = Penalty.L1, C = 0.4, MultiClass = MultiClass.OneVsRest };

        var model = Train(features, labels, options).Model;

        for (var k = 0; k < 3; k++)
        {
            var two = LogisticTrainer.Fit(features, [.. labels.Codes.Select(code => code == k ? 1.0 : 0)], options, null, Token).Model;
            model.Intercepts[k].ShouldBe(two.Intercept);
            model.Coefficients(k).ToArray().ShouldBe(two.Coefficients.ToArray());
        }
    }

    [Fact]
    public void AFitThatStartsAtItsOptimumStaysThere()
    {
        var (features, labels) = Make(200, 4, 3, 18);
        foreach (var options in new[] { new LogisticOptions(), new() { Penalty = Penalty.None, BaseClass = 2 }, new() { MultiClass = MultiClass.OneVsRest } })
        {
            var model = Train(features, labels, options).Model;

            var again = Train(features, labels, options with
            {
                InitialWeights = [.. Enumerable.Range(0, 3).SelectMany(k => model.Coefficients(k).ToArray())],
                InitialIntercepts = model.Intercepts.ToArray(),
            });

            again.Convergence.Iterations.ShouldBeLessThanOrEqualTo(3);
            Vector(again.Model).ShouldBe(Vector(model), 1e-7);
        }
    }

    [Fact]
    public void AClassWithFewerRowsThanFoldsIsNamed()
    {
        var (features, labels) = Make(100, 3, 3, 19);
        for (var i = 0; i < 100; i++)
            labels.Codes[i] = i < 2 ? 2 : i % 2;

        var exception = Should.Throw<UntrainableDataException>(() => Train(features, labels, new LogisticOptions { Folds = 3 }));

        exception.Code.ShouldBe("class_missing_from_split");
        exception.Message.ShouldContain("'c' has 2 rows");
        Should.Throw<UntrainableDataException>(() => Train(features, labels, new LogisticOptions { Holdout = 0.1 }))
            .Message.ShouldContain("2 rows of class 'c'");
        int[] groups = [.. Enumerable.Range(0, 100).Select(i => i / 2)];
        var byGroup = Should.Throw<UntrainableDataException>(() => Train(features, labels, new LogisticOptions { Folds = 4, Groups = groups }));
        byGroup.Code.ShouldBe("class_missing_from_split");
        byGroup.Message.ShouldContain("none of the 2 rows of class 'c'");
    }

    [Fact]
    public void AClassWithoutRowsOrWeightIsNamed()
    {
        var (features, labels) = Make(50, 3, 3, 20);
        var more = new ClassLabels(labels.Codes, ["a", "b", "c", "d"]);

        Should.Throw<UntrainableDataException>(() => Train(features, more, new LogisticOptions())).Message.ShouldContain("'d' has 0 of the 50 rows");
        Should.Throw<UntrainableDataException>(() => Train(features, labels, new LogisticOptions { ClassWeight = ClassWeight.OfClasses(1, 0, 1) }))
            .Message.ShouldContain("class 'b' weigh 0");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    public void AStoppedFitGivesAModelAndTheWarning(int reports)
    {
        var (features, labels) = Make(200, 4, 4, 21);
        foreach (var kind in Options.Keys)
        {
            using var stop = new CancellationTokenSource();
            var seen = 0;
            var training = MultinomialTrainer.Train(features, labels, Options[kind], new FitControl
            {
                Stop = stop.Token,
                Progress = _ =>
                {
                    if (seen++ == reports)
                        stop.Cancel();
                },
            }, Token);

            training.Model.Classes.ShouldBe(4);
            if (!stop.IsCancellationRequested)
                continue;
            training.Convergence.Warnings[^1].Code.ShouldBe("stopped", kind);
            training.Inference.ShouldBeNull();
        }
    }

    private static MultinomialTraining Train(FeatureMatrix features, ClassLabels labels, LogisticOptions options) =>
        MultinomialTrainer.Train(features, labels, options, null, Token);

    private static double[] Vector(MultinomialModel model) =>
        [.. Enumerable.Range(0, model.Classes).SelectMany(k => (double[])[model.Intercepts[k], .. model.Coefficients(k)])];

    private static long[] Bits(MultinomialTraining training)
    {
        double[] numbers =
        [
            .. Vector(training.Model), .. training.StandardizedIntercepts, .. training.StandardizedCoefficients.SelectMany(vector => vector),
            training.Convergence.Objective, training.Convergence.GradientNorm, training.Convergence.Passes, training.TrainingMetrics.LogLoss,
            training.TrainingMetrics.RocAuc.OneVsOneMacro, training.ValidationMetrics?.LogLoss ?? 0,
            .. training.Path?.Points.SelectMany(point => (double[])[point.Objective, point.Validation?.LogLoss ?? 0, .. Vector(point.Model)]) ?? [],
            .. training.Inference?.Covariance.SelectMany(row => row) ?? [],
        ];
        return Array.ConvertAll(numbers, BitConverter.DoubleToInt64Bits);
    }

    private static (DesignMatrix Features, ClassLabels Labels) Make(int rows, int columns, int classes, int seed)
    {
        var (features, _) = RandomData.Make(rows, columns, seed);
        return (features, LabelsOf(features, classes, seed));
    }

    /// <summary>Classes drawn from a random softmax model; each has rows.</summary>
    private static ClassLabels LabelsOf(DesignMatrix features, int classes, int seed)
    {
        var random = new Random(seed);
        var model = new MultinomialModel(new double[classes],
            [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, features.Columns).Select(_ => 2 * random.NextDouble() - 1).ToArray())]);
        var probabilities = new double[classes];
        int[] codes = [.. Enumerable.Range(0, features.Rows).Select(i =>
        {
            model.PredictProbabilities(features.Row(i), probabilities);
            var (draw, code) = (random.NextDouble(), 0);
            while (code < classes - 1 && (draw -= probabilities[code]) > 0)
                code++;
            return i < 6 * classes ? i % classes : code;
        })];
        return new ClassLabels(codes, [.. Enumerable.Range(0, classes).Select(k => $"{(char)('a' + k)}")]);
    }
}
