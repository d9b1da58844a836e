using System.Globalization;

namespace SigmoidApi.Tables.Parquet;

/// <summary>Types of columns that DuckDB does not know, or takes for others.</summary>
internal enum ForeignType
{
    /// <summary>Decimals in bytes: of more digits than DuckDB knows, or which only the logical type calls so.</summary>
    Bytes,

    /// <summary>Binary JSON, with which DuckDB reads nothing of the file.</summary>
    Bson,

    /// <summary>Decimals in whole numbers.</summary>
    Decimal,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Whole numbers without a sign.</summary>
    Unsigned,
}

/// <summary>A column of a type that DuckDB does not know, or one that has such within.</summary>
/// <param name="Column">Its place among the columns, from 0.</param>
/// <param name="IsNested">Whether the type is within a list, a record or a map.</param>
/// <param name="Type">What DuckDB does not know.</param>
/// <param name="Scale">Digits of a decimal behind the point.</param>
/// <param name="Bits">Of a whole number.</param>
/// <param name="Annotation">Where in the file the first of the fields is that say what its bytes are.</param>
internal readonly record struct ForeignColumn(int Column, bool IsNested, ForeignType Type, int Scale, int Bits, long Annotation)
{
    /// <summary>Whether the values are bytes, which DuckDB is to be shown as such.</summary>
    public bool IsOfBytes => Type is ForeignType.Bytes or ForeignType.Bson;

    /// <summary>The type that DuckDB has for it, and the expression that makes that of a column as DuckDB reads it.</summary>
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
