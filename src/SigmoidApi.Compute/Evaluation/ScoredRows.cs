using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Rows of two classes with their labels, the scores that a model gave them, and their weights. The arrays are not copied and not written to. A row of weight
/// 0 counts only where rows are counted regardless of weight: in <see cref="Count"/>, and in the deciles of Hosmer and Lemeshow's test.
/// </summary>
public sealed class ScoredRows
{
    /// <summary>Rows of a block: its sums are added in the order of the blocks, whatever thread computed them.</summary>
    internal const int BlockRows = 512;

    /// <summary>Blocks that a thread takes at a time.</summary>
    private const int ChunkBlocks = 16;

    /// <summary>2⁻⁵². Probabilities closer to 0 or 1 count as this far away for the log loss: scikit-learn's rule since 1.3.</summary>
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Log-odds beyond this are refused: sums of squares of their losses would overflow.</summary>
    private const double MostLogOdds = 1e100;

    private readonly double[] _scores;
    private readonly bool _areLogOdds;

    private ScoredRows(double[] labels, double[] scores, double[]? weights, bool areLogOdds)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        (Labels, _scores, Weights, _areLogOdds) = (labels, scores, weights, areLogOdds);
        Validate();
        HasWeights = weights is not null && weights.AsSpan().ContainsAnyExcept(1.0);
        Weights = HasWeights ? weights : null;
    }

    /// <summary>The number of rows, also of those of weight 0.</summary>
    public int Count => Labels.Length;

    /// <summary>Whether some weight is not 1. There are no DeLong intervals and no tests then.</summary>
    public bool HasWeights { get; }

    internal double[] Labels { get; }

    /// <summary>Null if each is 1.</summary>
    internal double[]? Weights { get; }

    /// <summary>Rows scored by log-odds z, with the probabilities 1 / (1 + e⁻ᶻ).</summary>
    /// <param name="labels">n labels, 0 or 1, at least one.</param>
    /// <param name="logOdds">n numbers from −1e100 to 1e100.</param>
    /// <param name="weights">n finite numbers of at least 0, not all 0; null for 1.</param>
    /// <exception cref="ArgumentException">The arrays are not as described; the message names the first row that is not.</exception>
    public static ScoredRows FromLogOdds(double[] labels, double[] logOdds, double[]? weights = null) => new(labels, logOdds, weights, areLogOdds: true);

    /// <summary>Rows scored by probabilities p. For the log loss and as log-odds p counts as at least 2⁻⁵² and at most 1 − 2⁻⁵².</summary>
    /// <param name="labels">n labels, 0 or 1, at least one.</param>
    /// <param name="probabilities">n numbers from 0 to 1.</param>
    /// <param name="weights">n finite numbers of at least 0, not all 0; null for 1.</param>
    /// <exception cref="ArgumentException">The arrays are not as described; the message names the first row that is not.</exception>
    public static ScoredRows FromProbabilities(double[] labels, double[] probabilities, double[]? weights = null) =>
        new(labels, probabilities, weights, areLogOdds: false);

    /// <summary>One class of K against all others: label 1 is that class, and the score is its softmax probability.</summary>
    /// <param name="labels">The class of each of n rows, from 0.</param>
    /// <param name="scores">n × K, row-major, as for <see cref="MultinomialMetrics"/>.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <param name="positive">The class, from 0 to K − 1.</param>
    /// <param name="weights">n finite numbers of at least 0, not all 0; null for 1.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, a value is out of its range, or there are no rows.</exception>
    public static ScoredRows OneVersusRest(double[] labels, double[] scores, int classes, int positive, double[]? weights = null)
    {
        MultinomialMetrics.Require(labels, scores, classes, weights);
        ArgumentOutOfRangeException.ThrowIfNegative(positive);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(positive, classes);
        var (isPositive, probabilities, row) = (new double[labels.Length], new double[labels.Length], new double[classes]);
        for (var i = 0; i < labels.Length; i++)
        {
            Softmax.Values(scores.AsSpan(i * classes, classes), classes, row);
            (isPositive[i], probabilities[i]) = (labels[i] == positive ? 1 : 0, row[positive]);
        }
        return FromProbabilities(isPositive, probabilities, weights);
    }

    /// <summary>The rows at these indices, in this order.</summary>
    internal ScoredRows Select(ReadOnlySpan<int> rows)
    {
        var (labels, scores, weights) = (new double[rows.Length], new double[rows.Length], Weights is null ? null : new double[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            (labels[i], scores[i]) = (Labels[rows[i]], _scores[rows[i]]);
            if (weights is not null)
                weights[i] = Weights![rows[i]];
        }
        return new ScoredRows(labels, scores, weights, _areLogOdds);
    }

    /// <summary>The probabilities of rows from <paramref name="first"/> on, as many as the target is long.</summary>
    internal void Probabilities(int first, Span<double> target)
    {
        var scores = _scores.AsSpan(first, target.Length);
        if (_areLogOdds)
            Elementwise.Apply<Sigmoid.Function, double>(scores, target, []);
        else
            scores.CopyTo(target);
    }

    /// <summary>The probabilities of all rows: the caller's own array, or <paramref name="buffer"/> filled, which is created if it is null.</summary>
    internal double[] Probabilities(ref double[]? buffer, ThreadCrew crew, CancellationToken cancellationToken)
    {
        if (!_areLogOdds)
            return _scores;
        var target = buffer ??= GC.AllocateUninitializedArray<double>(Count);
        ForEachBlock(crew, (first, count, _) => Probabilities(first, target.AsSpan(first, count)), cancellationToken);
        return target;
    }

    /// <summary>The log-odds of rows from <paramref name="first"/> on.</summary>
    internal void LogOdds(int first, Span<double> target)
    {
        var scores = _scores.AsSpan(first, target.Length);
        if (_areLogOdds)
        {
            scores.CopyTo(target);
            return;
        }
        for (var i = 0; i < target.Length; i++)
        {
            var p = Math.Clamp(scores[i], Epsilon, 1 - Epsilon);
            target[i] = Math.Log(p / (1 - p));
        }
    }

    /// <summary>The log-odds of all rows: the caller's own array, or a new one.</summary>
    internal double[] LogOdds(ThreadCrew crew, CancellationToken cancellationToken)
    {
        if (_areLogOdds)
            return _scores;
        var target = GC.AllocateUninitializedArray<double>(Count);
        ForEachBlock(crew, (first, count, _) => LogOdds(first, target.AsSpan(first, count)), cancellationToken);
        return target;
    }

    /// <summary>The log losses of rows from <paramref name="first"/> on, without weights: log(1 + e^a) with a = z for label 0 and −z for label 1.</summary>
    internal void LogLosses(int first, Span<double> target)
    {
        LogOdds(first, target);
        for (var i = 0; i < target.Length; i++)
            target[i] = Labels[first + i] == 1 ? -target[i] : target[i];
        Elementwise.Apply<Softplus.Function, double>(target, target, []);
    }

    /// <summary>The mean log loss, by weight.</summary>
    /// <param name="totalWeight">The weight of all rows.</param>
    internal double MeanLogLoss(double totalWeight, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var sums = new double[(Count - 1) / BlockRows + 1];
        ForEachBlock(crew, (first, count, _) =>
        {
            Span<double> losses = stackalloc double[BlockRows];
            losses = losses[..count];
            LogLosses(first, losses);
            var sum = 0.0;
            for (var i = 0; i < count; i++)
                sum += (Weights is null ? 1 : Weights[first + i]) * losses[i];
            sums[first / BlockRows] = sum;
        }, cancellationToken);
        return Sum(sums) / totalWeight;
    }

    /// <summary>Calls <paramref name="body"/>(first row, rows, worker) for every block on the threads of the crew.</summary>
    internal void ForEachBlock(ThreadCrew crew, Action<int, int, int> body, CancellationToken cancellationToken)
    {
        const int ChunkRows = ChunkBlocks * BlockRows;
        crew.Run((Count - 1) / ChunkRows + 1, (chunk, worker) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var first = chunk * ChunkRows; first < Math.Min((chunk + 1L) * ChunkRows, Count); first += BlockRows)
                body(first, Math.Min(BlockRows, Count - first), worker);
        });
    }

    /// <summary>The sum in the order of the values.</summary>
    internal static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum;
    }

    private void Validate()
    {
        RequireLabels(Labels, classes: 2);
        RequireLength(_scores.Length, "scores");
        if (Weights is not null)
        {
            RequireLength(Weights.Length, "weights");
            RequireWeights(Weights);
        }
        for (var i = 0; i < _scores.Length; i++)
        {
            if (!(_areLogOdds ? Math.Abs(_scores[i]) <= MostLogOdds : _scores[i] is >= 0 and <= 1))
            {
                throw new ArgumentException(
                    $"Expected {(_areLogOdds ? "log-odds from -1e100 to 1e100" : "a probability from 0 to 1")} in row {i}, got {_scores[i]}.");
            }
        }
    }

    /// <exception cref="ArgumentException">There are no labels, or one is not a class.</exception>
    internal static void RequireLabels(ReadOnlySpan<double> labels, int classes)
    {
        if (labels.IsEmpty)
            throw new ArgumentException("Expected at least one row, got none.");
        for (var i = 0; i < labels.Length; i++)
        {
            if (!(labels[i] >= 0 && labels[i] < classes && labels[i] == Math.Floor(labels[i])))
                throw new ArgumentException($"Expected a whole number from 0 to {classes - 1} as the label of row {i}, got {labels[i]}.");
        }
    }

    /// <exception cref="ArgumentException">A weight is negative or not finite, or all are 0.</exception>
    internal static void RequireWeights(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] is >= 0 and < double.PositiveInfinity))
                throw new ArgumentException($"Expected a finite weight of at least 0 in row {i}, got {weights[i]}.");
            sum += weights[i];
        }
        if (!(sum is > 0 and < double.PositiveInfinity))
            throw new ArgumentException($"Expected weights with a positive, finite sum, got {sum}.");
    }

    private void RequireLength(int length, string name)
    {
        if (length != Count)
            throw new ArgumentException($"Expected as many {name} as labels, {Count}, got {length}.");
    }
}
