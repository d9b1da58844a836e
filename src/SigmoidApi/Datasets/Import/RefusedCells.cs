using SigmoidApi.Datasets.Engine;
using SigmoidApi.Datasets.Formats;

namespace SigmoidApi.Datasets.Import;

/// <summary>
/// Finds the cells of a file that a model can do nothing with, after the prediction has met one: the threads that predict do not know which rows theirs are,
/// so the file is read once more in its order.
/// </summary>
internal static class RefusedCells
{
    /// <summary>The first cells by their lines, or rows in a format without lines; null where none is found.</summary>
    public static InvalidDatasetException? Find(
        DuckDbSession session, FileToRead file, DatasetSource source, IReadOnlyList<FileColumn> columns, CancellationToken cancellationToken)
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
        var lines = Lines(file, source, [.. first.Select(cell => cell.Row)], cancellationToken);
        return new([.. first.Select(cell => new DatasetError(lines(cell.Row), cell.Column, cell.Message))], count);
    }

    private static Func<long, long> Lines(FileToRead file, DatasetSource source, HashSet<long> rows, CancellationToken cancellationToken)
    {
        var lines = new Dictionary<long, long>();
        switch (file.Format)
        {
            case DatasetFormat.Csv:
                CsvLines.Find(file, source.Dialect!, source.Header!, rows, lines, cancellationToken);
                break;
            case DatasetFormat.Json or DatasetFormat.NdJson:
                FindRecords(file, source.Form ?? file.Format, rows, lines, cancellationToken);
                break;
        }

        return row => lines.GetValueOrDefault(row, row + 1);
    }

    private static void FindRecords(FileToRead received, DatasetFormat form, HashSet<long> rows, Dictionary<long, long> lines, CancellationToken cancellationToken)
    {
        using var file = received.Open();
        var tokens = new JsonTokens(file, received.MaxRecordBytes, cancellationToken) { Form = form };
        var (depth, row, last) = (form == DatasetFormat.Json ? 2 : 1, -1L, rows.Max());
        while (row < last && tokens.Next() is not JsonToken.End and var token)
        {
            if (token == JsonToken.StartObject && tokens.Depth == depth && rows.Contains(++row))
                lines[row] = tokens.Line;
        }
    }
}
