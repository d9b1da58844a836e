using System.Globalization;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Rows;

/// <summary>Writes rows to a file, in any format that is given out.</summary>
internal static class DatasetExport
{
    /// <summary>
    /// Rows are read and written a row group at a time. A multiple of 4,096, the block of a fit, and of DuckDB's 2,048; 122,880 is its default.
    /// Wide files get smaller groups, for DuckDB holds a few of them at once: 32 MiB of values each, 4,096 rows at least.
    /// </summary>
    public static int RowGroupRows(int columns) => Math.Clamp(32 * 1024 * 1024 / sizeof(double) / columns / 4096, 1, 30) * 4096;

    // Taken for each column of texts in advance; DuckDB's default of 1 MiB is more than an import may use from 300 of them on.
    private static int StringDictionaryBytes(int columns) => Math.Clamp(32 * 1024 * 1024 / columns, 4096, 1024 * 1024);

    /// <summary>
    /// How files are written. Compression would take longer than everything else (Snappy: 3.5 s more for 1,000,000 × 28 continuous numbers, and 1 % less on disk), and a
    /// dictionary makes columns of few values small without it: of 4,096 values at most, and of fewer in a wide file, for DuckDB makes room for all of them in each column.
    /// </summary>
    public static string ParquetOptions(int columns) =>
        string.Create(CultureInfo.InvariantCulture, $"format parquet, compression uncompressed, dictionary_size_limit {RowGroupRows(columns) / 30}, string_dictionary_page_size_limit {StringDictionaryBytes(columns)}, row_group_size {RowGroupRows(columns)}");

    /// <summary>What stands in the brackets of a COPY.</summary>
    public static string Options(DatasetFormat format, int columns) => format switch
    {
        DatasetFormat.Parquet => ParquetOptions(columns),
        DatasetFormat.Json => "format json, array true",
        DatasetFormat.NdJson => "format json, array false",
        _ => "format csv, header true",
    };

    /// <summary>The same for separated values that are to be like others.</summary>
    public static string CsvOptions(CsvDialect dialect)
    {
        var quote = DuckDbSession.Literal((dialect.Quote ?? '"').ToString());
        return $"format csv, header {(dialect.Header ? "true" : "false")}, delimiter {DuckDbSession.Literal(dialect.Delimiter.ToString())}, quote {quote}, escape {quote}";
    }

    /// <summary>Writes a data set's rows in their order, times as RFC 3339 has them.</summary>
    public static void Write(DuckDbSession session, string parquetPath, DatasetFormat format, string path, CancellationToken cancellationToken)
    {
        var from = StoredRows.Relation(parquetPath);
        var columns = TypedSource.Columns(session, from, cancellationToken);
        var values = columns.Select(column => $"{(column.Type == StoredType.Time ? $"regexp_replace(strftime({column.Raw}, '%Y-%m-%dT%H:%M:%S.%fZ'), '\\.?0+Z$', 'Z')" : column.Raw)} as {DuckDbSession.Identifier(column.Name)}");
        session.Execute($"copy (select {string.Join(", ", values)} from {from}) to {DuckDbSession.Literal(path)} ({Options(format, columns.Length)})", cancellationToken);
    }
}
