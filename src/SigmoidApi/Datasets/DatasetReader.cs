using System.Globalization;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Datasets;

/// <summary>Reads the rows of a data set's Parquet file, in the order in which they were uploaded.</summary>
internal static class DatasetReader
{
    /// <summary>The columns <paramref name="features"/> as the rows of a matrix, and beside it each of the columns <paramref name="others"/>.</summary>
    /// <param name="session">What reads the file.</param>
    /// <param name="parquetPath">The file.</param>
    /// <param name="features">Names of columns, in the order that the matrix shall have; each is in the file.</param>
    /// <param name="others">Names of columns in the file.</param>
    /// <param name="cancellationToken">Looked at every 2,048 rows.</param>
    /// <exception cref="InvalidDataException">The file lacks values or holds other types than DOUBLE.</exception>
    public static (DesignMatrix Features, double[][] Others) ReadMatrix(
        DuckDbSession session, string parquetPath, IReadOnlyList<string> features, IReadOnlyList<string> others, CancellationToken cancellationToken)
    {
        var from = $"from read_parquet({DuckDbSession.Literal(parquetPath)})";
        var rows = checked((int)session.Counts($"select count(*) {from}", cancellationToken)[0]);
        var matrix = new DesignMatrix(rows, features.Count);
        var beside = others.Select(_ => new double[rows]).ToArray();
        var columns = string.Join(", ", features.Concat(others).Select(DuckDbSession.Identifier));
        var next = 0;
        session.ForEachChunk($"select {columns} {from}", chunk =>
        {
            for (var i = 0; i < beside.Length; i++)
                chunk.Column(features.Count + i).CopyTo(beside[i].AsSpan(next));
            for (var row = 0; row < chunk.Rows; row++)
                chunk.CopyRow(row, matrix.Row(next + row));
            next += chunk.Rows;
        }, cancellationToken);
        return next == rows ? (matrix, beside) : throw new InvalidDataException($"Expected {rows} rows, got {next}.");
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
