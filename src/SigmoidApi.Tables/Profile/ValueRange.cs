namespace SigmoidApi.Tables.Profile;

/// <summary>The smallest and the largest value, computed block by block.</summary>
public struct ValueRange
{
    /// <summary>The number of values so far.</summary>
    public long Count { get; private set; }

    /// <summary>The first value.</summary>
    public double First { get; private set; }

    /// <summary>The smallest value; NaN if any value is NaN.</summary>
    public double Minimum { get; private set; }

    /// <summary>The largest value; NaN if any value is NaN.</summary>
    public double Maximum { get; private set; }

    /// <summary>The largest absolute value.</summary>
    public readonly double Largest => Math.Max(Math.Abs(Minimum), Math.Abs(Maximum));

    /// <summary>Adds a block.</summary>
    public void Add(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
            return;
        if (Count == 0)
            (First, Minimum, Maximum) = (values[0], values[0], values[0]);
        var (minimum, maximum) = (Minimum, Maximum);
        foreach (var value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        (Minimum, Maximum) = (minimum, maximum);
        Count += values.Length;
    }
}
