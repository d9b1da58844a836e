using System.Globalization;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Rows;

/// <summary>
/// A data set's own Parquet file as DuckDB reads it, with the number of each row. The columns have stand-in names, as DuckDB's own name for that number may be
/// one of theirs.
/// </summary>
internal sealed class StoredRows
{
    /// <summary>The number of a row, from 0.</summary>
    public const string Number = "file_row_number";

    private readonly Dictionary<string, string> _standIns;

    /// <param name="path">The file.</param>
    /// <param name="columns">The names of all its columns, in their order.</param>
    public StoredRows(string path, IEnumerable<string> columns)
    {
        _standIns = columns.Index().ToDictionary(
            column => column.Item, column => string.Create(CultureInfo.InvariantCulture, $"c{column.Index}"), StringComparer.Ordinal);
        From = $"{Relation(path)} as stored({string.Join(", ", _standIns.Values)})";
    }

    /// <summary>What stands after FROM.</summary>
    public string From { get; }

    /// <summary>The column of that name in <see cref="From"/>.</summary>
    public string this[string column] => _standIns[column];

    /// <summary>The file with the names of its columns. (DuckDB would make columns of directories that are called <c>a=b</c>.)</summary>
    public static string Relation(string path) => $"read_parquet({DuckDbSession.Literal(path)}, hive_partitioning = false)";
}
