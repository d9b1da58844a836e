namespace SigmoidApi.Http.Json;

/// <summary>Named columns of numbers, all of one length: in JSON <c>{"age": [41, 52], "income": [3.2, 1.1]}</c>.</summary>
public sealed class NamedColumns : PooledNumbers
{
    private readonly string[] _names;

    /// <param name="rented">Column <c>i</c> begins at <c>i * rows</c>.</param>
    /// <param name="rows">The length of every column.</param>
    /// <param name="names">The columns in the order in which they came.</param>
    internal NamedColumns(double[] rented, int rows, string[] names)
        : base(rented, rows * names.Length)
    {
        _names = names;
        Rows = rows;
    }

    public int Rows { get; }

    public IReadOnlyList<string> Names => _names;

    public Span<double> this[int column] => Values.Slice(column * Rows, Rows);

    /// <summary>The column of a name, or -1.</summary>
    public int IndexOf(string name)
    {
        return Array.IndexOf(_names, name);
    }
}
