using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Libsvm;

/// <summary>LIBSVM: a label, and the features that are not 0. DuckDB can't read it; its rows are handed to it by a table function.</summary>
internal static partial class LibsvmSource
{
    private const string Function = "libsvm_rows";

    /// <summary>
    /// The column of an index that no row of the file names: 0 in each. A file's columns are called by their indices, whether these count from 0 or from 1, so that
    /// those of two files mean the same; null for a name that is no index.
    /// </summary>
    public static SourceColumn? Unnamed(string column) => FeatureName().IsMatch(column) ? new(column, StoredType.Real, "0::double", "0::double") : null;

    /// <param name="session">What will read the rows.</param>
    /// <param name="task">The file.</param>
    /// <param name="needsFeatures">Whether there must be an index: rows to be predicted may all be 0.</param>
    /// <param name="cancellationToken">Looked at every buffer of the file.</param>
    public static DatasetSource Open(DuckDbSession session, FileToRead task, bool needsFeatures, CancellationToken cancellationToken)
    {
        LibsvmHeader header;
        using (var file = task.Open())
            header = LibsvmReader.Scan(file, task.MaxRows, task.MaxColumns, cancellationToken, needsFeatures);
        var first = header.ZeroBased ? 0 : 1;
        string[] names = ["label", .. Enumerable.Range(first, header.Features).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}"))];
        session.Connection.RegisterTableFunction(
            Function,
            () => new TableFunction([.. names.Select(name => new ColumnInfo(name, typeof(double)))], Rows(task, header, cancellationToken)),
            (row, columns, index) =>
            {
                var values = (double[])row!;
                for (var i = 0; i < values.Length; i++)
                    columns[i].WriteValue(values[i], index);
            });
        return new($"{Function}()", [.. names.Select(name => new SourceColumn(name, StoredType.Real, DuckDbSession.Identifier(name), DuckDbSession.Identifier(name)))], header.Rows);
    }

    private static IEnumerable<double[]> Rows(FileToRead task, LibsvmHeader header, CancellationToken cancellationToken)
    {
        using var file = task.Open();
        var reader = new LibsvmReader(file, header, cancellationToken);
        // One row after another in the same array: each is written before the next is asked for.
        var row = new double[header.Features + 1];
        while (reader.Read(row))
        {
            // A short line may be a long row.
            task.Progress.Step();
            yield return row;
        }
    }

    [GeneratedRegex(@"^x(0|[1-9]\d{0,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex FeatureName();
}
