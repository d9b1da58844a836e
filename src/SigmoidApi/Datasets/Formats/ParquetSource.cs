using SigmoidApi.Datasets.Engine;

namespace SigmoidApi.Datasets.Formats;

/// <summary>Apache Parquet, as any writer makes it.</summary>
internal static class ParquetSource
{
    // All columns at once would take memory for a chunk of each.
    private const int ColumnsAtOnce = 100;

    public static DatasetSource Open(DuckDbSession session, FileToRead task, CancellationToken cancellationToken)
    {
        // Older writers do not say that their bytes are texts.
        var from = $"read_parquet({DuckDbSession.Literal(task.Path)}, binary_as_string = true)";
        var source = TypedSource.Of(session, from, task, cancellationToken);
        var texts = Texts(session, task, from, cancellationToken);
        return source with { Columns = [.. source.Columns.Select(column => texts.Contains(column.Name) ? column with { Type = StoredType.Text, Stored = $"cast({column.Raw} as varchar)" } : column)] };
    }

    public static InvalidDatasetException Damaged() =>
        new(1, null, "expected an intact Parquet file; this one is damaged, cut off, encrypted, or has what can't be read");

    /// <summary>
    /// Columns of exact numbers that are kept as texts, each number with its own digits: because the upload wants it, or because float64 can't hold one of them and would lose its
    /// last digits. Of a decimal with a fraction the nearest float64 will do where it is written as the same decimal.
    /// </summary>
    private static HashSet<string> Texts(DuckDbSession session, FileToRead task, string from, CancellationToken cancellationToken)
    {
        var wide = session.Rows($"describe select * from {from}", cancellationToken).ConvertAll(row => (Name: (string)row[0]!, Type: (string)row[1]!)).FindAll(column => IsWide(column.Type));
        ColumnType? Wanted(string column) => task.Types.TryGetValue(column, out var wanted) ? wanted : task.OtherType;
        var texts = wide.FindAll(column => Wanted(column.Name) is ColumnType.Category or ColumnType.Text).ConvertAll(column => column.Name);
        wide.RemoveAll(column => Wanted(column.Name) is not null);
        foreach (var some in wide.Chunk(ColumnsAtOnce))
        {
            var counts = session.Counts($"select {string.Join(", ", some.Select(column => CountInexact(DuckDbSession.Identifier(column.Name), column.Type)))} from {from}", cancellationToken);
            texts.AddRange(some.Zip(counts).Where(column => column.Second > 0).Select(column => column.First.Name));
        }

        return [.. texts];
    }

    private static bool IsWide(string type) => type is "BIGINT" or "UBIGINT" or "HUGEINT" or "UHUGEINT" || (type.StartsWith("DECIMAL(", StringComparison.Ordinal) && type.EndsWith(')'));

    private static string CountInexact(string column, string type)
    {
        var number = $"cast({column} as double)";
        var isWhole = !type.StartsWith("DECIMAL", StringComparison.Ordinal) || type.EndsWith(",0)", StringComparison.Ordinal);
        return $"count(*) filter (try_cast({(isWhole ? number : $"cast({number} as varchar)")} as {type}) is distinct from {column})";
    }
}
