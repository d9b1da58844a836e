using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Percentile intervals of every score by a stratified bootstrap (B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), 13.3): each resample
/// draws as many rows of each class as there are, with replacement, and takes their weights along. Rows of weight 0 are not drawn. Rows are sorted once; a
/// resample only adds up weights.
/// </summary>
public static class Bootstrap
{
    /// <summary>Intervals of the scores of two classes, by their names in <see cref="BinaryMetrics"/> and <see cref="ThresholdMetrics"/>.</summary>
    /// <param name="rows">The scored rows.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="cancellationToken">Checked before each resample.</param>
    /// <returns>An interval for each score. Those that need two classes are missing if there is one.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static IReadOnlyDictionary<string, Interval> Intervals(ScoredRows rows, BootstrapOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var crew = new ThreadCrew(options.Threads, options.ThreadStart);
        double[]? buffer = null;
        var (order, probabilities) = (new ScoreOrder(rows.Labels, crew), rows.Probabilities(ref buffer, crew, cancellationToken));
        order.Sort(probabilities, cancellationToken);
        var ranked = ScoreRanking.Of(order, probabilities, rows.Weights);
        var strata = Strata(rows, order, ranked);
        var sums = new (double[] Zeros, double[] Ones)?[crew.Size];
        return Intervals(crew, options, (random, worker) =>
        {
            var (zeros, ones) = sums[worker] ??= (new double[ranked.Count], new double[ranked.Count]);
            Array.Clear(zeros);
            Array.Clear(ones);
            var loss = strata[0].Draw(ref random, zeros) + strata[1].Draw(ref random, ones);
            var drawn = RankedScores.Of(ranked.Scores, ones, zeros, ranked.Rows, ranked.Present);
            return Scores(BinaryMetrics.Of(drawn, CalibrationBin.Of(drawn), loss / drawn.Weight),
                ThresholdMetrics.At(drawn, options.Threshold, options.Costs));
        }, cancellationToken);
    }

    /// <summary>Intervals of the scores of K classes, by their names in <see cref="MultinomialMetrics"/> and <see cref="MultinomialAreas"/>.</summary>
    /// <param name="labels">The class of each of n rows, from 0.</param>
    /// <param name="scores">n × K, row-major, as for <see cref="MultinomialMetrics"/>.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <param name="weights">n finite numbers of at least 0, not all 0; null for 1.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="cancellationToken">Checked before each resample.</param>
    /// <returns>An interval for each score. Those that need two classes are missing if there is one.</returns>
    /// <exception cref="ArgumentException">The lengths do not agree, or a value or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static IReadOnlyDictionary<string, Interval> Intervals(double[] labels, double[] scores, int classes, double[]? weights, BootstrapOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        MultinomialMetrics.Require(labels, scores, classes, weights);
        var rows = new MultinomialRows(labels, scores, classes);
        rows.Orders();
        var losses = new double[rows.Count];
        Softmax.LogSumExp(scores, classes, losses);
        for (var i = 0; i < losses.Length; i++)
            losses[i] -= scores[i * classes + rows.Truth[i]];
        Stratum[] strata =
        [
            .. Enumerable.Range(0, classes).Select(k =>
            {
                int[] own = [.. Enumerable.Range(0, rows.Count).Where(i => rows.Truth[i] == k && (weights is null || weights[i] > 0))];
                return new Stratum(own, [.. own.Select(i => weights is null ? 1 : weights[i])], [.. own.Select(i => losses[i])]);
            }),
        ];
        using var crew = new ThreadCrew(options.Threads, options.ThreadStart);
        var drawn = new double[]?[crew.Size];
        return Intervals(crew, options, (random, worker) =>
        {
            var sums = drawn[worker] ??= new double[rows.Count];
            Array.Clear(sums);
            var loss = 0.0;
            foreach (var stratum in strata)
                loss += stratum.Draw(ref random, sums);
            return Scores(MultinomialMetrics.Of(rows, sums, loss));
        }, cancellationToken);
    }

    /// <summary>Rows of one class.</summary>
    /// <param name="Places">Where each row's weight is added.</param>
    /// <param name="Weights">Of each row.</param>
    /// <param name="Losses">Of each row.</param>
    private sealed record Stratum(int[] Places, double[] Weights, double[] Losses)
    {
        /// <summary>Draws as many rows as there are, adds their weights, and returns the weighted sum of their losses.</summary>
        public double Draw(ref SplitMix64 random, double[] sums)
        {
            var loss = 0.0;
            for (var k = 0; k < Places.Length; k++)
            {
                var row = random.Below(Places.Length);
                sums[Places[row]] += Weights[row];
                loss += Weights[row] * Losses[row];
            }
            return loss;
        }
    }

    private delegate (string Name, double? Value)[] Resample(SplitMix64 random, int worker);

    private static Dictionary<string, Interval> Intervals(ThreadCrew crew, BootstrapOptions options, Resample resample, CancellationToken cancellationToken)
    {
        // Each resample has a stream of its own, so that it does not matter which thread draws it.
        var (seeds, start) = (new long[options.Resamples], new SplitMix64(options.Seed));
        for (var k = 0; k < seeds.Length; k++)
            seeds[k] = (long)start.Next();
        var scores = new (string Name, double? Value)[options.Resamples][];
        crew.Run(options.Resamples, (k, worker) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores[k] = resample(new SplitMix64(seeds[k]), worker);
        });
        var (intervals, tail) = (new Dictionary<string, Interval>(StringComparer.Ordinal), (1 - options.ConfidenceLevel) / 2);
        for (var j = 0; j < scores[0].Length; j++)
        {
            double[] values = [.. scores.Select(of => of[j].Value ?? double.NaN).Order()];
            if (!double.IsNaN(values[0]))
                intervals.Add(scores[0][j].Name, new Interval(Quantile.Of(values, tail), Quantile.Of(values, 1 - tail)));
        }
        return intervals;
    }

    private static (string Name, double? Value)[] Scores(BinaryMetrics metrics, ThresholdMetrics at) =>
    [
        (nameof(metrics.RocAuc), metrics.RocAuc), (nameof(metrics.AveragePrecision), metrics.AveragePrecision), (nameof(metrics.LogLoss), metrics.LogLoss),
        (nameof(metrics.Brier), metrics.Brier), (nameof(metrics.MeanProbability), metrics.MeanProbability),
        (nameof(metrics.ExpectedCalibrationError), metrics.ExpectedCalibrationError),
        (nameof(metrics.MaximumCalibrationError), metrics.MaximumCalibrationError), (nameof(metrics.KolmogorovSmirnov), metrics.KolmogorovSmirnov?.Statistic),
        (nameof(at.Accuracy), at.Accuracy), (nameof(at.Precision), at.Precision), (nameof(at.Recall), at.Recall), (nameof(at.Specificity), at.Specificity),
        (nameof(at.F1), at.F1), (nameof(at.BalancedAccuracy), at.BalancedAccuracy), (nameof(at.Youden), at.Youden),
        (nameof(at.MatthewsCorrelation), at.MatthewsCorrelation), (nameof(at.Kappa), at.Kappa),
        (nameof(at.PredictedPositiveRate), at.PredictedPositiveRate), (nameof(at.MeanCost), at.MeanCost),
    ];

    private static (string Name, double? Value)[] Scores(MultinomialMetrics metrics) =>
    [
        (nameof(metrics.LogLoss), metrics.LogLoss), (nameof(metrics.Brier), metrics.Brier), (nameof(metrics.Accuracy), metrics.Accuracy),
        (nameof(metrics.BalancedAccuracy), metrics.BalancedAccuracy), (nameof(metrics.MacroPrecision), metrics.MacroPrecision),
        (nameof(metrics.WeightedPrecision), metrics.WeightedPrecision), (nameof(metrics.MacroRecall), metrics.MacroRecall),
        (nameof(metrics.WeightedRecall), metrics.WeightedRecall), (nameof(metrics.MacroF1), metrics.MacroF1), (nameof(metrics.WeightedF1), metrics.WeightedF1),
        (nameof(metrics.MatthewsCorrelation), metrics.MatthewsCorrelation), (nameof(metrics.Kappa), metrics.Kappa),
        (nameof(metrics.RocAuc.OneVsRestMacro), metrics.RocAuc.OneVsRestMacro), (nameof(metrics.RocAuc.OneVsRestWeighted), metrics.RocAuc.OneVsRestWeighted),
        (nameof(metrics.RocAuc.OneVsOneMacro), metrics.RocAuc.OneVsOneMacro), (nameof(metrics.RocAuc.OneVsOneWeighted), metrics.RocAuc.OneVsOneWeighted),
    ];

    /// <summary>The rows of both labels, with the entry of the ranking that each belongs to.</summary>
    private static Stratum[] Strata(ScoredRows rows, ScoreOrder order, RankedScores ranked)
    {
        var losses = new double[rows.Count];
        for (var first = 0; first < rows.Count; first += ScoredRows.BlockRows)
            rows.LogLosses(first, losses.AsSpan(first, Math.Min(ScoredRows.BlockRows, rows.Count - first)));
        var (places, weights, ofRows) = (new List<int>[2], new List<double>[2], new List<double>[2]);
        for (var label = 0; label < 2; label++)
            (places[label], weights[label], ofRows[label]) = ([], [], []);
        for (int entry = 0, left = ranked.Rows[0], k = 0; k < order.Entries.Length; k++, left--)
        {
            if (left == 0)
                left = ranked.Rows[++entry];
            var (row, label) = (order.RowOf(order.Entries[k]), ScoreOrder.IsOne(order.Entries[k]) ? 1 : 0);
            var weight = rows.Weights is null ? 1 : rows.Weights[row];
            if (weight == 0)
                continue;
            places[label].Add(entry);
            weights[label].Add(weight);
            ofRows[label].Add(losses[row]);
        }
        return [.. Enumerable.Range(0, 2).Select(label => new Stratum([.. places[label]], [.. weights[label]], [.. ofRows[label]]))];
    }
}
