namespace SigmoidApi.Compute.Explanation;

/// <summary>
/// What a column can add to the log-odds in the wanted direction. Its cost is its gain times a rate. A whole number gains in steps from the least gain on; a
/// category has one gain, that of its best level.
/// </summary>
/// <param name="Place">The index of the varied column.</param>
/// <param name="Least">The least gain of a change.</param>
/// <param name="Most">The greatest gain.</param>
/// <param name="Rate">The distance for each unit of gain.</param>
/// <param name="Step">The gain of a step; 0 for any gain between the least and the greatest.</param>
internal sealed record Gain(int Place, double Least, double Most, double Rate, double Step)
{
    /// <summary>The most steps beyond the least gain.</summary>
    public double Steps => Math.Round((Most - Least) / Step);
}

/// <summary>
/// Chooses k columns and their gains that reach a need at the least distance, by branch and bound: the bound fills the need by the cheapest rates, without
/// regard to k, to least gains and to steps.
/// </summary>
internal sealed class LeastChange
{
    private readonly Gain[] _gains;
    private readonly double _need;
    private readonly double _tolerance;
    private readonly int _size;
    private readonly double[][] _top;
    private readonly List<int> _chosen = [];
    private readonly CancellationToken _cancellationToken;
    private long _steps;
    private double _cost = double.PositiveInfinity;
    private (Gain Gain, double Amount)[]? _best;

    private LeastChange(Gain[] gains, double need, double tolerance, int size, long maxSteps, CancellationToken cancellationToken)
    {
        (_gains, _need, _tolerance, _size, _steps, _cancellationToken) = (gains, need, tolerance, size, maxSteps, cancellationToken);
        _top = new double[gains.Length + 1][];
        var largest = new List<double>();
        for (var i = gains.Length; i >= 0; i--)
        {
            if (i < gains.Length)
            {
                var place = largest.FindIndex(most => most < gains[i].Most);
                largest.Insert(place < 0 ? largest.Count : place, gains[i].Most);
                if (largest.Count > size)
                    largest.RemoveAt(size);
            }

            // Entry q is the most that q columns from i on can gain.
            _top[i] = new double[size + 1];
            for (var q = 1; q <= size; q++)
                _top[i][q] = _top[i][q - 1] + (q <= largest.Count ? largest[q - 1] : 0);
        }
    }

    /// <summary>The columns and their gains, and whether the search came to its end; null if no k columns reach the need.</summary>
    /// <param name="gains">What each column can gain.</param>
    /// <param name="need">The gain to reach.</param>
    /// <param name="tolerance">How far below the need the sum may be, for rounding.</param>
    /// <param name="size">k</param>
    /// <param name="maxSteps">The most nodes of the search.</param>
    /// <param name="cancellationToken">Checked at every node.</param>
    public static ((Gain Gain, double Amount)[] Amounts, bool IsLeast)? Find(
        IEnumerable<Gain> gains, double need, double tolerance, int size, long maxSteps, CancellationToken cancellationToken)
    {
        var search = new LeastChange([.. gains.OrderBy(gain => gain.Rate)], need, tolerance, size, maxSteps, cancellationToken);
        search.Choose(0, 0);
        return search._best is { } best ? (best, search._steps > 0) : null;
    }

    /// <summary>Takes or leaves the columns from an index on. The columns with the cheapest rates come first, so that a good choice is found early.</summary>
    private void Choose(int first, double most)
    {
        if (_chosen.Count == _size)
        {
            Fill();
            return;
        }

        for (var i = first; i <= _gains.Length - (_size - _chosen.Count); i++)
        {
            if (IsAtEnd() || most + _top[i][_size - _chosen.Count] < _need - _tolerance || Bound(i) >= _cost)
                return;
            _chosen.Add(i);
            Choose(i + 1, most + _gains[i].Most);
            _chosen.RemoveAt(_chosen.Count - 1);
        }
    }

    /// <summary>The search goes on past its limit until it has a first result, which it finds without going back far.</summary>
    private bool IsAtEnd()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        return --_steps <= 0 && _best is not null;
    }

    /// <summary>No choice of the chosen columns and others from an index on costs less.</summary>
    private double Bound(int from)
    {
        var (cost, left) = (0.0, _need - _tolerance);
        for (var c = 0; c < _chosen.Count && left > 0; c++)
            Take(_gains[_chosen[c]]);
        for (var i = from; i < _gains.Length && left > 0; i++)
            Take(_gains[i]);
        return cost;

        void Take(Gain gain)
        {
            var amount = Math.Min(left, gain.Most);
            (cost, left) = (cost + amount * gain.Rate, left - amount);
        }
    }

    /// <summary>The least distance with the chosen columns: each has its least gain, and the cheapest gain more.</summary>
    private void Fill()
    {
        Gain[] gains = [.. _chosen.Select(i => _gains[i])];
        double[] amounts = [.. gains.Select(gain => gain.Least)];
        Fill(gains, amounts, 0, _need - amounts.Sum(), gains.Sum(gain => gain.Least * gain.Rate));
    }

    private void Fill(Gain[] gains, double[] amounts, int index, double left, double cost)
    {
        if (index == gains.Length)
        {
            if (left <= _tolerance && cost < _cost)
                (_cost, _best) = (cost, [.. gains.Zip(amounts)]);
            return;
        }

        var gain = gains[index];
        if (gain.Step == 0)
        {
            var more = Math.Clamp(left, 0, gain.Most - gain.Least);
            amounts[index] = gain.Least + more;
            Fill(gains, amounts, index + 1, left - more, cost + more * gain.Rate);
            return;
        }

        var most = Math.Min(gain.Steps, Math.Max(0, Math.Ceiling((left - _tolerance) / gain.Step)));
        for (var n = most; n >= 0; n--)
        {
            var more = n * gain.Step;
            if (IsAtEnd() || !CanReach(gains, index + 1, left - more))
                break;
            // With the most steps the gain may go beyond the need. From then on, each step less is replaced by a dearer gain.
            if (n < most && cost + more * gain.Rate + RestBound(gains, index + 1, left - more) >= _cost)
                break;
            amounts[index] = gain.Least + more;
            Fill(gains, amounts, index + 1, left - more, cost + more * gain.Rate);
        }
    }

    private bool CanReach(Gain[] gains, int from, double left) => left - _tolerance <= gains.Skip(from).Sum(gain => gain.Most - gain.Least);

    private double RestBound(Gain[] gains, int from, double left)
    {
        var cost = 0.0;
        left -= _tolerance;
        for (var i = from; i < gains.Length && left > 0; i++)
        {
            var more = Math.Min(left, gains[i].Most - gains[i].Least);
            (cost, left) = (cost + more * gains[i].Rate, left - more);
        }

        return cost;
    }
}
