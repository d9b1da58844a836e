using System.Globalization;
using System.Numerics;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Parquet;

/// <summary>
/// Decimals of more than 38 digits in a Parquet file, such as pyarrow's decimal256. DuckDB misreads them without an error. So DuckDB reads a copy of the file
/// without the annotation that these bytes are decimals, and a function of our own decodes the bytes. The annotation of binary JSON is removed in the same
/// way, so that the other columns can be read.
/// </summary>
internal static class WideDecimals
{
    // The most digits of DuckDB's own decimals.
    private const int MostDigits = 38;

    // decimal256 takes 32 bytes. The time to convert a number to text grows with the square of its length.
    private const int MostBytes = 256;

    private const string Function = "decimal_of_bytes";

    /// <summary>Returns the file that DuckDB should read, and its columns of types that DuckDB does not know.</summary>
    /// <exception cref="InvalidDatasetException">The footer is damaged.</exception>
    /// <exception cref="DatasetTooLargeException">The footer claims more rows, columns or cells than allowed.</exception>
    public static (string Path, List<ForeignColumn> Columns) Hide(DuckDbSession session, TableFile table)
    {
        using var file = table.Open();
        var (count, rows, cells, columns) = ParquetFooter.Read(file, MostDigits, table.MaxFooterBytes);
        // A few bytes can claim any number of rows.
        if (rows > table.MaxRows)
            throw new DatasetTooLargeException($"The file has {rows} rows; at most {table.MaxRows} are taken (Datasets:MaxRows).");
        if (count > table.MaxColumns)
            throw new DatasetTooLargeException($"The file has {count} columns; at most {table.MaxColumns} are taken (Datasets:MaxColumns).");
        var most = table.MinCells + table.MaxCellsPerByte * file.Length;
        if (cells > most)
        {
            throw new DatasetTooLargeException(
                $"The file has {cells} cells in {file.Length} bytes; at most {most} are taken (Datasets:MinCells and Datasets:MaxCellsPerByte).");
        }

        ForeignColumn[] hidden = [.. columns.Where(column => column.Type == ForeignType.Bson || (column.IsOfBytes && !column.IsNested))];
        if (hidden.Length == 0)
            return (table.Path, columns);
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
    /// Changes the number of a struct's field to one that no version of the format has. Readers then skip it and the fields after it, whose numbers are
    /// relative to it. The header of a field has its distance from the field before and its type, or only the type, followed by its number.
    /// </summary>
    private static void HideAnnotation(Stream copy, long position)
    {
        copy.Position = position;
        var header = copy.ReadByte();
        var isShort = header >> 4 > 0;
        copy.Position = isShort ? position : position + 1;
        copy.WriteByte(isShort ? (byte)(15 << 4 | (header & 0xF)) : (byte)(60 << 1));
    }

    /// <summary>The SQL expression for all digits of the decimals in a column of bytes.</summary>
    public static string Expression(string column, int scale) => string.Create(CultureInfo.InvariantCulture, $"{Function}({column}, {scale})");

    /// <summary>Writes a decimal: a big-endian integer in two's complement, with <paramref name="scale"/> digits after the point.</summary>
    private static string TextOf(ReadOnlySpan<byte> bytes, int scale)
    {
        var value = new BigInteger(bytes, isBigEndian: true);
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(value.Sign < 0 ? "-" : "")}{digits[..^scale]}{(scale > 0 ? "." : "")}{digits[^scale..]}";
    }
}
