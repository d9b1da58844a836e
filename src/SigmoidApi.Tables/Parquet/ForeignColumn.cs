using System.Globalization;

namespace SigmoidApi.Tables.Parquet;

/// <summary>Types of columns that DuckDB does not know, or mistakes for others.</summary>
internal enum ForeignType
{
    /// <summary>Decimals in bytes, with more digits than DuckDB supports, or marked as decimals only by the logical type.</summary>
    Bytes,

    /// <summary>Binary JSON. DuckDB refuses to read any column of a file that has it.</summary>
    Bson,

    /// <summary>Decimals stored as whole numbers.</summary>
    Decimal,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Whole numbers without a sign.</summary>
    Unsigned,
}

/// <summary>A column of a type that DuckDB does not know, or a nested column that contains one.</summary>
/// <param name="Column">The position among the columns, from 0.</param>
/// <param name="IsNested">Whether the type is within a list, a record or a map.</param>
/// <param name="Type">The type.</param>
/// <param name="Scale">The number of decimal places of a decimal.</param>
/// <param name="Bits">The number of bits of a whole number.</param>
/// <param name="Annotation">The position in the file of the first field that describes the meaning of the bytes.</param>
internal readonly record struct ForeignColumn(int Column, bool IsNested, ForeignType Type, int Scale, int Bits, long Annotation)
{
    /// <summary>Whether DuckDB should read the values as plain bytes.</summary>
    public bool IsOfBytes => Type is ForeignType.Bytes or ForeignType.Bson;

    /// <summary>DuckDB's matching type, and the expression that converts the column as DuckDB reads it to that type.</summary>
    public (string Type, string Expression) Known(string column) => Type switch
    {
        ForeignType.Date => ("DATE", $"(date '1970-01-01' + {column})"),
        ForeignType.Decimal => ($"DECIMAL(38,{Text(Scale)})", $"cast(cast({column} as varchar) || 'e-{Text(Scale)}' as decimal(38, {Text(Scale)}))"),
        ForeignType.Unsigned when Bits == 64 =>
            ("UBIGINT", $"cast(case when {column} < 0 then cast({column} as hugeint) + 18446744073709551616 else {column} end as ubigint)"),
        _ => ("UINTEGER", $"cast(cast({column} as bigint) & {Text((1L << Bits) - 1)} as uinteger)"),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
