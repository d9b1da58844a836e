using System.Globalization;

namespace SigmoidApi.Datasets.Engine;

/// <summary>The rows of a data set's Parquet file with their numbers, from 0 on in the order in which they were uploaded.</summary>
/// <param name="From">What stands after FROM.</param>
/// <param name="Number">The column of the numbers.</param>
internal readonly record struct NumberedRows(string From, string Number)
{
    // DuckDB's own, which it counts without reading a row.
    private const string Counted = "file_row_number";

    /// <param name="parquetPath">The file.</param>
    /// <param name="columns">The names of all its columns; one may be DuckDB's own for the numbers.</param>
    public static NumberedRows Of(string parquetPath, IEnumerable<string> columns)
    {
        var path = DuckDbSession.Literal(parquetPath);
        var taken = columns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!taken.Contains(Counted))
            return new($"read_parquet({path}, file_row_number = true)", Counted);
        var free = Counted;
        for (var i = 1; taken.Contains(free); i++)
            free = string.Create(CultureInfo.InvariantCulture, $"{Counted}_{i}");
        return new($"(select *, row_number() over () - 1 as {free} from read_parquet({path}))", free);
    }
}
