namespace SigmoidApi.Compute.Data;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). It uses 64-bit integer arithmetic only,
/// so a seed gives the same numbers on every machine and in every release. <see cref="Random"/> does not promise that.
/// </summary>
internal struct SplitMix64(long seed)
{
    private ulong _state = (ulong)seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>The seed of the generator with this number, of many that are independent of each other. This generator stays where it is.</summary>
    public readonly long Derive(int number)
    {
        var other = new SplitMix64((long)(_state ^ ((ulong)number + 1) * 0xD1342543DE82EF95));
        return (long)other.Next();
    }

    /// <summary>A uniform number from 0 to <paramref name="bound"/> − 1 (Lemire, "Fast random integer generation in an interval", 2019).</summary>
    public int Below(int bound)
    {
        var range = (ulong)bound;
        var high = Math.BigMul(Next(), range, out var low);
        if (low < range)
        {
            var rejected = (0 - range) % range;
            while (low < rejected)
                high = Math.BigMul(Next(), range, out low);
        }
        return (int)high;
    }

    /// <summary>A Fisher–Yates shuffle from the last position down. Every order is equally likely.</summary>
    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
