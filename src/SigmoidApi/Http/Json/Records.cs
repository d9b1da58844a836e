namespace SigmoidApi.Http.Json;

/// <summary>
/// Records of named cells, in JSON <c>[{"age": 41, "job": "nurse", "member": true}, …]</c>, as a table with a row per record and a column per name. A record
/// may lack some of the names.
/// </summary>
public sealed class Records : CellTable
{
    /// <param name="rented">Row <c>i</c> begins at <c>i * stride</c>.</param>
    /// <param name="count">The number of records.</param>
    /// <param name="columns">The names, each at its column; at most <paramref name="stride"/>.</param>
    /// <param name="stride">The distance between two rows.</param>
    /// <param name="texts">The texts that boxed cells refer to.</param>
    internal Records(double[] rented, int count, OrderedDictionary<string, int> columns, int stride, CellTexts texts)
        : base(rented, count * stride, count, columns, texts, rowStep: stride, columnStep: 1)
    {
    }
}
