namespace SigmoidApi.Tables.DuckDb;

/// <summary>SQL expressions that convert a stored value to the value that a model uses.</summary>
internal static class StoredValue
{
    /// <summary>A value as DOUBLE, or as VARCHAR for categories and texts. Dates become days since 1970-01-01.</summary>
    public static string AsNumber(string value, ColumnType type) => type switch
    {
        ColumnType.DateTime => $"cast(epoch_us(cast({value} as timestamp)) as double) / 86400000000.0",
        ColumnType.Category or ColumnType.Text => value,
        _ => $"cast({value} as double)",
    };

    /// <summary>A value as the level of a category. Whole numbers have no fraction, as in JSON.</summary>
    public static string AsLevel(string value, ColumnType type) =>
        type == ColumnType.Number ? $"regexp_replace(cast({value} as varchar), '\\.0$', '')" : $"cast({value} as varchar)";
}
