namespace SigmoidApi.Http.Json;

/// <summary>Named columns of cells, all of equal length: in JSON <c>{"age": [41, 52], "job": ["nurse", null]}</c>.</summary>
public sealed class NamedColumns : CellTable
{
    /// <param name="rented">Column <c>i</c> begins at <c>i * rows</c>.</param>
    /// <param name="rows">The length of every column.</param>
    /// <param name="columns">The names, each at its column.</param>
    /// <param name="texts">The texts that boxed cells refer to.</param>
    internal NamedColumns(double[] rented, int rows, OrderedDictionary<string, int> columns, CellTexts texts)
        : base(rented, rows * columns.Count, rows, columns, texts, rowStep: 1, columnStep: rows)
    {
    }
}
