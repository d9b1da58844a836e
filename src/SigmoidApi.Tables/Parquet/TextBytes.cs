using System.Text.Unicode;
using DuckDB.NET.Native;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Parquet;

/// <summary>Finds columns of bytes that hold only texts: valid UTF-8 without NULs. Other bytes can be valid by chance, but mostly have NULs.</summary>
internal static class TextBytes
{
    private const string Function = "is_text";

    /// <summary>Whether each column holds only texts. One query checks all, because DuckDB binds every column of the file for each query.</summary>
    /// <param name="session">The session that reads the file.</param>
    /// <param name="from">The relation with the columns.</param>
    /// <param name="columns">The names of columns that are not nested.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
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
                // Not count with a filter: each filter would hold a chunk of all columns.
                var texts = some.Select(name => $"cast(coalesce(bool_and({Function}({DuckDbSession.Identifier(name)})), true) as bigint)");
                return [.. session.Counts($"select {string.Join(", ", texts)} from {from}", cancellationToken).Select(isText => isText != 0)];
            }
            catch (DatasetTooLargeException) when (some.Length > 1)
            {
                // With large values, such as images, fewer columns fit in memory at once.
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
            // DuckDB calls the function for missing values too. A column of texts may have them.
            var bytes = rows.IsMissing(0, row) ? [] : ChunkText.Bytes(in values[row]);
            results[row] = !bytes.Contains((byte)0) && Utf8.IsValid(bytes);
        }
    }
}
