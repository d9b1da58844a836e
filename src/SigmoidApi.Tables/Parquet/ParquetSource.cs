using DuckDB.NET.Data;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Parquet;

/// <summary>Opens Apache Parquet files of any writer.</summary>
internal static class ParquetSource
{
    // A query takes memory for a chunk of each of its columns.
    private const int ColumnsAtOnce = 100;

    public static DatasetSource Open(DuckDbSession session, TableFile table, CancellationToken cancellationToken)
    {
        var (path, foreign) = WideDecimals.Hide(session, table);
        var file = new ParquetColumns(session, path, foreign, cancellationToken);
        if (file.LeftOut.Count == file.Columns.Length)
            throw new InvalidDatasetException([.. file.LeftOut.Take(InvalidDatasetException.MaxErrors).Select(Refusal)], file.LeftOut.Count);
        DatasetError[] wanted =
            [.. file.LeftOut.Where(column => table.Types.ContainsKey(column.Key) || table.ExpectedColumns?.Contains(column.Key) == true).Select(Refusal)];
        if (wanted.Length > 0)
            throw new InvalidDatasetException([.. wanted.Take(InvalidDatasetException.MaxErrors)], wanted.Length);

        SourceColumn[] typed = [.. file.Columns.Where(column => !file.LeftOut.ContainsKey(column.Name))];
        var source = TypedSource.Of(session, file.From, [.. typed], table, cancellationToken);
        var texts = Texts(session, table, file, cancellationToken);
        SourceColumn[] kept =
        [
            .. source.Columns.Select(
                column => texts.TryGetValue(column.Name, out var text) ? column with { Type = StoredType.Text, Stored = text } : column),
        ];
        var warnings = file.LeftOut.GroupBy(column => column.Value, column => column.Key).Select(same => new DatasetWarning(same.Key, [.. same]));
        return source with { Columns = kept, Typed = typed, All = file.Writable, Warnings = [.. warnings] };
    }

    public static InvalidDatasetException Damaged() =>
        new(1, null, "expected an intact Parquet file; this one is damaged, cut off, encrypted, or has parts that can't be read");

    /// <summary>Finds out why a file can't be read. Names the unreadable columns if there are readable ones, too.</summary>
    public static InvalidDatasetException Unreadable(DuckDbSession session, TableFile table, CancellationToken cancellationToken)
    {
        try
        {
            var from = Relation(table.Path, bytesAsTexts: false);
            var columns = TypedSource.Columns(session, from, cancellationToken);
            var unreadable = columns.Take(table.MaxColumns).Where(column => !IsReadable(session, from, column.Raw, cancellationToken)).ToList();
            if (unreadable.Count > 0 && unreadable.Count < columns.Length)
            {
                const string Expected =
                    "expected values that can be read; the column is damaged, has text that is not UTF-8, or uses an encoding that is not supported";
                var first = unreadable.Take(InvalidDatasetException.MaxErrors).Select(column => new DatasetError(1, column.Name, Expected));
                return new([.. first], unreadable.Count);
            }
        }
        catch (DuckDBException)
        {
            // Not even the columns can be read.
        }

        return Damaged();
    }

    public static string Relation(string path, bool bytesAsTexts) =>
        $"read_parquet({DuckDbSession.Literal(path)}, binary_as_string = {(bytesAsTexts ? "true" : "false")}, hive_partitioning = false)";

    private static bool IsReadable(DuckDbSession session, string from, string column, CancellationToken cancellationToken)
    {
        try
        {
            session.Rows($"select bit_xor(hash({column})) from {from}", cancellationToken);
            return true;
        }
        catch (DuckDBException)
        {
            return false;
        }
    }

    private static DatasetError Refusal(KeyValuePair<string, DatasetWarningCode> column) => new(1, column.Key, column.Value == DatasetWarningCode.BytesLeftOut
        ? "expected texts, numbers or dates; the column holds bytes that are not UTF-8 text: write them as text, in hexadecimal or Base64"
        : "expected decimals of at most 38 digits within lists and records; the column has longer ones: write it with fewer digits, or as text");

    /// <summary>
    /// The columns of exact numbers to store as texts, with the expression for each. A column is stored as texts if the upload says so, or if float64 can't
    /// hold one of its whole numbers exactly: then they are keys and would lose their last digits. Numbers with a fraction are quantities, as in separated
    /// values: the nearest float64 is enough.
    /// </summary>
    private static Dictionary<string, string> Texts(DuckDbSession session, TableFile table, ParquetColumns file, CancellationToken cancellationToken)
    {
        var texts = file.ExactNumbers.Where(column => table.Wanted(column.Name) is ColumnType.Category or ColumnType.Text)
            .ToDictionary(column => column.Name, column => column.Text, StringComparer.Ordinal);
        foreach (var some in file.ExactNumbers.Where(column => column.CountInexact is not null && table.Wanted(column.Name) is null).Chunk(ColumnsAtOnce))
        {
            var counts = session.Counts($"select {string.Join(", ", some.Select(column => column.CountInexact))} from {file.From}", cancellationToken);
            foreach (var (column, count) in some.Zip(counts).Where(column => column.Second > 0))
                texts[column.Name] = column.Text;
        }

        return texts;
    }
}
