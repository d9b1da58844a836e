namespace SigmoidApi.Tables.Profile;

/// <summary>
/// Mean and standard deviation by blocks: two passes over the block, merged by the update of Chan, Golub and LeVeque (1983), so that a large mean
/// does not eat a small deviation. Values are scaled by a power of two, exactly, so that no square over- or underflows, and counted from a typical one, so that
/// means of blocks are as exact as deviations where all values are large and near each other.
/// </summary>
/// <param name="largest">The largest absolute value.</param>
/// <param name="typical">One of the values.</param>
public struct Moments(double largest, double typical)
{
    // 2^1000 either way keeps the scale itself finite; what is left of the range is harmless.
    private readonly int _exponent = ExponentOf(largest);
    private readonly double _typical = Math.ScaleB(typical, -ExponentOf(largest));
    private double _count;
    private double _mean;
    private double _squares;

    /// <summary>The arithmetic mean.</summary>
    public readonly double Mean => Math.ScaleB(_typical + _mean, _exponent);

    /// <summary>The population's: the root of the mean square about the mean; NaN of no values.</summary>
    public readonly double StandardDeviation => Math.ScaleB(Math.Sqrt(_squares / _count), _exponent);

    /// <summary>Adds a block; up to a few thousand values keep it in the cache for its second pass.</summary>
    /// <param name="values">Finite, none larger in absolute value than the largest.</param>
    public void Add(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
            return;
        var scale = Math.ScaleB(1, -_exponent);
        var sum = 0.0;
        foreach (var value in values)
            sum += value * scale - _typical;
        var mean = sum / values.Length;

        var squares = 0.0;
        var rest = 0.0;
        foreach (var value in values)
        {
            var deviation = value * scale - _typical - mean;
            squares += deviation * deviation;
            rest += deviation;
        }

        // What rounding left in the mean of the block (the corrected two-pass algorithm).
        squares -= rest * rest / values.Length;
        mean += rest / values.Length;

        var total = _count + values.Length;
        var difference = mean - _mean;
        _mean += difference * (values.Length / total);
        _squares += squares + (difference * difference * (_count / total) * values.Length);
        _count = total;
    }

    private static int ExponentOf(double largest) => largest == 0 ? 0 : Math.Clamp(Math.ILogB(largest), -1000, 1000);
}
