using System.Globalization;
using System.Numerics;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Parquet;

/// <summary>
/// Decimals of more than 38 digits in a Parquet file, as pyarrow's decimal256 is written. DuckDB reads each of them as another number, without an error. So it
/// is given a copy of the file which does not say that these bytes are decimals, and a function of ours reads the bytes. Binary JSON is hidden likewise, for
/// the columns beside it.
/// </summary>
internal static class WideDecimals
{
    // DuckDB's own decimals have no more.
    private const int MostDigits = 38;

    // decimal256 takes 32. The text of a number takes time by the square of its bytes.
    private const int MostBytes = 256;

    private const string Function = "decimal_of_bytes";

    /// <summary>The file that DuckDB is to read, and the columns in it whose types it does not know.</summary>
    /// <exception cref="InvalidDatasetException">The footer is no footer.</exception>
    /// <exception cref="DatasetTooLargeException">The footer claims more rows, columns or cells than are taken.</exception>
    public static (string Path, List<ForeignColumn> Columns) Hide(DuckDbSession session, FileToRead task)
    {
        using var file = task.Open();
        var (count, rows, cells, columns) = ParquetFooter.Read(file, MostDigits, task.MaxFooterBytes);
        // A few bytes can claim any number of rows.
        if (rows > task.MaxRows)
            throw new DatasetTooLargeException($"The file has {rows} rows; at most {task.MaxRows} are taken (Datasets:MaxRows).");
        if (count > task.MaxColumns)
            throw new DatasetTooLargeException($"The file has {count} columns; at most {task.MaxColumns} are taken (Datasets:MaxColumns).");
        var most = task.MinCells + task.MaxCellsPerByte * file.Length;
        if (cells > most)
        {
            throw new DatasetTooLargeException(
                $"The file has {cells} cells in {file.Length} bytes; at most {most} are taken (Datasets:MinCells and Datasets:MaxCellsPerByte).");
        }

        ForeignColumn[] hidden = [.. columns.Where(column => column.Type == ForeignType.Bson || (column.IsOfBytes && !column.IsNested))];
        if (hidden.Length == 0)
            return (task.Path, columns);
        Directory.CreateDirectory(Path.GetDirectoryName(session.CopyPath)!);
        using var copy = new FileStream(session.CopyPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        file.Position = 0;
        file.CopyTo(copy);
        foreach (var column in hidden)
            HideAnnotation(copy, column.Annotation);
        Register(session);
        return (session.CopyPath, columns);
    }

    private static void Register(DuckDbSession session) =>
        session.Connection.RegisterScalarFunction<byte[], int, string>(Function, (arguments, texts, rows) =>
        {
            for (ulong row = 0; row < rows; row++)
            {
                if (!arguments[0].IsValid(row))
                {
                    texts.WriteNull(row);
                    continue;
                }

                using var stream = arguments[0].GetValue<Stream>(row);
                if (stream.Length > MostBytes)
                    throw new InvalidDataException($"A decimal has {stream.Length} bytes.");
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                texts.WriteValue(TextOf(bytes, arguments[1].GetValue<int>(row)), row);
            }
        });

    /// <summary>
    /// Gives a field of a struct a number that no version of the format has, so that every reader passes over it, and over those behind it, which count on
    /// from there. The header of a field is its distance from the one before and its type, or the type alone, and its number behind it.
    /// </summary>
    private static void HideAnnotation(Stream copy, long position)
    {
        copy.Position = position;
        var header = copy.ReadByte();
        var isShort = header >> 4 > 0;
        copy.Position = isShort ? position : position + 1;
        copy.WriteByte(isShort ? (byte)(15 << 4 | (header & 0xF)) : (byte)(60 << 1));
    }

    /// <summary>The digits of a decimal, all of them, from its bytes in the column of that name.</summary>
    public static string Expression(string column, int scale) => string.Create(CultureInfo.InvariantCulture, $"{Function}({column}, {scale})");

    /// <summary>An integer in two's complement, the highest byte first, with <paramref name="scale"/> digits behind the point.</summary>
    private static string TextOf(ReadOnlySpan<byte> bytes, int scale)
    {
        var value = new BigInteger(bytes, isBigEndian: true);
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(value.Sign < 0 ? "-" : "")}{digits[..^scale]}{(scale > 0 ? "." : "")}{digits[^scale..]}";
    }
}
