using System.Globalization;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Datasets;

/// <summary>Reads the rows of a data set's Parquet file, in the order in which they were uploaded.</summary>
internal static class DatasetReader
{
    /// <summary>The columns <paramref name="features"/> as the rows of a matrix, and beside it the column <paramref name="target"/>.</summary>
    /// <param name="session">What reads the file.</param>
    /// <param name="parquetPath">The file.</param>
    /// <param name="features">Names of columns, in the order that the matrix shall have; each is in the file.</param>
    /// <param name="target">Name of a column in the file.</param>
    /// <param name="cancellationToken">Looked at every 2,048 rows.</param>
    /// <exception cref="InvalidDataException">The file lacks values or holds other types than DOUBLE.</exception>
    public static (DesignMatrix Features, double[] Target) ReadMatrix(
        DuckDbSession session, string parquetPath, IReadOnlyList<string> features, string target, CancellationToken cancellationToken)
    {
        var from = $"from read_parquet({DuckDbSession.Literal(parquetPath)})";
        var rows = checked((int)session.Counts($"select count(*) {from}", cancellationToken)[0]);
        var matrix = new DesignMatrix(rows, features.Count);
        var targets = new double[rows];
        var columns = string.Join(", ", features.Append(target).Select(DuckDbSession.Identifier));
        var next = 0;
        session.ForEachChunk($"select {columns} {from}", chunk =>
        {
            chunk.Column(features.Count).CopyTo(targets.AsSpan(next));
            for (var row = 0; row < chunk.Rows; row++)
                chunk.CopyRow(row, matrix.Row(next + row));
            next += chunk.Rows;
        }, cancellationToken);
        return next == rows ? (matrix, targets) : throw new InvalidDataException($"Expected {rows} rows, got {next}.");
    }

    /// <summary>At most <paramref name="limit"/> rows from row <paramref name="offset"/> (0 is the first) on, every column.</summary>
    public static IReadOnlyList<double[]> ReadRows(
        DuckDbSession session, string parquetPath, IReadOnlyList<string> columns, long offset, int limit, CancellationToken cancellationToken)
    {
        var rows = new List<double[]>();
        session.ForEachChunk(string.Create(CultureInfo.InvariantCulture,
            $"""
            select {string.Join(", ", columns.Select(DuckDbSession.Identifier))} from read_parquet({DuckDbSession.Literal(parquetPath)})
            where file_row_number >= {offset} and file_row_number < {offset + limit}
            """), chunk =>
        {
            for (var row = 0; row < chunk.Rows; row++)
            {
                var values = new double[columns.Count];
                chunk.CopyRow(row, values);
                rows.Add(values);
            }
        }, cancellationToken);
        return rows;
    }
}
