using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Serving;

/// <summary>
/// Finds the cells of a file that a model refuses, after the prediction has failed on one. The threads of the prediction do not know the numbers of their
/// rows, so the file is read again in its order.
/// </summary>
internal static class RefusedCells
{
    /// <summary>The first refused cells by line, or by row in a format without lines; null if there are none.</summary>
    public static InvalidDatasetException? Find(
        DuckDbSession session, DatasetSource source, IReadOnlyList<FileColumn> columns, CancellationToken cancellationToken)
    {
        var first = new List<(long Row, string Column, string Message)>();
        var (row, count) = (0L, 0L);
        session.ForEachChunk($"select {string.Join(", ", columns.Select(column => column.Expression))} from {source.From}", chunk =>
        {
            for (var i = 0; i < chunk.Rows; i++, row++)
            {
                for (var k = 0; k < columns.Count; k++)
                {
                    if (columns[k].IsRefused(chunk, k, i, out var expected, out var got) && count++ < InvalidDatasetException.MaxErrors)
                        first.Add((row, columns[k].Served.Name, $"expected {expected}; got {got}"));
                }
            }
        }, cancellationToken);
        if (first.Count == 0)
            return null;
        var lines = source.Lines?.Invoke(first.Select(cell => cell.Row).ToHashSet(), cancellationToken);
        long LineOf(long row) => lines?.GetValueOrDefault(row) is > 0 and var line ? line : row + 1;
        return new([.. first.Select(cell => new DatasetError(LineOf(cell.Row), cell.Column, cell.Message))], count);
    }
}
