namespace SigmoidApi.Tables.Profile;

/// <summary>
/// Mean and standard deviation, computed block by block: two passes over each block, merged with the update of Chan, Golub and LeVeque (1983). So a small
/// deviation keeps its digits next to a large mean. Values are scaled by a power of two, which is exact, so that squares neither overflow nor underflow. A
/// typical value is subtracted from each, so that means stay exact if all values are large and close to each other.
/// </summary>
/// <param name="largest">The largest absolute value.</param>
/// <param name="typical">One of the values.</param>
public struct Moments(double largest, double typical)
{
    // At most 2^±1000, so that the scale itself is finite. The scaled values are then far from overflow.
    private readonly int _exponent = ExponentOf(largest);
    private readonly double _typical = Math.ScaleB(typical, -ExponentOf(largest));
    private double _count;
    private double _mean;
    private double _squares;

    /// <summary>The arithmetic mean.</summary>
    public readonly double Mean => Math.ScaleB(_typical + _mean, _exponent);

    /// <summary>The population standard deviation: the root of the mean squared deviation from the mean. NaN if there are no values.</summary>
    public readonly double StandardDeviation => Math.ScaleB(Math.Sqrt(_squares / _count), _exponent);

    /// <summary>Adds a block. With up to a few thousand values it stays in the cache for the second pass.</summary>
    /// <param name="values">Finite values, in absolute value at most <c>largest</c>.</param>
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

        // Correct the rounding error in the mean of the block (the corrected two-pass algorithm).
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
