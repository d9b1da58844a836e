using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace SigmoidApi.Datasets;

/// <summary>Makes the Parquet file of a data set from a CSV file of numbers with a header.</summary>
internal static class CsvImport
{
    /// <summary>
    /// Rows are read and written a row group at a time. A multiple of 4,096, the block of a fit, and of DuckDB's 2,048; 122,880 is its default.
    /// Wide files get smaller groups, for DuckDB holds a few of them at once: 32 MiB of values each, 4,096 rows at least.
    /// </summary>
    public static int RowGroupRows(int columns) => Math.Clamp(32 * 1024 * 1024 / sizeof(double) / columns / 4096, 1, 30) * 4096;

    /// <summary>Writes <paramref name="parquetPath"/> with every column as DOUBLE, rows in their order.</summary>
    /// <returns>The number of rows.</returns>
    /// <exception cref="InvalidDatasetException">DuckDB reads the file differently than <see cref="CsvCheck"/> did.</exception>
    public static void Write(DuckDbSession session, string csvPath, CsvHeader header, long rows, string parquetPath, CancellationToken cancellationToken)
    {
        // Stand-in names: what DuckDB makes of a name in a struct of types is then no concern.
        var types = string.Join(", ", header.Columns.Select((_, i) => $"'c{Text(i)}': 'DOUBLE'"));
        var names = string.Join(", ", header.Columns.Select((name, i) => $"c{Text(i)} as {DuckDbSession.Identifier(name)}"));
        // An empty line is passed over, except in a file of one column, where DuckDB makes a null of it. (force_not_null makes stray numbers of it.)
        var filter = header.Columns.Count == 1 ? "where c0 is not null" : "";
        var copy =
            $"""
            copy (
                select {names}
                from read_csv({DuckDbSession.Literal(csvPath)}, columns = {"{"}{types}{"}"}, auto_detect = false, header = true,
                    delim = ',', quote = '"', escape = '"', strict_mode = true)
                {filter}
            ) to {DuckDbSession.Literal(parquetPath)} (format parquet, compression snappy, row_group_size {Text(RowGroupRows(header.Columns.Count))})
            """;
        try
        {
            session.Execute(copy, cancellationToken);
        }
        catch (DuckDBException exception) when (exception.ErrorType is DuckDBErrorType.InvalidInput or DuckDBErrorType.Conversion)
        {
            // Not met in what the check lets pass, but for a line of more than 2 MB.
            throw new InvalidDatasetException(header.Lines + 1, null, $"the rows cannot be read: {exception.Message.Split('\n')[0]}");
        }

        var written = session.Counts($"select count(*) from read_parquet({DuckDbSession.Literal(parquetPath)})", cancellationToken)[0];
        if (written != rows)
            throw new InvalidDatasetException(1, null, $"the file could be read in two ways: as {rows} rows or as {written}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
