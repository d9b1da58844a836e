namespace SigmoidApi.Compute.Data;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): 64-bit integer
/// arithmetic alone, so a seed gives the same numbers on every machine and in every release, which <see cref="Random"/> doesn't promise.
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

    /// <summary>Uniform over 0 … <paramref name="bound"/> − 1, without bias (Lemire, "Fast random integer generation in an interval", 2019).</summary>
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

    /// <summary>Fisher–Yates, from the last position down: every order is equally likely.</summary>
    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
