using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Json;

/// <summary>Finds the lines on which the records of a JSON file begin.</summary>
internal static class JsonLines
{
    /// <param name="received">A file that has passed <see cref="JsonScan"/>.</param>
    /// <param name="form">An array of records, or a record on each line.</param>
    /// <param name="rows">The records to find, counted from 0.</param>
    /// <param name="cancellationToken">Checked for every buffer of the file.</param>
    /// <returns>The line of each record, counted from 1.</returns>
    public static Dictionary<long, long> Find(TableFile received, DatasetFormat form, IReadOnlySet<long> rows, CancellationToken cancellationToken)
    {
        var lines = new Dictionary<long, long>();
        using var file = received.Open();
        var tokens = new JsonTokens(file, received.MaxRecordBytes, cancellationToken) { Form = form };
        var (depth, row, last) = (form == DatasetFormat.Json ? 2 : 1, -1L, rows.Max());
        while (row < last && tokens.Next() is not JsonToken.End and var token)
        {
            if (token == JsonToken.StartObject && tokens.Depth == depth && rows.Contains(++row))
                lines[row] = tokens.Line;
        }

        return lines;
    }
}
