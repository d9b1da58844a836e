using System.Text.Unicode;
using DuckDB.NET.Native;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Parquet;

/// <summary>Tells which columns of bytes hold texts alone: UTF-8, and without the NUL characters of bytes that happen to be valid.</summary>
internal static class TextBytes
{
    private const string Function = "is_text";

    /// <summary>Whether each of some columns does, all by one query: DuckDB binds every column of the file for each query.</summary>
    /// <param name="session">What reads the file.</param>
    /// <param name="from">The relation with the columns.</param>
    /// <param name="columns">Their names; none of them within a list or a record.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static bool[] AreTexts(DuckDbSession session, string from, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        if (columns.Count == 0)
            return [];
        ChunkFunction.Register(session, Function, [DuckDBType.Blob], DuckDBType.Boolean, takesMissing: false, Judge);
        return Ask([.. columns]);

        bool[] Ask(string[] some)
        {
            try
            {
                // No counts with filters: each would hold a chunk of all columns.
                var texts = some.Select(name => $"cast(coalesce(bool_and({Function}({DuckDbSession.Identifier(name)})), true) as bigint)");
                return [.. session.Counts($"select {string.Join(", ", texts)} from {from}", cancellationToken).Select(isText => isText != 0)];
            }
            catch (DatasetTooLargeException) when (some.Length > 1)
            {
                // Of columns of large values, such as images, fewer fit in memory at once.
                return [.. Ask(some[..(some.Length / 2)]), .. Ask(some[(some.Length / 2)..])];
            }
        }
    }

    private static unsafe void Judge(DatasetChunk rows, nint output)
    {
        var values = rows.Texts(0);
        var results = (bool*)NativeMethods.Vectors.DuckDBVectorGetData(output);
        for (var row = 0; row < values.Length; row++)
        {
            // DuckDB calls the function for missing values too. They do not keep a column from being one of texts.
            var bytes = rows.IsMissing(0, row) ? [] : ChunkText.Bytes(in values[row]);
            results[row] = !bytes.Contains((byte)0) && Utf8.IsValid(bytes);
        }
    }
}
