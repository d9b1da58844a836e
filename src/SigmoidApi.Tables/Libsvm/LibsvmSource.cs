using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Libsvm;

/// <summary>Opens LIBSVM files: a label, and the features that are not 0. DuckDB can't read them, so a table function passes it the rows.</summary>
internal static partial class LibsvmSource
{
    private const string Function = "libsvm_rows";

    /// <summary>
    /// The column of an index that no row of the file names: all its values are 0. Columns are named by their indices as written, whether these begin at 0 or
    /// at 1, so that a name means the same in two files. Null if the name is not that of an index.
    /// </summary>
    public static SourceColumn? Unnamed(string column) => FeatureName().IsMatch(column) ? new(column, StoredType.Real, "0::double", "0::double") : null;

    /// <param name="session">The session that will read the rows.</param>
    /// <param name="table">The file.</param>
    /// <param name="needsFeatures">Whether the file must have an index. For predictions it need not: all features may be 0.</param>
    /// <param name="cancellationToken">Checked for every buffer of the file.</param>
    public static DatasetSource Open(DuckDbSession session, TableFile table, bool needsFeatures, CancellationToken cancellationToken)
    {
        LibsvmHeader header;
        using (var file = table.Open())
            header = LibsvmReader.Scan(file, table.MaxRows, table.MaxColumns, cancellationToken, needsFeatures);
        var first = header.ZeroBased ? 0 : 1;
        string[] names = ["label", .. Enumerable.Range(first, header.Features).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}"))];
        session.Connection.RegisterTableFunction(
            Function,
            () => new TableFunction([.. names.Select(name => new ColumnInfo(name, typeof(double)))], Rows(table, header, cancellationToken)),
            (row, columns, index) =>
            {
                var values = (double[])row!;
                for (var i = 0; i < values.Length; i++)
                    columns[i].WriteValue(values[i], index);
            });
        return new($"{Function}()", [.. names.Select(Column)], header.Rows);

        static SourceColumn Column(string name) => new(name, StoredType.Real, DuckDbSession.Identifier(name), DuckDbSession.Identifier(name));
    }

    private static IEnumerable<double[]> Rows(TableFile table, LibsvmHeader header, CancellationToken cancellationToken)
    {
        using var file = table.Open();
        var reader = new LibsvmReader(file, header, cancellationToken);
        // All rows share one array: DuckDB gets each row before the next is read.
        var row = new double[header.Features + 1];
        while (reader.Read(row))
        {
            // Progress for each row and not only for each block: a short line may be a long row.
            table.Progress.Step();
            yield return row;
        }
    }

    [GeneratedRegex(@"^x(0|[1-9]\d{0,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex FeatureName();
}
