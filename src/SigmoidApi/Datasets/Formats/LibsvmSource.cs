using System.Globalization;
using DuckDB.NET.Data;
using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

/// <summary>LIBSVM: a label, and the features that are not 0. DuckDB can't read it; its rows are handed to it by a table function.</summary>
internal static class LibsvmSource
{
    private const string Function = "libsvm_rows";

    public static DatasetSource Open(DuckDbSession session, FileToRead task, CancellationToken cancellationToken)
    {
        LibsvmHeader header;
        using (var file = OpenFile(task.Path))
            header = LibsvmReader.Scan(file, task.MaxRows, task.MaxColumns, cancellationToken);
        var first = header.ZeroBased ? 0 : 1;
        string[] names = ["label", .. Enumerable.Range(first, header.Features).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}"))];
        session.Connection.RegisterTableFunction(
            Function,
            () => new TableFunction([.. names.Select(name => new ColumnInfo(name, typeof(double)))], Rows(task.Path, header, cancellationToken)),
            (row, columns, index) =>
            {
                var values = (double[])row!;
                for (var i = 0; i < values.Length; i++)
                    columns[i].WriteValue(values[i], index);
            });
        return new($"{Function}()", [.. names.Select(name => new SourceColumn(name, StoredType.Real, DuckDbSession.Identifier(name), DuckDbSession.Identifier(name)))], header.Rows);
    }

    private static IEnumerable<double[]> Rows(string path, LibsvmHeader header, CancellationToken cancellationToken)
    {
        using var file = OpenFile(path);
        var reader = new LibsvmReader(file, header, cancellationToken);
        // One row after another in the same array: each is written before the next is asked for.
        var row = new double[header.Features + 1];
        while (reader.Read(row))
            yield return row;
    }

    private static FileStream OpenFile(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
}
