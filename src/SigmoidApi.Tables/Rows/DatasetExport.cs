using System.Globalization;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Rows;

/// <summary>Writes rows to a file in any output format.</summary>
internal static class DatasetExport
{
    /// <summary>
    /// The rows of a row group, the unit of reading and writing: a multiple of 4,096, the block of a fit, and of 2,048, DuckDB's chunk. DuckDB's default is
    /// 122,880. Wide files get smaller groups, because DuckDB holds several at once: 32 MiB of values each, and at least 4,096 rows.
    /// </summary>
    public static int RowGroupRows(int columns) => Math.Clamp(32 * 1024 * 1024 / sizeof(double) / columns / 4096, 1, 30) * 4096;

    // Allocated in advance for each column of texts. With DuckDB's default of 1 MiB, 300 columns would exceed the memory of an import.
    private static int StringDictionaryBytes(int columns) => Math.Clamp(32 * 1024 * 1024 / columns, 4096, 1024 * 1024);

    /// <summary>
    /// The options of stored Parquet files. They are not compressed, because compression would take longer than everything else (Snappy: 3.5 s more for
    /// 1,000,000 × 28 continuous numbers, and 1 % less disk space), and dictionaries already make columns of few values small. A dictionary has at most 4,096
    /// values, and fewer in a wide file, because DuckDB allocates all of them for each column.
    /// </summary>
    public static string ParquetOptions(int columns) => string.Create(
        CultureInfo.InvariantCulture,
        $"format parquet, compression uncompressed, dictionary_size_limit {RowGroupRows(columns) / 30}, "
        + $"string_dictionary_page_size_limit {StringDictionaryBytes(columns)}, row_group_size {RowGroupRows(columns)}");

    /// <summary>The options of COPY for a format.</summary>
    public static string Options(DatasetFormat format, int columns) => format switch
    {
        DatasetFormat.Parquet => ParquetOptions(columns),
        DatasetFormat.Json => "format json, array true",
        DatasetFormat.NdJson => "format json, array false",
        _ => "format csv, header true",
    };

    /// <summary>The options of COPY for separated values in a given dialect.</summary>
    public static string CsvOptions(CsvDialect dialect)
    {
        var delimiter = DuckDbSession.Literal(dialect.Delimiter.ToString());
        var quote = DuckDbSession.Literal((dialect.Quote ?? '"').ToString());
        return $"format csv, header {(dialect.Header ? "true" : "false")}, delimiter {delimiter}, quote {quote}, escape {quote}";
    }

    /// <summary>Writes a data set's rows in order, with times in the form of RFC 3339.</summary>
    public static void Write(DuckDbSession session, string parquetPath, DatasetFormat format, string path, CancellationToken cancellationToken)
    {
        var from = StoredRows.Relation(parquetPath);
        var columns = TypedSource.Columns(session, from, cancellationToken);
        var values = columns.Select(column => $"{Value(column)} as {DuckDbSession.Identifier(column.Name)}");
        var select = $"select {string.Join(", ", values)} from {from}";
        session.Execute($"copy ({select}) to {DuckDbSession.Literal(path)} ({Options(format, columns.Length)})", cancellationToken);

        static string Value(SourceColumn column) => column.Type == StoredType.Time
            ? $"regexp_replace(strftime({column.Raw}, '%Y-%m-%dT%H:%M:%S.%fZ'), '\\.?0+Z$', 'Z')"
            : column.Raw;
    }
}
