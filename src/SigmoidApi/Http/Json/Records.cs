namespace SigmoidApi.Http.Json;

/// <summary>
/// Records of named numbers, in JSON <c>[{"age": 41, "income": 3.2}, …]</c>, kept as a table of a row per record and a column per name, in the
/// order in which the names were first seen. A record may lack names.
/// </summary>
public sealed class Records : PooledNumbers
{
    /// <summary>A NaN of a payload that no JSON gives, as R's NA: "NaN" in the input is a value, this is the lack of one.</summary>
    internal static readonly double Missing = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_07A2);

    private readonly string[] _names;
    private readonly int _stride;

    /// <param name="rented">Row <c>i</c> begins at <c>i * stride</c>.</param>
    /// <param name="count">The number of records.</param>
    /// <param name="names">The columns; at most <paramref name="stride"/>.</param>
    /// <param name="stride">The distance of two rows.</param>
    internal Records(double[] rented, int count, string[] names, int stride)
        : base(rented, count * stride)
    {
        _names = names;
        _stride = stride;
        Count = count;
    }

    /// <summary>The number of records.</summary>
    public int Count { get; }

    /// <summary>Every name that some record has.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The column of a name, or -1 when no record has it.</summary>
    public int IndexOf(string name)
    {
        return Array.IndexOf(_names, name);
    }

    /// <summary>False when the record lacks the column.</summary>
    public bool TryGet(int record, int column, out double value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)_names.Length);
        value = Values[record * _stride + column];
        return BitConverter.DoubleToInt64Bits(value) != BitConverter.DoubleToInt64Bits(Missing);
    }

    /// <summary>Copies a column to every <paramref name="stride"/>th place of <paramref name="destination"/>: a column of a row-major matrix.</summary>
    /// <returns>The first record that lacks the column, or -1 when all have it.</returns>
    public int CopyColumn(int column, Span<double> destination, int stride = 1)
    {
        for (var i = 0; i < Count; i++)
        {
            if (!TryGet(i, column, out var value))
                return i;
            destination[i * stride] = value;
        }

        return -1;
    }
}
