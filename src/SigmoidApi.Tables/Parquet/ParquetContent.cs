namespace SigmoidApi.Tables.Parquet;

/// <summary>What the footer of a Parquet file says of it.</summary>
/// <param name="Columns">How many there are; a list or a record is one.</param>
/// <param name="Rows">Of all its row groups.</param>
/// <param name="Cells">Of all its columns, or what they hold where they are lists: what reading it takes time by.</param>
/// <param name="Foreign">The columns whose types DuckDB does not know.</param>
internal sealed record ParquetContent(int Columns, long Rows, long Cells, List<ForeignColumn> Foreign);

/// <summary>An element of the schema, as far as a reader has to know it.</summary>
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

    // INT32 and INT64 of Parquet's types.
    private readonly bool IsWhole => Type is 1 or 2;

    /// <summary>What DuckDB does not know of it; null where it does.</summary>
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
