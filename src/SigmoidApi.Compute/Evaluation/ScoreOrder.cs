using System.Numerics;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Sorts rows by probability, from the highest down, and rows of equal probability by their index. An entry of 64 bits has the leading bits of the
/// probability, then the row and its label, so that one radix sort (LSD, eleven bits at a time) moves all of it. Runs of entries with the same leading bits
/// are then put in order by the whole probability. Two buffers of 8 bytes a row are all the memory; they serve one sort after another.
/// </summary>
internal sealed class ScoreOrder
{
    private const int DigitBits = 11;
    private const int Buckets = 1 << DigitBits;

    /// <summary>Bits of a probability at most 1 that are not always 0.</summary>
    private const int ScoreBits = 62;

    /// <summary>Of these the exponent, and 34 bits of the fraction.</summary>
    private const int MostKeyBits = 44;

    // For fewer rows, counting digits costs more than it saves.
    private const int ComparedAtMost = 2048;

    private readonly double[] _labels;
    private readonly ThreadCrew _crew;
    private readonly int _keyBits;
    private readonly int[][] _counts;
    private ulong[] _entries;
    private ulong[] _scratch;

    public ScoreOrder(double[] labels, ThreadCrew crew)
    {
        (_labels, _crew) = (labels, crew);
        var rowBits = Math.Max(BitOperations.Log2((uint)labels.Length - 1 | 1) + 1, 1);
        KeyShift = rowBits + 1;
        _keyBits = Math.Min(MostKeyBits, 64 - KeyShift);
        _entries = GC.AllocateUninitializedArray<ulong>(labels.Length);
        _scratch = GC.AllocateUninitializedArray<ulong>(labels.Length);
        // A thread has a part of the rows. The order is the same for any number of parts. Few rows are not counted.
        _counts = labels.Length <= ComparedAtMost ? [[]] : [.. Enumerable.Range(0, crew.Size).Select(_ => new int[Buckets])];
    }

    /// <summary>The entries in order, after <see cref="Sort"/>.</summary>
    public ReadOnlySpan<ulong> Entries => _entries;

    /// <summary>Entries whose bits from this one on differ have different probabilities.</summary>
    public int KeyShift { get; }

    public int RowOf(ulong entry) => (int)(entry >> 1 & (1UL << (KeyShift - 1)) - 1);

    public static bool IsOne(ulong entry) => (entry & 1) != 0;

    /// <summary>The index after the last entry of the same probability as that at <paramref name="first"/>.</summary>
    public int EndOfTies(double[] scores, int first)
    {
        var (entries, key) = (_entries, _entries[first] >> KeyShift);
        var end = first + 1;
        if (end == entries.Length || entries[end] >> KeyShift != key)
            return end;
        var score = scores[RowOf(entries[first])];
        while (end < entries.Length && entries[end] >> KeyShift == key && scores[RowOf(entries[end])] == score)
            end++;
        return end;
    }

    /// <summary>Puts all rows in order.</summary>
    /// <param name="scores">The probability of each row.</param>
    /// <param name="cancellationToken">Checked for every digit.</param>
    public void Sort(double[] scores, CancellationToken cancellationToken)
    {
        _crew.Run(_counts.Length, (part, _) =>
        {
            var (from, to) = Part(part);
            for (var i = from; i < to; i++)
            {
                // + 0 makes 0 of −0. The complement makes the order fall.
                var key = ~(BitConverter.DoubleToUInt64Bits(scores[i] + 0.0) >> (ScoreBits - _keyBits)) & (1UL << _keyBits) - 1;
                _entries[i] = key << KeyShift | (ulong)i << 1 | (_labels[i] == 1 ? 1UL : 0);
            }
        });
        if (_entries.Length <= ComparedAtMost)
        {
            _entries.AsSpan().Sort();
        }
        else
        {
            for (var shift = KeyShift; shift < KeyShift + _keyBits; shift += DigitBits)
            {
                cancellationToken.ThrowIfCancellationRequested();
                SortByDigit(shift);
            }
        }
        SortRuns(scores);
    }

    private void SortByDigit(int shift)
    {
        _crew.Run(_counts.Length, (part, _) =>
        {
            var (counts, (from, to)) = (_counts[part], Part(part));
            Array.Clear(counts);
            foreach (var entry in _entries.AsSpan(from..to))
                counts[(int)(entry >> shift & (Buckets - 1))]++;
        });
        var start = 0;
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            var before = start;
            foreach (var counts in _counts)
                (counts[bucket], start) = (start, start + counts[bucket]);
            // All entries share this digit.
            if (start - before == _entries.Length)
                return;
        }
        _crew.Run(_counts.Length, (part, _) =>
        {
            var (starts, target, (from, to)) = (_counts[part], _scratch, Part(part));
            foreach (var entry in _entries.AsSpan(from..to))
                target[starts[(int)(entry >> shift & (Buckets - 1))]++] = entry;
        });
        (_entries, _scratch) = (_scratch, _entries);
    }

    /// <summary>Puts entries in order that have the same leading bits but different probabilities.</summary>
    private void SortRuns(double[] scores)
    {
        for (int first = 0, end; first < _entries.Length; first = end)
        {
            var (key, score, differ) = (_entries[first] >> KeyShift, 0.0, false);
            for (end = first + 1; end < _entries.Length && _entries[end] >> KeyShift == key; end++)
            {
                score = end == first + 1 ? scores[RowOf(_entries[first])] : score;
                differ |= scores[RowOf(_entries[end])] != score;
            }
            if (differ)
                SortRun(scores, _entries.AsSpan(first..end), key);
        }
    }

    /// <summary>Sorts entries of one key by the bits of the probability that are not in the key: these take its place, and leave it again.</summary>
    private void SortRun(double[] scores, Span<ulong> run, ulong key)
    {
        var (rest, row) = ((1UL << (ScoreBits - _keyBits)) - 1, (1UL << KeyShift) - 1);
        foreach (ref var entry in run)
            entry = (~BitConverter.DoubleToUInt64Bits(scores[RowOf(entry)] + 0.0) & rest) << KeyShift | entry & row;
        run.Sort();
        foreach (ref var entry in run)
            entry = key << KeyShift | entry & row;
    }

    private (int From, int To) Part(int part) =>
        ((int)((long)_labels.Length * part / _counts.Length), (int)((long)_labels.Length * (part + 1) / _counts.Length));
}
