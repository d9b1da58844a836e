using System.Globalization;
using DuckDB.NET.Native;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.DuckDb;

/// <summary>
/// DuckDB functions that read written values as <see cref="WrittenValue"/> does: from texts to numbers, booleans or dates, 2,048 texts at a time, on any of
/// DuckDB's threads.
/// </summary>
/// <param name="session">The session that calls the functions. They live as long as it does.</param>
internal sealed unsafe class WrittenValueFunctions(DuckDbSession session)
{
    private readonly Dictionary<(StoredType Type, WrittenConvention Convention, MissingWords Missing), string> _names = [];

    /// <summary>An SQL expression that reads a text as a value of a type; null if the value is missing.</summary>
    /// <param name="text">An expression of type VARCHAR.</param>
    /// <param name="type">The type of the result: DOUBLE, BIGINT, BOOLEAN, DATE or TIMESTAMP in UTC; VARCHAR without surrounding blanks for texts.</param>
    /// <param name="convention">How to read ambiguous values.</param>
    /// <param name="missing">The texts that mean a missing value.</param>
    /// <remarks>A text that can't be read ends the query with an error. The scan has already checked that all texts can be read.</remarks>
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
        /// <exception cref="InvalidDataException">A text can't be read.</exception>
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
                    // The scan has checked that a column of numbers has no true or false, so reading as boolean gives numbers only.
                    var number = WrittenValue.Read(text, ColumnType.Boolean, convention);
                    ((double*)values)[row] = number ?? 0;
                    return number is not null;
            }
        }
    }
}
