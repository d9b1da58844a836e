namespace SigmoidApi.Tables.DuckDb;

/// <summary>SQL expressions for a stored value as a model takes it.</summary>
internal static class StoredValue
{
    /// <summary>A value as DOUBLE, or as VARCHAR where it is a category or text. Dates count in days from 1970-01-01.</summary>
    public static string AsNumber(string value, ColumnType type) => type switch
    {
        ColumnType.DateTime => $"cast(epoch_us(cast({value} as timestamp)) as double) / 86400000000.0",
        ColumnType.Category or ColumnType.Text => value,
        _ => $"cast({value} as double)",
    };

    /// <summary>A value as a category's level, whole numbers as JSON writes them.</summary>
    public static string AsLevel(string value, ColumnType type) =>
        type == ColumnType.Number ? $"regexp_replace(cast({value} as varchar), '\\.0$', '')" : $"cast({value} as varchar)";
}
