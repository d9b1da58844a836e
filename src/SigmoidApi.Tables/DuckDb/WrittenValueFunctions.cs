using System.Globalization;
using DuckDB.NET.Native;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.DuckDb;

/// <summary>
/// Gives DuckDB our reading of written values (<see cref="WrittenValue"/>): from a text to a number, a truth value or a date, 2,048 texts at a time and on any
/// of its threads.
/// </summary>
/// <param name="session">What calls the functions; they live as long as it.</param>
internal sealed unsafe class WrittenValueFunctions(DuckDbSession session)
{
    private readonly Dictionary<(StoredType Type, WrittenConvention Convention, MissingWords Missing), string> _names = [];

    /// <summary>An expression that reads a text as a value of a type; null where it is missing.</summary>
    /// <param name="text">An expression of type VARCHAR.</param>
    /// <param name="type">What it is read as: DOUBLE, BIGINT, BOOLEAN, DATE or TIMESTAMP in UTC; VARCHAR without blanks around it.</param>
    /// <param name="convention">How values are read that can be written in two ways.</param>
    /// <param name="missing">What stands for a missing value.</param>
    /// <remarks>A text that can't be read ends the query with an error: the scan has seen that all can be.</remarks>
    public string Expression(string text, StoredType type, WrittenConvention convention, MissingWords missing)
    {
        if (!_names.TryGetValue((type, convention, missing), out var name))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"written_{_names.Count}");
            ChunkFunction.Register(
                session, name, [DuckDBType.Varchar], ResultOf(type), takesMissing: false, new Reader(type, convention, missing).Read);
            _names.Add((type, convention, missing), name);
        }

        return type == StoredType.Text ? $"case when {name}({text}) then null else trim({text}, ' \t') end" : $"{name}({text})";
    }

    private static DuckDBType ResultOf(StoredType type) => type switch
    {
        StoredType.Real => DuckDBType.Double,
        StoredType.Whole => DuckDBType.BigInt,
        StoredType.Date => DuckDBType.Date,
        StoredType.Time => DuckDBType.Timestamp,
        _ => DuckDBType.Boolean,
    };

    private sealed class Reader(StoredType type, WrittenConvention convention, MissingWords missing)
    {
        /// <summary>Reads a chunk of texts into a vector.</summary>
        /// <exception cref="InvalidDataException">One can't be read.</exception>
        public void Read(DatasetChunk rows, nint output)
        {
            var texts = rows.Texts(0);
            var values = NativeMethods.Vectors.DuckDBVectorGetData(output);
            ulong* validity = null;
            for (var row = 0; row < texts.Length; row++)
            {
                if (!rows.IsMissing(0, row))
                {
                    var text = TextCursor.Trim(ChunkText.Bytes(in texts[row]));
                    if (type == StoredType.Text)
                    {
                        ((bool*)values)[row] = missing.IsNull(text);
                        continue;
                    }

                    if (!missing.IsMissing(text))
                    {
                        if (!Read(text, values, row))
                            throw new InvalidDataException("A value can't be read.");
                        continue;
                    }
                }

                if (validity == null)
                {
                    NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(output);
                    validity = NativeMethods.Vectors.DuckDBVectorGetValidity(output);
                }

                validity[row / 64] &= ~(1UL << (row % 64));
            }
        }

        private bool Read(ReadOnlySpan<byte> text, void* values, int row)
        {
            switch (type)
            {
                case StoredType.Date or StoredType.Time:
                    var date = WrittenDate.Of(text, convention.Dates);
                    if (type == StoredType.Time)
                        ((long*)values)[row] = date.Microseconds;
                    else
                        ((int*)values)[row] = (int)Math.Floor(date.Microseconds / WrittenDate.MicrosecondsPerDay);
                    return date.Kind != WrittenDateKind.None;
                case StoredType.Boolean:
                    var truth = WrittenValue.Read(text, ColumnType.Boolean, convention);
                    ((bool*)values)[row] = truth == 1;
                    return truth is 0 or 1;
                case StoredType.Whole:
                    return WrittenNumber.TryRead(text, out var whole) && whole.TryInteger(convention.DecimalPoint, out ((long*)values)[row]);
                default:
                    // A column of numbers has no truth values in it, which its scan has seen.
                    var number = WrittenValue.Read(text, ColumnType.Boolean, convention);
                    ((double*)values)[row] = number ?? 0;
                    return number is not null;
            }
        }
    }
}
