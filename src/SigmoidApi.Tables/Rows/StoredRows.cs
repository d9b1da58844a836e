using System.Globalization;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Rows;

/// <summary>
/// The relation of a data set's Parquet file in DuckDB, with the number of each row. The columns get stand-in names, because one of them may be called like
/// DuckDB's column for that number.
/// </summary>
internal sealed class StoredRows
{
    /// <summary>The number of a row, from 0.</summary>
    public const string Number = "file_row_number";

    private readonly Dictionary<string, string> _standIns;

    /// <param name="path">The file.</param>
    /// <param name="columns">The names of all columns, in order.</param>
    public StoredRows(string path, IEnumerable<string> columns)
    {
        _standIns = columns.Index().ToDictionary(
            column => column.Item, column => string.Create(CultureInfo.InvariantCulture, $"c{column.Index}"), StringComparer.Ordinal);
        From = $"{Relation(path)} as stored({string.Join(", ", _standIns.Values)})";
    }

    /// <summary>The relation for a FROM clause.</summary>
    public string From { get; }

    /// <summary>The stand-in name of a column in <see cref="From"/>.</summary>
    public string this[string column] => _standIns[column];

    /// <summary>The relation with the original names. (By default, DuckDB would turn directories called <c>a=b</c> into columns.)</summary>
    public static string Relation(string path) => $"read_parquet({DuckDbSession.Literal(path)}, hive_partitioning = false)";
}
