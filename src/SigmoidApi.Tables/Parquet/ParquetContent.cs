namespace SigmoidApi.Tables.Parquet;

/// <summary>What the footer of a Parquet file says about the file.</summary>
/// <param name="Columns">The number of columns; a list or a record is one.</param>
/// <param name="Rows">The number of rows in all row groups.</param>
/// <param name="Cells">The number of values in all columns, including the elements of lists. The time to read the file grows with it.</param>
/// <param name="Foreign">The columns whose types DuckDB does not know.</param>
internal sealed record ParquetContent(int Columns, long Rows, long Cells, List<ForeignColumn> Foreign);

/// <summary>An element of the schema, reduced to the fields that are needed here.</summary>
internal struct ParquetElement
{
    private const int Bson = 20;

    public int? Type;
    public int? Converted;
    public int Logical;
    public int Children;
    public int Scale;
    public int Precision;
    public int Bits;
    public bool IsUnsigned;
    public bool IsRepeated;
    public long Annotation;

    // Parquet's types INT32 and INT64.
    private readonly bool IsWhole => Type is 1 or 2;

    /// <summary>The type, if DuckDB does not know it; otherwise null.</summary>
    public readonly ForeignType? TypeOf(int mostDigits) => (Logical, Converted) switch
    {
        _ when Precision > mostDigits => ForeignType.Bytes,
        (_, Bson) => ForeignType.Bson,
        (_, not null) => null,
        (5, _) => IsWhole ? ForeignType.Decimal : ForeignType.Bytes,
        (6, _) when Type == 1 => ForeignType.Date,
        (10, _) when IsUnsigned && IsWhole => ForeignType.Unsigned,
        _ => null,
    };
}
